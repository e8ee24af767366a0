/** `rig doctor`: which instruments answer, who they are, what is overdue. Energises nothing. */
import { loadBench, overdueCalibrations, overdueProofTests } from "../../bench/benchFile.ts";
import { realClock } from "../../engine/clocks.ts";
import type { Bench } from "../../model/bench.ts";
import { checkIds } from "../../model/declared.ts";
import { readChecks } from "../../store/checks.ts";
import { defaultBench, defaultStore } from "../defaults.ts";
import { overdue as overdueChecks, ruleOf } from "../due.ts";
import { allChecks, lockOf, suspectsOf } from "../lock.ts";
import { lockText } from "../lockText.ts";
import { openBench } from "../openBench.ts";
import { twinPorts, withPorts } from "../twinPorts.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface DoctorOptions {
  readonly bench?: string;
  readonly ports?: string;
  /** Its record says whether the bench is locked and what is overdue. */
  readonly store?: string;
  readonly json: boolean;
}

/** The lock as lines; artefact checks that refuse a run here; those that only make it conditional or are waived. */
async function checksOf(bench: Bench, simulated: boolean, store: string) {
  const of = { bench: bench.id, simulated };
  const history = await readChecks(store, of, allChecks);
  const lock = lockOf(history);
  const locked = lock ? lockText(lock, await suspectsOf(store, lock)) : [];
  const due: string[] = [];
  const noted: string[] = [];
  for (const id of checkIds) {
    const refuses = id !== "thermocouple-walk" && !bench.waivers.some((w) => w.id === `check.${id}`);
    const waived = simulated && ruleOf(bench, id).simulated === "waived";
    for (const { what } of overdueChecks(bench, history, id, Date.now())) {
      if (refuses && !waived) due.push(what);
      else noted.push(`${what}${waived ? " (the bench is simulated)" : ": a pass is conditional"}`);
    }
  }
  return { locked, due, noted };
}

/** Exit code: 0 all well, 40 something is not. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const twin = options.ports === undefined ? undefined : twinPorts(options.ports);
  const bench = withPorts(loadBench(options.bench ?? defaultBench), twin);
  const roles = Object.keys(bench.instruments).filter((role) => bench.instruments[role]?.kind !== "gpio");
  const opened = await openBench(bench, roles, realClock(), AbortSignal.timeout(20_000));
  try {
    const today = new Date().toISOString().slice(0, 10);
    const rows = roles.map((role) => ({
      role,
      model: bench.instruments[role]?.model ?? "",
      ok: role in opened.instruments,
      says: opened.instruments[role]?.identity.raw ?? opened.failed[role]?.message ?? "",
      remedy: opened.failed[role]?.remedy ?? null,
      unverified: [...(opened.instruments[role]?.identity.unverified ?? [])],
    }));
    const overdue = [
      ...overdueProofTests(bench, today).map((t) => `proof test ${t.id} was due on ${t.due}`),
      ...overdueCalibrations(bench, today).map((role) => `the calibration of ${role} is overdue`),
    ];
    const { locked, due, noted } = await checksOf(bench, twin !== undefined, options.store ?? defaultStore);
    overdue.push(...due);
    const well = rows.every((row) => row.ok) && overdue.length === 0 && locked.length === 0;
    if (options.json) {
      const facts = { bench: bench.id, simulated: twin !== undefined, well, instruments: rows, overdue, locked };
      out(JSON.stringify(facts));
    } else {
      out(`Bench ${bench.id}${twin ? "   SIMULATED" : ""}`);
      for (const row of rows) {
        out(`  ${row.ok ? "ok     " : "FAILED "} ${row.role.padEnd(11)} ${row.model.padEnd(24)} ${row.says}`);
        if (row.remedy) out(`           ${row.remedy}`);
        for (const what of row.unverified) out(`           not verified against a manual: ${what}`);
      }
      for (const line of locked) out(`  ${line}`);
      for (const line of noted) out(`  note    ${line}`);
      for (const line of overdue) out(`  OVERDUE ${line}`);
      out(well ? "All well." : "Not ready for a run.");
    }
    return well ? 0 : 40;
  } finally {
    await opened.close();
  }
}
