/** Where a trip survives the program: one file, beside the store of a real bench or in the folder of a twin. S2. */

import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RigError } from "../model/errors.ts";
import type { LatchStore } from "../safety/latch.ts";
import { makeFolder } from "../store/folder.ts";
import type { TwinPorts } from "./twinPorts.ts";

export interface Latched {
  readonly rule: string;
  readonly why: string;
}

/** A twin is a bench of its own: its trips stay with it. */
export const latchPath = (store: string, twin: TwinPorts | undefined): string =>
  join(twin ? dirname(twin.control) : store, "latch.json");

export function readLatch(path: string): Latched | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Partial<Latched>;
    if (typeof found.rule === "string" && typeof found.why === "string") return { rule: found.rule, why: found.why };
  } catch (cause) {
    throw new RigError("STORAGE_FAILED", `${path} cannot be read, so a trip may be latched`, {}, { cause });
  }
  throw new RigError("STORAGE_FAILED", `${path} is not what a latch file is, so a trip may be latched`);
}

/** On disk before it counts, whole or not at all. */
function writeLatch(path: string, latched: Latched): void {
  makeFolder(dirname(path));
  const next = `${path}.${process.pid}`;
  const file = openSync(next, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify({ ...latched, utc: new Date().toISOString() })}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}

export const latchFile = (path: string): LatchStore => ({
  load: () => readLatch(path),
  save: (violation) => {
    if (violation) writeLatch(path, { rule: violation.rule, why: violation.why });
    else rmSync(path, { force: true });
  },
});

/** Clears a trip in the name of a person; who and what is kept beside it. */
export function clearLatch(path: string, by: string, reason?: string): Latched | undefined {
  const latched = readLatch(path);
  if (!latched) return undefined;
  const given = reason === undefined ? {} : { reason };
  const line = JSON.stringify({ utc: new Date().toISOString(), by, ...given, ...latched });
  appendFileSync(join(dirname(path), "resets.jsonl"), `${line}\n`, { mode: 0o600 });
  rmSync(path, { force: true });
  return latched;
}
