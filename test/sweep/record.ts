/** The store after a sweep point: it opens, the run is closed, and nothing that was acknowledged is missing. */
import type { Bench } from "../../rig/model/bench.ts";
import { closeInterrupted, openReader } from "../../rig/store/reader.ts";
import { offsetOf_ms } from "./clocks.ts";
import { unexplained } from "./issued.ts";
import type { SweepRig } from "./rig.ts";

/** When the plan first asked this role something after an instant, monotonic ms; monitored calls leave no event. */
export async function askedAfter(rig: SweepRig, role: string, after_ms: number): Promise<number | undefined> {
  const utc_offset_ms = offsetOf_ms(() => Date.now() + 0.5);
  const reader = await openReader(rig.store);
  try {
    for (const event of reader.record(1).events) {
      const ms = Date.parse(event.utc) + utc_offset_ms;
      const command = event.type === "issued" ? (event.command as Readonly<Record<string, unknown>>) : {};
      if (ms > after_ms && command["do"] === "call" && command["role"] === role) return ms;
    }
    return undefined;
  } finally {
    reader.close();
  }
}

/** What is lost or wrong, in words. Empty: nothing. */
export async function faultsOfRecord(rig: SweepRig, bench: Bench): Promise<readonly string[]> {
  const utc_offset_ms = offsetOf_ms(() => Date.now() + 0.5);
  await closeInterrupted(rig.store);
  const reader = await openReader(rig.store);
  try {
    const record = reader.record(1);
    const faults: string[] = [];
    const chain = reader.fault(1);
    if (chain !== undefined) faults.push(`chain: ${chain}`);
    if (record.outcome === undefined) faults.push("the run was not closed");
    else if (record.outcome.ending !== "completed" && /^pass/.test(record.outcome.verdict))
      faults.push(`${record.outcome.verdict} although ${record.outcome.ending}`);
    const stored = new Set(record.measurements.map(({ id }) => id));
    for (const id of rig.judged) if (!stored.has(id)) faults.push(`judgement ${id} was shown and is not stored`);
    if (rig.outcome !== undefined && rig.outcome.ending !== record.outcome?.ending)
      faults.push(`shown as ${rig.outcome.ending}, stored as ${record.outcome?.ending ?? "open"}`);
    return [...faults, ...unexplained(rig.wire, record.events, bench, utc_offset_ms)];
  } finally {
    reader.close();
  }
}
