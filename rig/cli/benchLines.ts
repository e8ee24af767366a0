/**
 * What the safety lines of a passive bench say: interlocks with their reason and remedy, mirror contacts, nest. The guard is
 * started for it and let go again; EN stays low.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "../model/bench.ts";
import { catalogue } from "../model/errors.ts";
import { startGuard } from "./startGuard.ts";
import type { TwinPorts } from "./twinPorts.ts";

export interface LineFound {
  readonly line: string;
  /** at-rest: the watchdog relay, which holds only while a run goes on. */
  readonly state: "healthy" | "open" | "unknown" | "at-rest";
  readonly why: string;
  readonly remedy: string;
}

export interface LinesFound {
  readonly interlocks: readonly LineFound[];
  /** Number on the coding lines; 0: no adapter in any nest. */
  readonly nest: number;
}

const guard_ms = 15_000;

/** @throws RigError GUARD_LOST, or what the lines' back end throws */
export async function readLines(bench: Bench, twin: TwinPorts | undefined): Promise<LinesFound> {
  const folder = mkdtempSync(join(tmpdir(), "rig-lines-"));
  try {
    const guard = await startGuard(bench, twin, folder, AbortSignal.timeout(guard_ms));
    const lines = guard.lines();
    await guard.release();
    return linesFound(bench, lines);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pure: levels of a bench at rest to what they mean. */
export function linesFound(bench: Bench, lines: Readonly<Record<string, boolean>>): LinesFound {
  const interlocks = bench.interlocks.map((line) => interlockOf(bench, line, lines[line]));
  const mirrors = Object.values(bench.relays).flatMap(({ id, mirror }) =>
    mirror === undefined ? [] : [mirrorOf(id, mirror, lines[mirror])],
  );
  const bits = Object.keys(bench.gpio.lines).filter((line) => /^NEST\d+$/.test(line));
  const nest = bits.reduce((sum, line) => sum + (lines[line] === true ? 2 ** Number(line.slice(4)) : 0), 0);
  return { interlocks: [...interlocks, ...mirrors], nest };
}

function interlockOf(bench: Bench, line: string, level: boolean | undefined): LineFound {
  const known = bench.gpio.lines[line];
  if (level === undefined) {
    return {
      line,
      state: "unknown",
      why: `${line} has not been read`,
      remedy: "Check the wire and gpio: of the bench file.",
    };
  }
  if (level === (known?.healthy === "high")) return { line, state: "healthy", why: meaning(line).well, remedy: "" };
  if (known?.watchdog)
    return { line, state: "at-rest", why: "the watchdog relay holds only while a run goes on", remedy: "" };
  const { open, remedy } = meaning(line);
  return { line, state: "open", why: `${open} (${line} is ${level ? "high" : "low"})`, remedy };
}

/** A mirror contact is high while the power contact is open, as it must be at rest. */
function mirrorOf(relay: string, line: string, level: boolean | undefined): LineFound {
  if (level === true) return { line, state: "healthy", why: `${relay} is open by its mirror contact`, remedy: "" };
  const why = level === undefined ? `${line} has not been read` : `${relay} is not open although nothing closes it`;
  return { line, state: level === undefined ? "unknown" : "open", why, remedy: catalogue.CONTACTOR_FEEDBACK.remedy };
}

interface Meaning {
  readonly well: string;
  readonly open: string;
  readonly remedy: string;
}

/** Names as RB-1 has them; another bench's names are shown as they are. */
function meaning(line: string): Meaning {
  if (line === "ESTOP") {
    return {
      well: "the emergency stop is released",
      open: "the emergency stop is pressed",
      remedy: "Find out who pressed it and why; turn the button to release it.",
    };
  }
  if (line.startsWith("LID")) {
    return { well: "the lid is closed", open: "the lid is open", remedy: "Close the lid." };
  }
  if (line === "OT") {
    return {
      well: "the over-temperature relay holds",
      open: "the over-temperature relay has dropped",
      remedy: "Let the bench cool, look for what got hot, then reset the relay.",
    };
  }
  if (line === "SMOKE") {
    return {
      well: "the smoke detector is quiet",
      open: "the smoke detector has tripped",
      remedy: "Switch the mains off and look; reset the detector when its cause is gone.",
    };
  }
  if (line === "WDR") return { well: "the watchdog relay holds", open: "", remedy: "" };
  return { well: `${line} is healthy`, open: `${line} is open`, remedy: catalogue.INTERLOCK_OPEN.remedy };
}
