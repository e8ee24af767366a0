/** Reads what a run declares beside its files: artefact, earlier runs, walk; and refuses a locked or overdue bench. */
import { join } from "node:path";
import { loadRegister } from "../bench/artefacts.ts";
import { requireRealApproval } from "../bench/protection.ts";
import { openCheckedLedger } from "../ledger/ledger.ts";
import { requireVerified } from "../ledger/typeVerification.ts";
import { type Data, hashOf } from "../model/data.ts";
import type { Artefact, Baseline, Charted, Declared, EarlyRun } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";
import { isPass } from "../model/verdict.ts";
import type { Procedure } from "../plan/procedure.ts";
import { answersOf, type CheckHistory, readChecks } from "../store/checks.ts";
import { openReader, type RunRow } from "../store/reader.ts";
import type { RunRecord, Waiver } from "../store/types.ts";
import { loadConditioning } from "./conditioningFile.ts";
import { dueChecks, judgesTemperature, validWalk } from "./due.ts";
import { fixtureOf, wornWaivers } from "./fixtures.ts";
import type { Inputs } from "./inputs.ts";
import { allChecks, lockOf, refuseLocked, suspectsOf } from "./lock.ts";
import { authorised } from "./operators.ts";
import { requireEarly } from "./procedures.ts";
import { certificatesOf } from "./register.ts";
import { readRetest } from "./retest.ts";
import { root } from "./root.ts";

const register = join(root, "procedures", "artefacts");
/** Right answers that a control chart is drawn from. */
const chart_max = 30;

/** The artefact with this serial number, for a procedure that checks one. */
export function artefactFor(procedure: Procedure, serial: string): Artefact | undefined {
  const { of } = procedure;
  if (of !== "golden" && of !== "challenge") return undefined;
  const known = loadRegister(register).filter((a) => a.kind === of);
  const found = known.find((a) => a.serial === serial);
  if (!found) {
    const list = known.map((a) => `${a.serial} (${a.title})`).join(", ");
    throw new RigError("USAGE", `there is no ${of} artefact with serial number "${serial}"; known are ${list}`);
  }
  const today = new Date().toISOString().slice(0, 10);
  if (found.expires < today)
    throw new RigError("CHECK_OVERDUE", `${found.id} (${serial}) expired on ${found.expires}: characterise it again`);
  return found;
}

/** For a preflight without a serial number: the first artefact of the kind. */
export function anySerial(procedure: Procedure): string | undefined {
  const { of } = procedure;
  if (of !== "golden" && of !== "challenge") return undefined;
  return loadRegister(register).find((a) => a.kind === of)?.serial;
}

export interface DeclareOptions {
  readonly store: string;
  /** Number or id of the run to compare with, or `none`. */
  readonly baseline?: string;
  /** File of the conditioning record. */
  readonly conditioning?: string;
  /** A predicted pass may end the soak. */
  readonly early?: EarlyRun;
}

/** The inputs with what they declare; nothing was energised. @throws RigError RIG_LOCKED, CHECK_OVERDUE, RETEST_REFUSED, OPERATOR_NOT_AUTHORISED, RIG_CHECK_FAILED, USAGE */
export async function declare(inputs: Inputs, options: DeclareOptions): Promise<Inputs> {
  const { procedure, bench, limits } = inputs;
  const { approved } = inputs.context;
  if (approved && !inputs.twin) requireRealApproval(bench, approved);
  await verifiedType(options.store, inputs);
  const early = options.early ?? (procedure.early === "always" ? "engineering" : undefined);
  const engineering = earlyWaivers(inputs, early);
  const of = { bench: bench.id, simulated: inputs.twin !== undefined };
  const history = await readChecks(options.store, of, allChecks);
  const now_ms = Date.now();
  let waivers: readonly Waiver[] = [];
  if ((procedure.of ?? "adapter") === "adapter") {
    const lock = lockOf(history);
    if (lock) refuseLocked(lock, (await suspectsOf(options.store, lock)).length);
    const due = dueChecks(bench, history, limits, now_ms);
    if (due.refused) throw due.refused;
    waivers = due.waivers;
  }
  const { artefact } = inputs.context.declared ?? {};
  const retest = await readRetest(options.store, inputs);
  const fixture = fixtureOf(inputs);
  const worn = await wornWaivers(options.store, inputs);
  const certificates = certificatesOf(bench, Object.keys(procedure.needs));
  const walk = judgesTemperature(limits) ? validWalk(bench, history, now_ms) : undefined;
  const baseline = procedure.baseline ? await baselineOf(inputs, options) : undefined;
  const declared: Declared = {
    ...inputs.context.declared,
    ...(early ? { early } : {}),
    ...(artefact?.kind === "golden" ? { chart: await chartOf(options.store, history, artefact) } : {}),
    ...(baseline ? { baseline } : {}),
    ...(retest ? { retest } : {}),
    ...(certificates ? { certificates } : {}),
    ...(Object.keys(fixture).length > 0 ? { fixture } : {}),
    ...(walk
      ? { walk: { run: walk.run, id: walk.id, hash: walk.hash, ended: walk.ended, until: untilOf(inputs, walk.ended) } }
      : {}),
    ...(options.conditioning === undefined
      ? {}
      : { conditioning: loadConditioning(options.conditioning, inputs.serial) }),
  };
  const mayRun = await authorised(options.store, inputs);
  return withDeclared({ ...mayRun, waivers: [...inputs.waivers, ...worn, ...waivers, ...engineering] }, declared);
}

/** What an engineering or regression run says of its passes. @throws RigError USAGE for a procedure without such a soak */
function earlyWaivers({ procedure, operator }: Inputs, early: EarlyRun | undefined): readonly Waiver[] {
  if (early === undefined) return [];
  requireEarly(procedure);
  const text = `run for ${early}: a predicted pass may end its soak; it is not labelled and not released`;
  return [{ id: "condition:early", text, by: operator }];
}

/** A learned type is usable only when a second person has verified it. @throws RigError ADAPTER_INVALID */
async function verifiedType(store: string, { adapter, twin }: Inputs): Promise<void> {
  if (!adapter.learned) return;
  if (adapter.learned.simulated && !twin) {
    throw new RigError("ADAPTER_INVALID", `${adapter.id} was learned on a simulated bench: it is for a twin only`);
  }
  const ledger = await openCheckedLedger(store);
  try {
    requireVerified(ledger, adapter);
  } finally {
    ledger.close();
  }
}

/** For a run that goes on: it was begun when the bench was not locked. @throws RigError RIG_LOCKED */
export async function refuseWhenLocked(store: string, inputs: Inputs): Promise<void> {
  if ((inputs.procedure.of ?? "adapter") !== "adapter") return;
  const of = { bench: inputs.bench.id, simulated: inputs.twin !== undefined };
  const lock = lockOf(await readChecks(store, of, allChecks));
  if (lock) refuseLocked(lock, (await suspectsOf(store, lock)).length);
}

/**
 * What has become due since a run was begun, in words; undefined when nothing has. Judgements after a resume would be bound
 * by it, and the head, which says under what conditions the run was made, is not written again.
 */
export async function dueSince(
  store: string,
  inputs: Inputs,
  begun: readonly Waiver[],
  now_ms = Date.now(),
): Promise<string | undefined> {
  const { procedure, bench, limits } = inputs;
  const now: Waiver[] = [...inputs.waivers];
  if ((procedure.of ?? "adapter") === "adapter") {
    const of = { bench: bench.id, simulated: inputs.twin !== undefined };
    const due = dueChecks(bench, await readChecks(store, of, allChecks), limits, now_ms);
    if (due.refused) return due.refused.message;
    now.push(...due.waivers);
  }
  try {
    now.push(...(await wornWaivers(store, inputs)));
  } catch (error) {
    if (error instanceof RigError && error.code === "RIG_CHECK_FAILED") return error.message;
    throw error;
  }
  const fresh = now.find(({ id }) => !begun.some((waiver) => waiver.id === id));
  return fresh && `${fresh.id} has become due since it was begun (${fresh.text})`;
}

export const withDeclared = (inputs: Inputs, declared: Declared): Inputs => ({
  ...inputs,
  context: { ...inputs.context, declared },
});

const untilOf = ({ bench }: Inputs, ended: string): string =>
  new Date(Date.parse(ended) + 1000 * (bench.checks?.["thermocouple-walk"]?.every_s ?? 0)).toISOString();

/** What was read at each row of the artefact in its right answers, oldest first. */
async function chartOf(
  store: string,
  history: CheckHistory,
  artefact: Artefact,
): Promise<Readonly<Record<string, Charted>>> {
  const runs = history.checks
    .filter((c) => c.artefact === artefact.id && c.answer === "right")
    .map((c) => c.run)
    .sort((a, b) => a - b)
    .slice(-chart_max);
  const answers = await answersOf(store, runs);
  const chart: Record<string, Charted> = {};
  for (const id of Object.keys(artefact.reference)) {
    const points = runs.flatMap((run) => {
      const body = answers.get(run);
      // Another edition of the artefact's file may be another artefact.
      const rows = body?.["artefactHash"] === artefact.hash ? (body["rows"] as readonly Row[]) : [];
      const value = rows.findLast((row) => row.id === id)?.value;
      return typeof value === "number" && Number.isFinite(value) ? [{ run, value }] : [];
    });
    chart[id] = { runs: points.map((p) => p.run), values: points.map((p) => p.value) };
  }
  return chart;
}

interface Row {
  readonly id: string;
  readonly value: number | null;
}

/** The "before" of the same serial number: the run named, or the first completed one of this procedure. */
async function baselineOf(inputs: Inputs, options: DeclareOptions): Promise<Baseline | undefined> {
  if (options.baseline === "none") return undefined;
  const history = await readChecks(options.store, { bench: inputs.bench.id, simulated: inputs.twin !== undefined }, [
    inputs.procedure.id,
  ]);
  if (options.baseline === undefined && history.checks.length === 0) return undefined;
  const reader = await openReader(options.store);
  try {
    if (options.baseline !== undefined) return baselineIn(reader.record(options.baseline), inputs, true);
    const rows: readonly RunRow[] = reader.list({ serial: inputs.serial, limit: 10_000 });
    const own = rows.filter((row) => row.procedure === inputs.procedure.id).sort((a, b) => a.run - b.run);
    for (const row of own) {
      const found = baselineIn(reader.record(row.run), inputs, false);
      if (found) return found;
    }
    return undefined;
  } finally {
    reader.close();
  }
}

/** @throws RigError USAGE when the run was asked for by name and cannot be the "before" */
function baselineIn(record: RunRecord, inputs: Inputs, named: boolean): Baseline | undefined {
  const { head, outcome, hash, ended } = record;
  const simulated = inputs.twin !== undefined;
  const why =
    head.procedure.id !== inputs.procedure.id
      ? `is a run of ${head.procedure.id}`
      : head.adapter.serial !== inputs.serial
        ? `is of serial number ${JSON.stringify(head.adapter.serial)}`
        : head.simulated !== simulated
          ? `is ${head.simulated ? "" : "not "}simulated`
          : outcome?.ending !== "completed" || !isPass(outcome.verdict)
            ? "was not completed and passed"
            : undefined;
  if (why !== undefined || hash === undefined || ended === undefined) {
    if (named) throw new RigError("USAGE", `--baseline ${head.id} ${why ?? "is not closed"}`);
    return undefined;
  }
  const note = record.notes.findLast(({ kind }) => kind === "ageing");
  const cycles = note?.body["cycles"];
  const values = Object.fromEntries(
    record.measurements
      .filter((m) => /^(power\.dc\.r\.mean|th\.rise)\//.test(m.id) && m.reading.is === "value")
      .map((m) => [m.id, m.reading.is === "value" ? { value: m.reading.value, u: m.reading.u } : { value: 0, u: 0 }]),
  );
  return { run: head.run, id: head.id, hash, ended, cycles: typeof cycles === "number" ? cycles : 0, values };
}

/** As the head of a run keeps it. */
export const declaredData = (declared: Declared | undefined): Readonly<Record<string, Data>> =>
  (declared ?? {}) as unknown as Readonly<Record<string, Data>>;

/** Back from a head, for a run that goes on. */
export const declaredIn = (options: Readonly<Record<string, Data>>): Declared => options as unknown as Declared;

export const declaredHash = (declared: Declared | undefined): string => hashOf(declaredData(declared) as Data);
