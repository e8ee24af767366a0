/** What the station tells of a run besides its verdict: read from the store and the ledger, nothing of a bench. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counting } from "../../../reports/faces/results.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import { coolingOf, isAmbient, isTemperature, type LastReading, latest, sensorOf } from "../../station/cooling.ts";
import type { After, FailingContact, ResultDeps, ThermalLimits } from "../../station/result.ts";
import { thinned } from "../../station/thin.ts";
import { storeFile } from "../../store/database.ts";
import { type Capture, Glance } from "../../store/glance.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import type { Event, RunRecord } from "../../store/types.ts";
import { nextStep } from "../nextStep.ts";
import { root } from "../root.ts";

/** Points of a waveform that a screen shows. */
const wave_points = 600;
/** The scope's channels at the station's and at the vehicle's face (bench.md). */
const pilotChannels = ["CP_S", "CP_V"] as const;
const draw_ms = 30_000;
const runs_kept = 16;

export function resultOf(store: string): ResultDeps {
  const there = () => existsSync(storeFile(store));
  const since = new Map<string, Elapsed>();
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
    after: async (run) => (there() ? after(store, run, since) : undefined),
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
    label: (run) => label(store, run),
  };
}

/** Elapsed time goes on by the monotonic clock once it was asked for: a clock that is set changes nothing of it. */
interface Elapsed {
  readonly at_ms: number;
  readonly elapsed_s: number;
}

async function after(store: string, run: number, since: Map<string, Elapsed>): Promise<After> {
  const reader = await openReader(store);
  const ledger = await openLedger(store);
  try {
    const record = reader.record(run);
    return {
      cooling: cooling(record, reader, since),
      next: nextStep(ledger, reader, record.head, record.outcome),
      failing: failing(record),
    };
  } finally {
    ledger.close();
    reader.close();
  }
}

function failing(record: RunRecord): readonly FailingContact[] {
  return counting(record.measurements)
    .filter(({ subject, verdict }) => subject === "adapter" && (verdict === "fail" || verdict === "fail-conditional"))
    .map(({ id, contacts, meaning }) => ({ id, contacts, meaning: meaning ?? "" }));
}

function cooling(record: RunRecord, reader: Reader, since: Map<string, Elapsed>): After["cooling"] {
  const driven = record.events.findLast(switchesOn);
  const readings = record.series
    .filter(({ series, unit }) => unit === "degC" && isTemperature(series))
    .flatMap(({ series }): readonly LastReading[] => {
      const { t_s, values } = reader.series(record.head.run, series);
      const at = t_s.at(-1);
      return at === undefined ? [] : [{ name: sensorOf(series), t_s: at, degC: values.at(-1) ?? Number.NaN }];
    });
  const last = latest(readings);
  return coolingOf({
    parts: last.filter(({ name }) => !isAmbient(name)),
    ambients: last.filter(({ name }) => isAmbient(name)),
    driven_s: driven?.bench_s,
    elapsed_s: elapsedSince(record, last, since),
  });
}

/** Since the last of the readings, which all come from one scan. */
function elapsedSince(record: RunRecord, last: readonly LastReading[], since: Map<string, Elapsed>): number {
  const known = since.get(record.head.uid);
  if (record.outcome && known) return known.elapsed_s + (performance.now() - known.at_ms) / 1000;
  const newest_s = Math.max(...last.map(({ t_s }) => t_s));
  // The first event after it: bench time of a twin may have run faster than the wall's.
  const event = record.events.find(({ bench_s }) => bench_s >= newest_s) ?? record.events.at(-1);
  const elapsed_s = event ? Math.max(0, (Date.now() - Date.parse(event.utc)) / 1000) : 0;
  if (record.outcome) {
    since.set(record.head.uid, { at_ms: performance.now(), elapsed_s });
    for (const first of since.keys()) if (since.size > runs_kept) since.delete(first);
  }
  return elapsed_s;
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
    ...thinned(
      Array.from(values, (_, i) => i * dt_s),
      [...values],
      wave_points,
    ),
  }));
  return { id: found.id, name: found.name, waves };
}

/** Drawn by `rig label` in a process of its own. @throws RigError LABEL_REFUSED */
async function label(store: string, run: number): Promise<string> {
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
