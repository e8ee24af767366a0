/** `rig safe`: brings the bench to its safe state now, without a plan and without a store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBench } from "../../bench/benchFile.ts";
import { realClock } from "../../engine/clocks.ts";
import { gpioInstrument } from "../../guard/instrument.ts";
import { spawnGuard } from "../../guard/spawn.ts";
import type { Instrument } from "../../kinds/kinds.ts";
import type { Data } from "../../model/data.ts";
import { asRigError } from "../../model/errors.ts";
import { makeSafeOff, type SafeOffEvidence } from "../../safety/safeOff.ts";
import { defaultBench } from "../defaults.ts";
import { openBench } from "../openBench.ts";
import { twinPorts, withPorts } from "../twinPorts.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface SafeOptions {
  readonly bench?: string;
  readonly ports?: string;
  readonly json: boolean;
}

/** Kinds that hold energy or switch it. */
const kinds = ["source", "load", "matrix", "generator", "rails", "daq"];

/** Exit code: 0 safe by read-back, 40 not proved. What does not answer is named; the rest is made safe all the same. */
export async function safe(options: SafeOptions): Promise<number> {
  const twin = options.ports === undefined ? undefined : twinPorts(options.ports);
  const bench = withPorts(loadBench(options.bench ?? defaultBench), twin);
  const signal = AbortSignal.timeout(20_000);
  const roles = Object.keys(bench.instruments).filter((role) => kinds.includes(bench.instruments[role]?.kind ?? ""));
  const folder = mkdtempSync(join(tmpdir(), "rig-safe-"));
  const opened = await openBench(bench, roles, realClock(), signal);
  const guard = twin
    ? await spawnGuard({
        socket: join(folder, "guard.sock"),
        gpio: `twin:${twin.gpio}`,
        enableLine: "EN",
        watchdogLine: "WD",
        log: join(folder, "guard.log"),
        signal,
      }).catch((error: unknown) => void out(`the lines: ${asRigError(error).message}`))
    : undefined;
  try {
    const instruments: Record<string, Instrument> = { ...opened.instruments };
    if (guard) instruments["gpio"] = gpioInstrument(guard);
    const fence = (role: string, why: string) => instruments[role]?.fence(why);
    const result = await makeSafeOff({ bench, instruments, fence })("asked by rig safe");
    return show(
      result,
      options.json,
      Object.values(opened.failed).map((e) => e.message),
    );
  } finally {
    await opened.close();
    await guard?.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(result: Data, json: boolean, silent: readonly string[]): number {
  const { ok, evidence } = result as unknown as { readonly ok: boolean; readonly evidence: readonly SafeOffEvidence[] };
  const proved = ok && silent.length === 0;
  if (json) out(JSON.stringify({ safe: proved, evidence, silent }));
  else {
    for (const e of evidence)
      out(`  ${e.ok ? "ok     " : "FAILED "} ${e.action.padEnd(32)} ${e.grade.padEnd(10)} ${e.detail}`);
    for (const text of silent) out(`  FAILED  ${text}`);
    out(
      proved
        ? "The bench is safe, by read-back."
        : "NOT PROVED SAFE: switch the mains contactor off by the emergency stop.",
    );
  }
  return proved ? 0 : 40;
}
