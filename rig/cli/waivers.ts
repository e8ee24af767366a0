/**
 * What is overdue on a bench for this run: proof tests, calibrations of the instruments that the procedure uses, records of
 * the reference halves that the adapter needs. A real run is refused unless the bench file names who accepts it.
 */
import { expiredHalves, overdueProofTests, withoutCalibration } from "../bench/benchFile.ts";
import { type AdapterType, families } from "../model/adapter.ts";
import type { Bench } from "../model/bench.ts";
import { RigError } from "../model/errors.ts";
import { matingFor } from "../model/halves.ts";
import type { Waiver } from "../store/types.ts";

interface Overdue {
  readonly id: string;
  readonly what: string;
}

/** Halves of this bench that the adapter is fitted between, one side of the nest for each of its faces. */
export function halvesFor(bench: Bench, adapter: AdapterType): readonly string[] {
  const known = bench.halves ?? [];
  if (known.length === 0) return [];
  const stations = families[adapter.family].faces.filter(({ face }) => face !== "ev");
  const used = stations.flatMap(({ face }) => {
    const { evse, ev } = matingFor(adapter, known, face);
    return [evse.half.id, ev.half.id];
  });
  return [...new Set(used)];
}

function overdueOf(bench: Bench, roles: readonly string[], adapter: AdapterType, today: string): readonly Overdue[] {
  const missing = withoutCalibration(bench, today).filter((role) => roles.includes(role));
  const expired = expiredHalves(bench, today);
  const halves = expired.length === 0 ? [] : halvesFor(bench, adapter).filter((id) => expired.includes(id));
  return [
    ...overdueProofTests(bench, today).map((t) => ({
      id: `proof-test.${t.id}`,
      what: `proof test ${t.id}, due ${t.due}`,
    })),
    ...halves.map((id) => ({ id: `half:${id}`, what: `reference half ${id}` })),
    ...missing.map((role) => ({ id: `calibration:${role}`, what: calibrationOf(bench, role) })),
  ];
}

function calibrationOf(bench: Bench, role: string): string {
  const entry = bench.instruments[role];
  const which = `calibration of ${role} (serial number ${entry?.serial ?? "unknown"}`;
  if (entry?.calibration?.inTolerance === false) {
    return `${which}, left out of tolerance by certificate ${entry.calibration.certificate})`;
  }
  const by = entry?.calibration ? `, certificate ${entry.calibration.certificate}` : "";
  return `${which}, due ${entry?.calibrationDue ?? "unknown"}${by})`;
}

/** A waiver of something that comes due is only one while it is overdue; others hold whenever they stand in the file. */
const comesDue = (id: string): boolean => /^(calibration:|half:|proof-test\.)/.test(id);

/** Waivers of this run. On a twin nothing is overdue that could hurt: it is said, and no person needs to accept it. */
export function dueWaivers(
  bench: Bench,
  needs: Readonly<Record<string, unknown>>,
  adapter: AdapterType,
  simulated: boolean,
): readonly Waiver[] {
  const today = new Date().toISOString().slice(0, 10);
  const waivers: Waiver[] = bench.waivers
    .filter(({ id }) => !comesDue(id))
    .map((w) => ({ id: w.id, text: w.why, by: w.by }));
  const due = overdueOf(bench, Object.keys(needs), adapter, today);
  const refused = due.filter(({ id }) => !bench.waivers.some((w) => w.id === id));
  for (const { id, what } of due) {
    const accepted = bench.waivers.find((w) => w.id === id);
    if (accepted) waivers.push({ id, text: `${what} is overdue: ${accepted.why}`, by: accepted.by });
    else if (simulated) waivers.push({ id, text: `${what}: the bench is simulated`, by: "twin" });
    else {
      const remedy = `waiver ${id} in ${bench.file} would name who accepts it`;
      throw new RigError("RIG_CHECK_FAILED", `${what} is overdue (${remedy})`, {
        id,
        overdue: refused.map((one) => ({ ...one })),
      });
    }
  }
  return waivers;
}
