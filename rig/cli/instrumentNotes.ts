/** What a run's record says of its instruments: identities, and waivers for what no manual could verify. */
import type { Instrument } from "../kinds/kinds.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { StoreJournal } from "../store/journal.ts";
import type { Inputs } from "./inputs.ts";

export function noteInstruments(
  instruments: Readonly<Record<string, Instrument>>,
  inputs: Inputs,
  journal: StoreJournal,
): void {
  for (const [role, { identity }] of Object.entries(instruments)) {
    const entry = inputs.bench.instruments[role];
    const body: Data = {
      kind: "instrument",
      role,
      model: identity.model,
      serial: identity.serial,
      firmware: identity.firmware,
      identity: identity.raw,
      calibrationDue: entry?.calibrationDue ?? "n/a",
      unverified: [...identity.unverified],
    };
    journal.append({ type: "note", lane: "main", attempt: 1, body });
  }
}

/** A driver with an unverified set may not drive the power domain without a waiver, which the report prints. */
export function requireWaivers(
  instruments: Readonly<Record<string, Instrument>>,
  inputs: Inputs,
  journal: StoreJournal,
  say: (line: string) => void,
): void {
  for (const [role, { identity }] of Object.entries(instruments)) {
    if (identity.unverified.length === 0) continue;
    const id = `unverified.${role}`;
    const text = `${identity.model}: not verified against a manual: ${identity.unverified.join("; ")}`;
    const waiver =
      inputs.waivers.find((w) => w.id === id) ??
      (inputs.twin ? { id, text, by: "twin (nothing real is driven)" } : undefined);
    if (!waiver) {
      throw new RigError("RIG_CHECK_FAILED", `${text}. Name who accepts it as waiver ${id} in ${inputs.bench.file}`);
    }
    say(`      waiver ${id}: ${text} (accepted by ${waiver.by})`);
    journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "waiver", ...waiver, text } });
  }
}
