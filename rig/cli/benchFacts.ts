/** What a bench page shows besides readings: when what is due, how often relays were closed and halves were mated. */
import type { Bench } from "../model/bench.ts";
import { checkIds } from "../model/declared.ts";
import type { CalendarEntry, RelayWear } from "../station/benchPage.ts";
import type { CheckHistory } from "../store/checks.ts";
import type { Wear } from "../store/wear.ts";
import { overdue, ruleOf } from "./due.ts";
import { isWorn, type Worn } from "./fixtures.ts";

const day_ms = 24 * 3600_000;
/** What comes due within this many days is marked. */
export const soon_days = 90;

/** Oldest due date first. `bench` with the register's dates in place of its own. */
export function calendarOf(bench: Bench, today: string, history?: CheckHistory): readonly CalendarEntry[] {
  const entries = [
    ...Object.values(bench.instruments).flatMap((entry): CalendarEntry[] => {
      const { role, serial, calibrationDue: due, calibration } = entry;
      if (due === "n/a") return [];
      const bad = calibration?.inTolerance === false ? ", left out of tolerance" : "";
      const by = calibration ? `certificate ${calibration.certificate}` : "date of the bench file";
      const stated = { kind: "calibration", what: `${role}, serial number ${serial}`, due, by: `${by}${bad}` } as const;
      return [{ ...stated, state: bad === "" ? stateOf(due, today) : "overdue" }];
    }),
    ...bench.proofTests.map(({ id, what, done, due }) => ({
      ...({ kind: "proof-test", what: `${id}: ${what}`, due, by: `done on ${done}` } as const),
      state: stateOf(due, today),
    })),
    ...(bench.halves ?? []).map(({ id, serial, checked, due }) => ({
      ...({ kind: "half", what: `${id}, serial number ${serial}`, due, by: `checked on ${checked}` } as const),
      state: stateOf(due, today),
    })),
  ];
  const checks = history ? checksDue(bench, today, history) : [];
  return [...entries, ...checks].sort((a, b) => a.due.localeCompare(b.due) || a.what.localeCompare(b.what));
}

function checksDue(bench: Bench, today: string, history: CheckHistory): readonly CalendarEntry[] {
  return checkIds.flatMap((id) =>
    overdue(bench, history, id, Date.parse(`${today}T00:00:00Z`)).map(({ what }): CalendarEntry => {
      const waived = history.simulated && ruleOf(bench, id).simulated === "waived";
      const by = waived ? "the bench is simulated" : "see rig doctor";
      return { kind: "check", what, due: today, by, state: waived ? "waived" : "overdue" };
    }),
  );
}

function stateOf(due: string, today: string): CalendarEntry["state"] {
  if (due < today) return "overdue";
  return (Date.parse(due) - Date.parse(today)) / day_ms <= soon_days ? "soon" : "valid";
}

/** Most worn first: by the share of the stated life where there is one, else by closings. */
export function relayWear(bench: Bench, wear: Wear): readonly RelayWear[] {
  const of = (counts: Readonly<Record<string, number>>, id: string): number =>
    Object.hasOwn(counts, id) ? (counts[id] ?? 0) : 0;
  return Object.values(bench.relays)
    .map(({ id, class: kind }) => {
      const life = bench.relayClasses[kind]?.life_closings;
      const [closings, breaks] = [of(wear.closings, id), of(wear.breaks, id)];
      return { id, class: kind, closings, breaks, ...(life === undefined ? {} : { life, share: closings / life }) };
    })
    .sort((a, b) => (b.share ?? 0) - (a.share ?? 0) || b.closings - a.closings || a.id.localeCompare(b.id));
}

/** As a page needs them. */
export const halfWear = (worn: readonly Worn[]) =>
  worn.map((one) => ({
    ...{ id: one.half.id, serial: one.half.serial, matings: one.matings, worn: isWorn(one) },
    ...(one.half.matings_max === undefined ? {} : { matings_max: one.half.matings_max }),
  }));
