/** One file of a run for a download; made by `rig report` or `rig export` in a process of its own, away from everything else. */
import { execFile } from "node:child_process";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { RigError } from "../../model/errors.ts";
import type { MadeFile } from "../../station/runs.ts";
import { oneAtATime } from "../oneAtATime.ts";
import { root } from "../root.ts";

const types: Readonly<Record<string, readonly [ending: string, type: string]>> = {
  html: [".html", "text/html; charset=utf-8"],
  json: [".json", "application/json"],
  junit: [".junit.xml", "application/xml"],
  pdf: [".pdf", "application/pdf"],
  csv: [".csv", "text/csv; charset=utf-8"],
  parquet: [".parquet", "application/vnd.apache.parquet"],
  evidence: [".evidence.jsonl", "application/jsonl"],
};

const render_ms = 60_000;
/** Niceness of the process that makes a file. */
const behind = 10;

const inTurn = oneAtATime("reports", 8);

/** Undefined for a format that is none, or a run that is not there. @throws RigError USAGE when too many are asked for */
export const reportOf = (store: string, run: number, format: string): Promise<MadeFile | undefined> =>
  inTurn(() => made(store, run, format));

async function made(store: string, run: number, format: string): Promise<MadeFile | undefined> {
  const known = Object.hasOwn(types, format) ? types[format] : undefined;
  if (!known) return undefined;
  const [ending, type] = known;
  const folder = await mkdtemp(join(tmpdir(), "rig-report-"));
  try {
    const id = `R${String(run).padStart(6, "0")}`;
    const args =
      format === "evidence"
        ? ["export", String(run), "--store", store, "--out", join(folder, `${id}${ending}`)]
        : ["report", String(run), "--store", store, "--out", folder, "--format", format];
    if (!(await done(args))) return undefined;
    const name = (await readdir(folder)).find((one) => one.endsWith(ending));
    if (name === undefined) return undefined;
    // The open file outlives its folder; it is gone with its last reader.
    const file = await open(join(folder, name), "r");
    const { size } = await file.stat();
    const body = Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>;
    return { type, name, bytes: size, body };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** False where there is no such run. @throws RigError with what the command said */
function done(args: readonly string[]): Promise<boolean> {
  const program = join(root, "dist", "rig", "cli", "main.js");
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [program, ...args], { timeout: render_ms }, (error, _out, said) => {
      if (!error) return resolve(true);
      if (said.includes("[RUN_UNKNOWN]") || said.includes("[FILE_UNREADABLE]")) return resolve(false);
      const line = said.trim().split("\n")[0] ?? "";
      reject(new RigError("STORAGE_FAILED", line === "" ? `the file was not made: ${error.message}` : line));
    });
    // Behind the station and any controller: a report can wait, they cannot.
    if (child.pid !== undefined) setPriority(child.pid, behind);
  });
}
