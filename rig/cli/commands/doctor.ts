/** `rig doctor`: which instruments answer, who they are, what is overdue. Energises nothing. */
import { loadBench, overdueCalibrations, overdueProofTests } from "../../bench/benchFile.ts";
import { realClock } from "../../engine/clocks.ts";
import type { Bench } from "../../model/bench.ts";
import { checkIds } from "../../model/declared.ts";
import { asRigError } from "../../model/errors.ts";
import { readChecks } from "../../store/checks.ts";
import { type LinesFound, readLines } from "../benchLines.ts";
import { defaultBench, defaultStore } from "../defaults.ts";
import { overdue as overdueChecks, ruleOf } from "../due.ts";
import { latchPath, readLatch } from "../latchFile.ts";
import { allChecks, lockOf, suspectsOf } from "../lock.ts";
import { lockText } from "../lockText.ts";
import { type OpenedBench, openBench } from "../openBench.ts";
import { readCalibrations, withRegister } from "../register.ts";
import { type TwinPorts, twinPorts, withPorts } from "../twinPorts.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface DoctorOptions {
  readonly bench?: string;
  readonly ports?: string;
  /** Its record says whether the bench is locked and what is overdue. */
  readonly store?: string;
  /** The safety lines too: a guard owns them for a moment, with EN low. */
  readonly lines?: boolean;
  readonly json: boolean;
}

/** answered: by the instrument that the bench file names. unverified: it answers, but a set has no manual to prove it. */
type InstrumentState = "answered" | "unverified" | "silent" | "wrong-identity";

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

function rowsOf(bench: Bench, roles: readonly string[], { instruments, failed }: OpenedBench) {
  return roles.map((role) => {
    const [found, error] = [instruments[role], failed[role]];
    const unverified = [...(found?.identity.unverified ?? [])];
    const missing: InstrumentState = error?.code === "IDENTITY_MISMATCH" ? "wrong-identity" : "silent";
    const state: InstrumentState = !found ? missing : unverified.length > 0 ? "unverified" : "answered";
    return {
      role,
      model: bench.instruments[role]?.model ?? "",
      ok: found !== undefined,
      state,
      says: found?.identity.raw ?? error?.message ?? "",
      remedy: error?.remedy ?? null,
      unverified,
    };
  });
}

type Rows = ReturnType<typeof rowsOf>;

/** Serial ports are locked by who uses them: then its lines are not touched either. */
const isInUse = ({ failed }: OpenedBench): boolean =>
  Object.values(failed).some(({ code, message }) => code === "PORT_OPEN_FAILED" && /lock/i.test(message));

async function linesOf(
  bench: Bench,
  twin: TwinPorts | undefined,
  opened: OpenedBench,
): Promise<Partial<LinesFound> & { readonly fault?: string }> {
  if (isInUse(opened)) return { fault: "another program uses the bench: its safety lines were left alone" };
  try {
    return await readLines(bench, twin);
  } catch (error) {
    return { fault: asRigError(error).message };
  }
}

function print(bench: Bench, rows: Rows, lines: Awaited<ReturnType<typeof linesOf>> | undefined): void {
  for (const row of rows) {
    out(`  ${row.ok ? "ok     " : "FAILED "} ${row.role.padEnd(11)} ${row.model.padEnd(24)} ${row.says}`);
    if (row.remedy) out(`           ${row.remedy}`);
    for (const what of row.unverified) out(`           not verified against a manual: ${what}`);
  }
  for (const { line, state, why, remedy } of lines?.interlocks ?? []) {
    const mark =
      state === "healthy" ? "ok     " : state === "at-rest" ? "rest   " : state === "open" ? "OPEN   " : "UNKNOWN";
    out(`  ${mark} ${line.padEnd(11)} ${why}`);
    if (remedy) out(`           ${remedy}`);
  }
  if (lines?.fault) out(`  FAILED  lines       ${lines.fault}`);
  if (lines?.nest !== undefined) out(`          nest        ${nestText(bench, lines.nest)}`);
}

function nestText(bench: Bench, nest: number): string {
  if (nest === 0) return "no adapter is fitted";
  return nest === bench.highVoltage?.code
    ? "an adapter is in the insulation nest"
    : `an adapter is fitted (code ${nest})`;
}

/** Exit code: 0 all well, 40 something is not. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const twin = options.ports === undefined ? undefined : twinPorts(options.ports);
  const store = options.store ?? defaultStore;
  const file = withPorts(loadBench(options.bench ?? defaultBench), twin);
  const bench = withRegister(file, await readCalibrations(store));
  const roles = Object.keys(bench.instruments).filter((role) => bench.instruments[role]?.kind !== "gpio");
  const opened = await openBench(bench, roles, realClock(), AbortSignal.timeout(20_000));
  try {
    const today = new Date().toISOString().slice(0, 10);
    const rows = rowsOf(bench, roles, opened);
    const lines = options.lines ? await linesOf(bench, twin, opened) : undefined;
    const latched = readLatch(latchPath(store, twin)) ?? null;
    const overdue = [
      ...overdueProofTests(bench, today).map((t) => `proof test ${t.id} was due on ${t.due}`),
      ...overdueCalibrations(bench, today).map((role) => `the calibration of ${role} is overdue`),
    ];
    const { locked, due, noted } = await checksOf(bench, twin !== undefined, store);
    overdue.push(...due);
    const closed = (lines?.interlocks ?? []).every(({ state }) => state === "healthy" || state === "at-rest");
    const passive = closed && lines?.fault === undefined && latched === null;
    const well = rows.every((row) => row.ok) && overdue.length === 0 && locked.length === 0 && passive;
    if (options.json) {
      const facts = { bench: bench.id, simulated: twin !== undefined, well, instruments: rows, overdue, locked };
      out(JSON.stringify({ ...facts, noted, latched, ...(lines ? { lines } : {}) }));
    } else {
      out(`Bench ${bench.id}${twin ? "   SIMULATED" : ""}`);
      print(bench, rows, lines);
      for (const line of locked) out(`  ${line}`);
      for (const line of noted) out(`  note    ${line}`);
      for (const line of overdue) out(`  OVERDUE ${line}`);
      if (latched)
        out(`  LATCHED ${latched.rule}: ${latched.why}; clear it with rig reset --by NAME when its cause is gone`);
      out(well ? "All well." : "Not ready for a run.");
    }
    return well ? 0 : 40;
  } finally {
    await opened.close();
  }
}
