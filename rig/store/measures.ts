/** Questions on many runs at once, answered from the derived tables (derived.ts) without reading events. Read-only. */
import { isUnit, type Unit } from "../model/units.ts";
import { type Ending, type Verdict, verdicts } from "../model/verdict.ts";
import { type Database, openToRead, type Row, storageError, type Value } from "./database.ts";

/** What is asked about. Days are those of UTC since 1970-01-01. */
export interface Selection {
  /** Simulated and real runs are never counted together. */
  readonly simulated: boolean;
  readonly procedure?: string;
  readonly adapter?: string;
  readonly bench?: string;
  readonly sinceDay?: number;
  /** Not included. */
  readonly untilDay?: number;
}

export interface Tally {
  readonly verdict: Verdict;
  readonly ending: Ending;
  /** The first run of a unit that says something of it. */
  readonly first: boolean;
  readonly runs: number;
}

/** One measurement as one kind of run makes it and one limit judges it. */
export interface Measurand {
  readonly key: number;
  readonly id: string;
  readonly limit: string;
  readonly unit: Unit;
  readonly subject: "adapter" | "rig";
  readonly low?: number;
  readonly high?: number;
  readonly procedure: string;
  readonly adapter: string;
  readonly bench: string;
}

/** Readings of one day; `n` counts those that are values, the others stand beside it. */
export interface MeasuredDay {
  readonly day: number;
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
  readonly least?: number;
  readonly greatest?: number;
  readonly above: number;
  readonly below: number;
  readonly invalid: number;
  readonly failed: number;
  readonly undecided: number;
}

export interface Measured {
  readonly run: number;
  /** Seconds since 1970-01-01, UTC, of the run's start. */
  readonly at_s: number;
  readonly is: "value" | "above" | "below" | "invalid";
  /** The value or the bound. */
  readonly value?: number;
  readonly verdict: Verdict;
  readonly attempts: number;
}

export interface MeasuredUnit extends Measured {
  readonly serial: string;
  readonly operator: string;
}

/** Readings of a gage study at most. */
const study_max = 10_000;
const day_s = 86_400;
/** Measurands in one question; SQLite allows 500 parts of a union. */
const union_max = 200;

export class Measures {
  private readonly db: Database;
  private readonly dir: string;

  constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  /** Which of the two kinds of runs the store holds. */
  kinds(): { readonly real: boolean; readonly simulated: boolean } {
    const has = (simulated: number) =>
      this.all("SELECT 1 FROM stratum WHERE simulated = ? LIMIT 1", [simulated]).length > 0;
    return { real: has(0), simulated: has(1) };
  }

  tallies(of: Selection): readonly Tally[] {
    const { where, values } = conditions(of, "t.day");
    return this.all(
      `SELECT t.verdict, t.ending, t.first, sum(t.runs) AS runs FROM stratum s JOIN tally t USING (stratum)
       WHERE ${where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      values,
    ).map((row) => ({
      verdict: verdictIn(row),
      ending: String(row["ending"]) as Ending,
      first: row["first"] === 1,
      runs: Number(row["runs"]),
    }));
  }

  /** How often each measurement of the adapter or of the rig failed; most often first. */
  failing(of: Selection, subject: "adapter" | "rig"): readonly { readonly id: string; readonly failed: number }[] {
    const { where, values } = conditions(of, "d.day");
    return this.all(
      `SELECT m.id, sum(d.failed) AS failed FROM stratum s JOIN measurand m USING (stratum)
         JOIN measure_day d INDEXED BY measure_failed USING (measurand)
       WHERE ${where} AND m.subject = ? AND d.failed > 0 GROUP BY m.id ORDER BY 2 DESC, 1`,
      [...values, subject],
    ).map((row) => ({ id: String(row["id"]), failed: Number(row["failed"]) }));
  }

  /** Ids of all measurements, by name. */
  ids(of: Selection): readonly string[] {
    const { where, values } = conditions({ ...of }, undefined);
    return this.all(
      `SELECT DISTINCT m.id FROM stratum s JOIN measurand m USING (stratum) WHERE ${where} ORDER BY 1`,
      values,
    ).map((row) => String(row["id"]));
  }

  /** All forms of one measurement. */
  measurands(id: string, of: Selection): readonly Measurand[] {
    const { where, values } = conditions(of, undefined);
    return this.all(
      `SELECT m.*, s.procedure, s.adapter, s.bench FROM measurand m JOIN stratum s USING (stratum)
       WHERE ${where} AND m.id = ? ORDER BY m.measurand`,
      [...values, id],
    ).map(measurandOf);
  }

  /** Oldest first, all of these measurands together; put together in SQL, because a row costs more than its numbers. */
  days(keys: readonly number[], of: Selection): readonly MeasuredDay[] {
    const { where, values } = period(of, "day");
    return this.all(
      `WITH one AS (SELECT * FROM measure_day WHERE measurand IN (${marks(keys)})${where}),
         mid AS (SELECT day, sum(n) AS n, coalesce(sum(n * mean) / nullif(sum(n), 0), 0) AS mean FROM one GROUP BY day)
       SELECT mid.day, mid.n, mid.mean, sum(one.m2 + one.n * (one.mean - mid.mean) * (one.mean - mid.mean)) AS m2,
         min(one.least) AS least, max(one.greatest) AS greatest, sum(above) AS above, sum(below) AS below,
         sum(invalid) AS invalid, sum(failed) AS failed, sum(undecided) AS undecided
       FROM mid JOIN one USING (day) GROUP BY mid.day ORDER BY mid.day`,
      [...keys, ...values],
    ).map(dayOfRow);
  }

  /** The newest readings, oldest of them first. */
  newest(keys: readonly number[], of: Selection, count: number): readonly Measured[] {
    const { where, values } = period(of, "at", day_s);
    const found: Measured[] = [];
    for (let from = 0; from < keys.length; from += union_max) {
      const some = keys.slice(from, from + union_max);
      // Each measurand by its own index: the order of several together would have to be sorted over all of their readings.
      const one = `SELECT * FROM (SELECT * FROM measure WHERE measurand = ?${where} ORDER BY at DESC, run DESC LIMIT ?)`;
      const all = some.map(() => one).join(" UNION ALL ");
      const rows = this.all(
        `SELECT run, at, "is", value, verdict, attempts FROM (${all}) ORDER BY at DESC, run DESC LIMIT ?`,
        [...some.flatMap((key) => [key, ...values, count]), count],
      );
      found.push(...rows.map(measuredOf));
    }
    return found
      .sort((a, b) => b.at_s - a.at_s || b.run - a.run)
      .slice(0, count)
      .reverse();
  }

  /** Readings of these units, with who ran them, oldest first. STORAGE_FAILED for more than a study can hold. */
  ofUnits(keys: readonly number[], of: Selection, serials: readonly string[]): readonly MeasuredUnit[] {
    const { where, values } = period(of, "v.at", day_s);
    const rows = this.all(
      `SELECT v.*, r.serial, r.operator FROM run r CROSS JOIN measure v ON v.run = r.run
         AND v.at = CAST(strftime('%s', r.started) AS INTEGER)
       WHERE r.serial IN (${marks(serials)}) AND v.measurand IN (${marks(keys)})${where}
       ORDER BY v.at, v.run LIMIT ?`,
      [...serials, ...keys, ...values, study_max + 1],
    );
    if (rows.length > study_max) {
      throw storageError("cannot read", this.dir, new Error(`more than ${study_max} readings: narrow the dates`));
    }
    return rows.map((row) => ({
      ...measuredOf(row),
      serial: String(row["serial"]),
      operator: String(row["operator"]),
    }));
  }

  /** Serial numbers of these runs. */
  serials(runs: readonly number[]): ReadonlyMap<number, string> {
    const rows = this.all("SELECT run, serial FROM run WHERE run IN (SELECT value FROM json_each(?))", [
      JSON.stringify(runs),
    ]);
    return new Map(rows.map((row) => [Number(row["run"]), String(row["serial"])]));
  }

  close(): void {
    this.db.close();
  }

  private all(sql: string, values: readonly Value[]): Row[] {
    try {
      return this.db.prepare(sql).all(...values);
    } catch (error) {
      throw storageError("cannot read", this.dir, error);
    }
  }
}

/** FILE_UNREADABLE when there is no store in the directory, STORAGE_FAILED when it is of an older version. */
export const openMeasures = async (dir: string): Promise<Measures> => new Measures(await openToRead(dir), dir);

const marks = (values: readonly unknown[]): string => values.map(() => "?").join(", ");

interface Condition {
  readonly where: string;
  readonly values: Value[];
}

function conditions(of: Selection, day: string | undefined): Condition {
  const where = ["s.simulated = ?"];
  const values: Value[] = [of.simulated ? 1 : 0];
  for (const field of ["procedure", "adapter", "bench"] as const) {
    const value = of[field];
    if (value === undefined) continue;
    where.push(`s.${field} = ?`);
    values.push(value);
  }
  const during = day === undefined ? { where: "", values: [] } : period(of, day);
  return { where: where.join(" AND ") + during.where, values: [...values, ...during.values] };
}

/** `scale`: units of the column in a day. */
function period(of: Selection, column: string, scale = 1): Condition {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (sign: string, day: number | undefined) => {
    if (day === undefined) return;
    parts.push(` AND ${column} ${sign} ?`);
    values.push(day * scale);
  };
  add(">=", of.sinceDay);
  add("<", of.untilDay);
  return { where: parts.join(""), values };
}

function verdictIn(row: Row): Verdict {
  const found = verdicts.find((known) => known === row["verdict"]);
  if (found === undefined) throw new Error(`verdict ${String(row["verdict"])} is unknown`);
  return found;
}

const finite = <K extends string>(key: K, value: Value | undefined): { readonly [P in K]?: number } =>
  (typeof value === "number" ? { [key]: value } : {}) as { readonly [P in K]?: number };

function measurandOf(row: Row): Measurand {
  const unit = String(row["unit"]);
  if (!isUnit(unit)) throw new Error(`unit ${unit} of a measurement is unknown`);
  return {
    key: Number(row["measurand"]),
    id: String(row["id"]),
    limit: String(row["limit"]),
    unit,
    subject: row["subject"] === "rig" ? "rig" : "adapter",
    ...finite("low", row["low"]),
    ...finite("high", row["high"]),
    procedure: String(row["procedure"]),
    adapter: String(row["adapter"]),
    bench: String(row["bench"]),
  };
}

const dayOfRow = (row: Row): MeasuredDay => ({
  day: Number(row["day"]),
  n: Number(row["n"]),
  mean: Number(row["mean"]),
  m2: Number(row["m2"]),
  ...finite("least", row["least"]),
  ...finite("greatest", row["greatest"]),
  above: Number(row["above"]),
  below: Number(row["below"]),
  invalid: Number(row["invalid"]),
  failed: Number(row["failed"]),
  undecided: Number(row["undecided"]),
});

const measuredOf = (row: Row): Measured => ({
  run: Number(row["run"]),
  at_s: Number(row["at"]),
  is: String(row["is"]) as Measured["is"],
  ...finite("value", row["value"]),
  verdict: verdictIn(row),
  attempts: Number(row["attempts"]),
});
