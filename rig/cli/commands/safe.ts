/** `rig safe`: brings the bench to its safe state now, without a plan and without a store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBench } from "../../bench/benchFile.ts";
import { realClock } from "../../engine/clocks.ts";
import { gpioInstrument } from "../../guard/instrument.ts";
import type { Instrument } from "../../kinds/kinds.ts";
import type { Bench } from "../../model/bench.ts";
import type { Data } from "../../model/data.ts";
import { asRigError } from "../../model/errors.ts";
import { makeSafeOff, type SafeOffEvidence } from "../../safety/safeOff.ts";
import { defaultBench } from "../defaults.ts";
import { type OpenedBench, openBench } from "../openBench.ts";
import { startGuard } from "../startGuard.ts";
import { twinPorts, withPorts } from "../twinPorts.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface SafeOptions {
  readonly bench?: string;
  readonly ports?: string;
  readonly json: boolean;
}

/** Kinds that hold energy or switch it. */
const kinds = ["source", "load", "matrix", "generator", "rails", "daq", "insulation"];

/** How long a port or the lines may be held by a guard that is making the bench safe itself, ms (S5: 2 s and a margin). */
const held_ms = 6000;
const again_ms = 200;

/**
 * Exit code: 0 safe by read-back, 40 not proved. What does not answer is named; the rest is made safe all the same. Needs
 * neither store nor plan nor the twin's control.
 */
export async function safe(options: SafeOptions): Promise<number> {
  const twin = options.ports === undefined ? undefined : twinPorts(options.ports);
  const bench = withPorts(loadBench(options.bench ?? defaultBench), twin);
  const signal = AbortSignal.timeout(30_000);
  const roles = Object.keys(bench.instruments).filter((role) => kinds.includes(bench.instruments[role]?.kind ?? ""));
  const folder = mkdtempSync(join(tmpdir(), "rig-safe-"));
  const silent: string[] = [];
  // Lines and ports at once: the enable line is the fastest way, and neither waits for the other.
  const [guard, opened] = await Promise.all([
    patiently(() => startGuard(bench, twin, folder, signal)).catch((error: unknown) => {
      silent.push(`the lines (gpio): ${asRigError(error).message}`);
      return undefined;
    }),
    openAll(bench, roles, signal),
  ]);
  try {
    const instruments: Record<string, Instrument> = {};
    for (const one of opened) Object.assign(instruments, one.instruments);
    for (const [role, error] of Object.entries(opened.at(-1)?.failed ?? {})) silent.push(`${role}: ${error.message}`);
    if (guard) instruments["gpio"] = gpioInstrument(guard);
    const fence = (role: string, why: string) => instruments[role]?.fence(why);
    const result = await makeSafeOff({ bench, instruments, fence })("asked by rig safe");
    return show(result, options.json, silent);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
    await guard?.release().catch((error: unknown) => process.stderr.write(`guard: ${asRigError(error).message}\n`));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens what answers; what is held by somebody else is tried again for a while. The last one holds what failed. */
async function openAll(bench: Bench, roles: readonly string[], signal: AbortSignal): Promise<readonly OpenedBench[]> {
  const opened: OpenedBench[] = [];
  const until_ms = performance.now() + held_ms;
  for (let left = roles; ; ) {
    const one = await openBench(bench, left, realClock(), signal);
    opened.push(one);
    left = Object.keys(one.failed);
    const held = Object.values(one.failed).some((error) => error.code === "PORT_OPEN_FAILED");
    if (!held || performance.now() + again_ms > until_ms) return opened;
    await new Promise((resolve) => setTimeout(resolve, again_ms));
  }
}

async function patiently<R>(work: () => Promise<R>): Promise<R> {
  const until_ms = performance.now() + held_ms;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() + again_ms > until_ms) throw error;
      await new Promise((resolve) => setTimeout(resolve, again_ms));
    }
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
