/** What must hold before an interrupted run goes on: the same everything, and a bench that is passive by read-back. */
import type { Instrument, Io } from "../kinds/kinds.ts";
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Reading } from "../model/reading.ts";
import type { NewRun, RunHead } from "../store/types.ts";

/** What differs between the head of the record and what would go on now, in words; empty when all is the same. */
export function differences(head: RunHead, now: NewRun): readonly string[] {
  const pairs: readonly (readonly [string, Data, Data])[] = [
    ["procedure", [head.procedure.id, head.procedure.revision], [now.procedure.id, now.procedure.revision]],
    ["procedure's code", head.procedure.hash, now.procedure.hash],
    ["limits", head.limits.hash, now.limits.hash],
    ["bench file", head.bench.hash, now.bench.hash],
    ["adapter type", head.adapter.hash, now.adapter.hash],
    ["serial number", head.adapter.serial, now.adapter.serial],
    ["software", head.software.hash, now.software.hash],
    ["simulated bench", head.simulated, now.simulated],
  ];
  return pairs.filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b)).map(([what]) => what);
}

/** @throws RigError IDENTITY_MISMATCH when another instrument answers than the record names */
export function sameInstruments(
  recorded: readonly Readonly<Record<string, Data>>[],
  instruments: Readonly<Record<string, Instrument>>,
): void {
  for (const [role, { identity }] of Object.entries(instruments)) {
    const before = recorded.find((body) => body["role"] === role);
    const same =
      before?.["identity"] === identity.raw &&
      before["serial"] === identity.serial &&
      before["firmware"] === identity.firmware;
    if (same) continue;
    const was = before ? String(before["identity"]) : "nothing";
    throw new RigError("IDENTITY_MISMATCH", `${role}: "${identity.raw}" answers, the record was begun with "${was}"`);
  }
}

const ask_ms = 2000;
/** Below these the source counts as off. */
const none_A = 1;
const none_V = 1;

type Operation = (args: unknown, io: Io) => Promise<unknown>;

/** Asks every instrument that could hold energy; nothing is commanded. @throws RigError RIG_CHECK_FAILED, or the wire's */
export async function provePassive(
  bench: Bench,
  instruments: Readonly<Record<string, Instrument>>,
  signal: AbortSignal,
): Promise<Data> {
  const evidence: { what: string; says: string; ok: boolean }[] = [];
  const ask = (role: string, op: string): Promise<unknown> => {
    const operation = (instruments[role]?.call as Readonly<Record<string, Operation>> | undefined)?.[op];
    if (!operation) throw new RigError("ROLE_MISSING", `${role}.${op} cannot be asked`);
    const keep: Io["keep"] = () => {
      throw new RigError("PLAN_INVALID", "a read-back acquires no waveforms");
    };
    return operation({}, { signal, deadline_wall_ms: performance.now() + ask_ms, keep });
  };
  for (const [role, { kind }] of Object.entries(instruments)) {
    if (kind === "matrix") {
      const { closed } = (await ask(role, "readBack")) as { readonly closed: readonly string[] };
      evidence.push({ what: `${role}: relays`, says: closed.join(" ") || "all open", ok: closed.length === 0 });
    }
    if (kind === "source") {
      const { current, voltage } = (await ask(role, "measure")) as Readonly<Record<"current" | "voltage", Reading>>;
      const ok = below(current, none_A) && below(voltage, none_V);
      evidence.push({ what: `${role}: output`, says: `${voltage.raw} V, ${current.raw} A`, ok });
    }
    if (kind === "gpio") {
      const lines = (await ask(role, "read")) as Readonly<Record<string, boolean>>;
      evidence.push({ what: "EN", says: lines["EN"] ? "high" : "low", ok: lines["EN"] === false });
      for (const { id, mirror } of Object.values(bench.relays)) {
        if (mirror === undefined) continue;
        const says = lines[mirror] ? "high (open)" : "low (closed)";
        evidence.push({ what: `${mirror} of ${id}`, says, ok: lines[mirror] === true });
      }
    }
  }
  const live = evidence.find(({ ok }) => !ok);
  if (live) throw new RigError("RIG_CHECK_FAILED", `the bench is not passive: ${live.what}: ${live.says}`);
  return evidence;
}

const below = (r: Reading, limit: number): boolean => r.is === "value" && Math.abs(r.value) < limit;
