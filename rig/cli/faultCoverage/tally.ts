/** From units to what a person asks: what is caught, from which severity on, by which judgement, and what is not. */
import { type FaultClass, singleFaults } from "../../../drivers/twin/faults/catalogue.ts";
import { healthyClass, pairClass } from "../../../drivers/twin/faults/draw.ts";
import type { ClassResult, CurveBin, RowResult, Share, Standing, UnitResult } from "../../model/coverage.ts";
import { shareOf } from "../../model/proportion.ts";
import { isPass } from "../../model/verdict.ts";

export const confidence = 0.95;
const bins = 12;

export const passed = (one: UnitResult): boolean => one.ending === "completed" && isPass(one.verdict);
/** The run says nothing of the adapter, but that the rig is at fault. */
export const blamesRig = (one: UnitResult): boolean => one.ending === "rig-error" && !isBad(one);
const isBad = (one: UnitResult): boolean => one.verdict === "fail" || one.verdict === "fail-conditional";

const share = (n: number, of: number): Share => shareOf(n, of, confidence);
const count = (units: readonly UnitResult[], is: (one: UnitResult) => boolean): number => units.filter(is).length;

export interface Tally {
  readonly standing: Readonly<Record<Standing, number>>;
  readonly escapes: readonly UnitResult[];
  readonly wrong_fails: readonly UnitResult[];
  readonly escape_share: Share;
  readonly wrong_fail_share: Share;
  readonly rig_blamed: readonly UnitResult[];
  readonly classes: readonly ClassResult[];
  readonly rows: readonly RowResult[];
}

export function tally(units: readonly UnitResult[]): Tally {
  const of = (standing: Standing) => units.filter((one) => one.standing === standing);
  const [faulty, sound, near] = [of("faulty"), of("sound"), of("near")];
  const escapes = faulty.filter(passed);
  const wrong = sound.filter((one) => !passed(one) && !blamesRig(one));
  const classes = [healthyClass, pairClass, ...singleFaults.map(({ id }) => id)];
  return {
    standing: { faulty: faulty.length, sound: sound.length, near: near.length },
    escapes,
    wrong_fails: wrong,
    escape_share: share(escapes.length, faulty.length),
    wrong_fail_share: share(wrong.length, sound.length),
    rig_blamed: units.filter(blamesRig),
    classes: classes.flatMap((id) => {
      const own = units.filter((one) => one.class === id);
      return own.length > 0 ? [classResult(id, own)] : [];
    }),
    rows: rowResults(units),
  };
}

const titles: Readonly<Record<string, string>> = {
  [healthyClass]: "healthy units at the corners of their tolerances",
  [pairClass]: "two faults of different classes",
};

function classResult(id: string, units: readonly UnitResult[]): ClassResult {
  const one = singleFaults.find((known) => known.id === id);
  const faulty = units.filter(({ standing }) => standing === "faulty");
  const by: Record<string, number> = {};
  for (const { by: id } of units) if (id !== null) by[rowOf(id)] = (by[rowOf(id)] ?? 0) + 1;
  return {
    id,
    title: one?.title ?? titles[id] ?? id,
    unit: one?.severity?.unit ?? null,
    gross: one?.severity?.gross ?? null,
    units: units.length,
    detected: share(
      count(faulty, (unit) => !passed(unit)),
      faulty.length,
    ),
    curve: curveOf(one, units),
    by,
  };
}

/** `wiring.path.r/CP` is judged by the row `wiring.path.r`. */
export const rowOf = (id: string): string => id.split("/")[0] ?? id;

function curveOf(one: FaultClass | undefined, units: readonly UnitResult[]): readonly CurveBin[] {
  const bin = (of: readonly UnitResult[], from: number | null, to: number | null): CurveBin => ({
    from,
    to,
    detected: share(
      count(of, (unit) => !passed(unit)),
      of.length,
    ),
    faulty: count(of, ({ standing }) => standing === "faulty"),
    near: count(of, ({ standing }) => standing === "near"),
    sound: count(of, ({ standing }) => standing === "sound"),
  });
  const severity = one?.severity;
  if (!severity) return [bin(units, null, null)];
  const step = (severity.to / severity.from) ** (1 / bins);
  return Array.from({ length: bins }, (_, n) => {
    const from = severity.from * step ** n;
    const to = severity.from * step ** (n + 1);
    const inside = units.filter(({ faults }) => {
      const s = faults[0]?.severity ?? Number.NaN;
      return s >= from && (s < to || n === bins - 1);
    });
    return bin(inside, from, to);
  });
}

function rowResults(units: readonly UnitResult[]): readonly RowResult[] {
  const found = new Map<string, { first: number; any: number; alone: number }>();
  for (const one of units) {
    for (const [n, row] of one.rows.entries()) {
      const entry = found.get(row) ?? { first: 0, any: 0, alone: 0 };
      entry.any += 1;
      if (n === 0) entry.first += 1;
      if (one.rows.length === 1 && one.standing === "faulty") entry.alone += 1;
      found.set(row, entry);
    }
  }
  return [...found].map(([row, entry]) => ({ row, ...entry })).sort((a, b) => b.first - a.first);
}
