/** What the station tells of a run besides its verdict: read from the store and the ledger, nothing of a bench. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counting } from "../../../reports/faces/results.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import type { Outcome } from "../../model/verdict.ts";
import {
  type CoolingParts,
  coolingOf,
  isAmbient,
  isTemperature,
  type LastReading,
  latest,
  sensorOf,
} from "../../station/cooling.ts";
import type { After, FailingContact, ResultDeps, ThermalLimits } from "../../station/result.ts";
import { thinnedEven } from "../../station/thin.ts";
import { storeFile } from "../../store/database.ts";
import { type Capture, Glance } from "../../store/glance.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import type { Event, RunHead, RunRecord } from "../../store/types.ts";
import { nextStep } from "../nextStep.ts";
import { oneAtATime } from "../oneAtATime.ts";
import { root } from "../root.ts";

/** Points of a waveform that a screen shows. */
const wave_points = 600;
/** The scope's channels at the station's and at the vehicle's face (bench.md). */
const pilotChannels = ["CP_S", "CP_V"] as const;
const draw_ms = 30_000;
const runs_kept = 16;
const inTurn = oneAtATime("labels", 8);

export function resultOf(store: string): ResultDeps {
  const there = () => existsSync(storeFile(store));
  const known = new Map<number, Facts>();
  const glancing = async <R>(look: (glance: Glance) => R): Promise<R | undefined> => {
    if (!there()) return undefined;
    const glance = await Glance.open(store);
    try {
      return look(glance);
    } finally {
      glance.close();
    }
  };
  return {
    after: async (run) => (there() ? after(store, run, known) : undefined),
    thermal: (run) =>
      glancing((glance): ThermalLimits | undefined => {
        const rows = glance.head(run)?.limits.rows;
        if (!rows) return undefined;
        const [rise, absolute] = [rows["th.rise"]?.max, rows["th.contact.abs"]?.max];
        return {
          ...(rise === undefined ? {} : { rise_K: rise }),
          ...(absolute === undefined ? {} : { absolute: { degC: absolute, at_degC: 40 } }),
        };
      }),
    pilot: (run, last) => glancing((glance) => shownCapture(glance, run, last)),
    label: (run) => inTurn(() => drawn(store, run)),
  };
}

/** What the record says, which does not change once the run has ended; read once then. */
interface Facts {
  readonly head: RunHead;
  readonly outcome: Outcome | undefined;
  readonly failing: readonly FailingContact[];
  readonly heat: Omit<CoolingParts, "elapsed_s">;
  /** How long ago the last reading was when the record was read. From there it goes on by the monotonic clock: a clock that
   * is set changes nothing of it. */
  readonly elapsed_s: number;
  readonly at_ms: number;
}

async function after(store: string, run: number, read: Map<number, Facts>): Promise<After> {
  const reader = await openReader(store);
  const ledger = await openLedger(store);
  try {
    const facts = known(run, reader, read);
    return {
      cooling: heatNow(facts, reader, read),
      next: nextStep(ledger, reader, facts.head, facts.outcome),
      failing: facts.failing,
    };
  } finally {
    ledger.close();
    reader.close();
  }
}

function known(run: number, reader: Reader, read: Map<number, Facts>): Facts {
  const facts = read.get(run) ?? factsOf(reader.record(run), reader);
  if (facts.outcome) {
    read.set(run, facts);
    for (const first of read.keys()) if (read.size > runs_kept) read.delete(first);
  }
  return facts;
}

/** Earlier runs that may have left something hot: this many, begun within so long (hours of current, and their cooling). */
const earlier_max = 10;
const earlier_h = 12;
/** What is not known to be cool is said to be so for this long; the page names two hours. */
const unknown_h = 3;

/** A run that drove no current proves nothing of the heat that an earlier one left on the same bench. */
function heatNow(facts: Facts, reader: Reader, read: Map<number, Facts>): After["cooling"] {
  const { run, simulated, bench } = facts.head;
  const own = heatOf(facts);
  if (own.is !== "cold") return own;
  const age_h = (utc: string): number => (Date.now() - Date.parse(utc)) / 3600_000;
  const rows = reader.list({ before: run, limit: earlier_max });
  for (const row of rows.filter((one) => one.simulated === simulated && age_h(one.started) < earlier_h)) {
    const earlier = known(row.run, reader, read);
    if (earlier.head.bench.id !== bench.id) continue;
    const left = heatOf(earlier);
    if (left.is === "hot") return left;
    if (left.is === "unknown" && age_h(row.ended ?? row.started) < unknown_h) return left;
    // It read what lay there, and that was cool.
    if (left.is === "cool") return own;
  }
  return own;
}

const heatOf = ({ heat, elapsed_s, at_ms }: Facts): After["cooling"] =>
  coolingOf({ ...heat, elapsed_s: elapsed_s + (performance.now() - at_ms) / 1000 });

function factsOf(record: RunRecord, reader: Reader): Facts {
  const readings = record.series
    .filter(({ series, unit }) => unit === "degC" && isTemperature(series))
    .flatMap(({ series }): readonly LastReading[] => {
      const { t_s, values } = reader.series(record.head.run, series);
      const at = t_s.at(-1);
      return at === undefined ? [] : [{ name: sensorOf(series), t_s: at, degC: values.at(-1) ?? Number.NaN }];
    });
  const last = latest(readings);
  return {
    head: record.head,
    outcome: record.outcome,
    failing: failing(record),
    heat: {
      parts: last.filter(({ name }) => !isAmbient(name)),
      ambients: last.filter(({ name }) => isAmbient(name)),
      driven_s: record.events.findLast(switchesOn)?.bench_s,
    },
    elapsed_s: elapsedSince(record, last),
    at_ms: performance.now(),
  };
}

function failing(record: RunRecord): readonly FailingContact[] {
  return counting(record.measurements)
    .filter(({ subject, verdict }) => subject === "adapter" && (verdict === "fail" || verdict === "fail-conditional"))
    .map(({ id, contacts, meaning }) => ({ id, contacts, meaning: meaning ?? "" }));
}

/** Since the newest of the readings, which all come from one scan; never below 0. */
function elapsedSince(record: RunRecord, last: readonly LastReading[]): number {
  const newest_s = Math.max(...last.map(({ t_s }) => t_s));
  // The first event after it: bench time of a twin may have run faster than the wall's.
  const event = record.events.find(({ bench_s }) => bench_s >= newest_s) ?? record.events.at(-1);
  return event ? Math.max(0, (Date.now() - Date.parse(event.utc)) / 1000) : 0;
}

/** A source that was switched on: from then on parts may be warm. */
function switchesOn(event: Event): boolean {
  if (event.type !== "issued") return false;
  const { role, op, args } = event.command as {
    readonly role?: unknown;
    readonly op?: unknown;
    readonly args?: unknown;
  };
  return role === "source" && op === "output" && (args as { readonly on?: unknown } | undefined)?.on === true;
}

function shownCapture(glance: Glance, run: number, after: number): Capture | undefined {
  const found = glance.capture(run, pilotChannels, after);
  if (!found) return undefined;
  const waves = found.waves.map(({ channel, unit, dt_s, values }) => ({
    channel,
    unit,
    ...thinnedEven(values, dt_s, wave_points),
  }));
  return { id: found.id, name: found.name, waves };
}

/** Drawn by `rig label` in a process of its own. @throws RigError LABEL_REFUSED */
async function drawn(store: string, run: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rig-label-"));
  try {
    const program = join(root, "dist", "rig", "cli", "main.js");
    const args = [program, "label", String(run), "--store", store, "--out", folder, "--format", "svg"];
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, { timeout: draw_ms }, (error, _out, said) => {
        if (!error) return resolve();
        const line = said.trim().split("\n")[0] ?? "";
        reject(new RigError("LABEL_REFUSED", line.replace(/^error: /i, "") || "the label could not be drawn"));
      });
    });
    const name = (await readdir(folder)).find((one) => one.endsWith(".svg"));
    if (name === undefined) throw new RigError("LABEL_REFUSED", "no label was drawn");
    return await readFile(join(folder, name), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
