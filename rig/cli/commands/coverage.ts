/** `rig coverage`: which faults a procedure finds, from which severity on, by which judgement, and which it does not. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { noDeviations } from "../../../drivers/twin/world/deviations.ts";
import { coverageHtml } from "../../../reports/coverage.ts";
import type { ByBytes, CoverageResult, UnitResult } from "../../model/coverage.ts";
import { RigError } from "../../model/errors.ts";
import { makeFolder } from "../../store/folder.ts";
import { compareByBytes } from "../faultCoverage/byBytes.ts";
import { Campaign, type CampaignOptions, units_per_bench } from "../faultCoverage/campaign.ts";
import { tryAll } from "../faultCoverage/pool.ts";
import { untoldRows } from "../faultCoverage/requirements.ts";
import { confidence, tally } from "../faultCoverage/tally.ts";
import { findProcedure } from "../procedures.ts";
import { duration } from "../progress.ts";
import { version } from "../root.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (text: string): void => void process.stderr.write(text);

export interface CoverageOptions {
  readonly procedure: string;
  readonly family: string;
  readonly seed: string;
  readonly count: string;
  readonly byBytes: string;
  readonly unit?: string;
  readonly out: string;
  readonly bench?: string;
  readonly json: boolean;
}

/** As for `rig run`: a fail. An escape beyond limit + U, or a sound unit that did not pass. */
const failed = 20;
/** Listed in full up to here; the counts are whole. */
const listed_max = 200;

export async function coverage(options: CoverageOptions): Promise<number> {
  const whole = (name: string, text: string, least: number, most: number): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new RigError("USAGE", `--${name} "${text}": a whole number from ${least} to ${most}`);
  };
  const campaign: CampaignOptions = {
    procedure: options.procedure,
    family: options.family.toUpperCase(),
    seed: whole("seed", options.seed, 0, 0xffffffff),
    count: whole("count", options.count, 1, 10_000_000),
    ...(options.bench === undefined ? {} : { bench: options.bench }),
  };
  if ((findProcedure(options.procedure).of ?? "adapter") !== "adapter") {
    const why = `${options.procedure} checks the rig, not adapters: it has no fault coverage`;
    throw new RigError("USAGE", `${why}; take a procedure that tests adapters`);
  }
  // Before anything is tried: the work of minutes is not lost for a folder.
  prepare(options.out);
  if (options.unit !== undefined) {
    return one({ ...campaign, count: 10_000_000 }, whole("unit", options.unit, 0, 9_999_999), options);
  }
  const result = await measure(campaign, whole("by-bytes", options.byBytes, 0, campaign.count));
  const stem = join(options.out, `coverage-${campaign.procedure}-${campaign.family}-${campaign.seed}`);
  writeFileSync(`${stem}.json`, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(`${stem}.html`, coverageHtml(result));
  if (options.json) out(JSON.stringify(result));
  else summary(result, stem);
  return exitOf(result);
}

function prepare(dir: string): void {
  try {
    makeFolder(dir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RigError("FILE_UNREADABLE", `--out "${dir}" cannot be the report's folder: ${why}`, {}, { cause: error });
  }
}

export const exitOf = (result: CoverageResult): number =>
  result.escapes.length > 0 || result.wrong_fails.length > 0 || otherwise(result).length > 0 ? failed : 0;

/** Units whose bytes say otherwise where noise decides nothing: then the kind twins' figures are not to be trusted. */
const otherwise = ({ by_bytes }: Pick<CoverageResult, "by_bytes">): readonly ByBytes[] =>
  by_bytes?.different.filter(({ near }) => !near) ?? [];

/** The whole run; progress on stderr. */
export async function measure(options: CampaignOptions, byBytes: number): Promise<CoverageResult> {
  const campaign = new Campaign(options);
  const start_ms = performance.now();
  const cpu = process.cpuUsage();
  // Whatever is wrong with bench, limits or types is told before threads start; their nominal runs are the threads' own.
  for (const type of campaign.types) campaign.inputsOf(type);
  const { results, threads, claimed: known } = await tryAll(options, progress("virtual adapters", options.count));
  const claimed = new Set<string>();
  for (const type of campaign.types) {
    for (const row of known.get(type) ?? (await campaign.station(type)).claimed) claimed.add(row);
  }
  const wall_s = (performance.now() - start_ms) / 1000;
  refuseUntold(campaign, claimed);
  const { user, system } = process.cpuUsage(cpu);
  const tell = progress("by bytes", byBytes);
  const bytes = byBytes > 0 ? await compareByBytes(campaign, results, byBytes, tell) : null;
  const { inputs } = await campaign.station(campaign.types[0] as string);
  const { procedure, limits, bench } = inputs;
  const found = tally(results);
  const met = new Set(found.rows.map(({ row }) => row));
  return {
    schema: "rig-coverage/1",
    simulated: true,
    procedure: { id: procedure.id, revision: procedure.revision },
    limits: { id: limits.id, revision: limits.revision, hash: limits.hash },
    bench: { id: bench.id, hash: bench.hash },
    software: version,
    family: options.family,
    types: campaign.types,
    seed: options.seed,
    count: options.count,
    units_per_bench,
    confidence,
    wall_s: Number(wall_s.toFixed(1)),
    cpu_ms_per_unit: Number(((user + system) / 1000 / options.count).toFixed(2)),
    threads,
    ...found,
    escapes: found.escapes.slice(0, listed_max),
    wrong_fails: found.wrong_fails.slice(0, listed_max),
    rig_blamed: found.rig_blamed.slice(0, listed_max),
    rig_blamed_count: found.rig_blamed.length,
    idle_rows: [...claimed].filter((row) => limits.rows[row]?.subject === "adapter" && !met.has(row)).sort(),
    untold_rows: [...untoldRows(limits, claimed)].sort(),
    by_bytes: bytes,
    repeat:
      `rig coverage ${options.procedure} --family ${options.family} --seed ${options.seed}` +
      `${options.bench === undefined ? "" : ` --bench ${options.bench}`} --unit {unit}`,
  };
}

/** A procedure of which no virtual adapter knows the truth would find "0 of 0", and look as if nothing escaped it. */
function refuseUntold(campaign: Campaign, claimed: ReadonlySet<string>): void {
  const { procedure, limits } = campaign.inputsOf(campaign.types[0] as string);
  const own = [...claimed].filter((row) => limits.rows[row]?.subject === "adapter");
  if (own.length > untoldRows(limits, claimed).length) return;
  const why = `virtual adapters have no truth for what it judges (${own.sort().join(", ") || "no row of the adapter"})`;
  throw new RigError(
    "USAGE",
    `${procedure.id} has no fault coverage: ${why}; take a procedure that measures the adapter`,
  );
}

/** Tells of each that is done; now and then a line with the time left. */
function progress(what: string, total: number): () => void {
  const start_ms = performance.now();
  let done = 0;
  let told_ms = start_ms;
  return () => {
    done += 1;
    const now_ms = performance.now();
    if (now_ms - told_ms < 2000 && done !== total) return;
    told_ms = now_ms;
    const left_s = ((now_ms - start_ms) / 1000 / done) * (total - done);
    const end = process.stderr.isTTY && done !== total ? "\r" : "\n";
    err(`  ${done} of ${total} ${what}, ${duration(left_s)} left   ${end}`);
  };
}

function tellBytes(by_bytes: NonNullable<CoverageResult["by_bytes"]>, out: (line: string) => void): void {
  const differ = otherwise({ by_bytes });
  const near = by_bytes.different.length - differ.length;
  const lines = `${by_bytes.units} units, ${differ.length} ended otherwise, ${near} where noise near a limit decides`;
  out(`  by bytes     ${lines}`);
  for (const { unit, kind, bytes } of differ) {
    const said = ({ verdict, by }: ByBytes["kind"]) => `${verdict}${by === null ? "" : ` at ${by}`}`;
    out(`  OTHERWISE unit ${unit}: ${said(kind)} by kind twins, ${said(bytes)} by bytes`);
  }
}

/** One unit again: its adapter file, its bench, by kind twins and by bytes. */
async function one(options: CampaignOptions, unit: number, { out: dir, json }: CoverageOptions): Promise<number> {
  const campaign = new Campaign(options);
  const { drawn } = await campaign.draw(unit);
  const kind = await campaign.tryUnit(unit);
  const bytes = await campaign.tryByBytes(unit);
  const stem = join(dir, `unit-${options.seed}-${unit}`);
  const adapterFile = `${stem}.adapter.yaml`;
  const deviationsFile = `${stem}.deviations.yaml`;
  writeFileSync(adapterFile, stringify(drawn.adapter));
  writeFileSync(deviationsFile, stringify({ ...noDeviations, note: "none: the bench is drawn by its seed alone" }));
  if (json) {
    out(JSON.stringify({ kind, bytes, adapterFile, deviationsFile }));
    return 0;
  }
  const faults = drawn.faults.map((f) => (f.severity === null ? f.class : `${f.class} ${f.severity.toPrecision(4)}`));
  out(`Unit ${unit}: ${faults.join(" and ") || "healthy"}, label ${kind.type}, bench seed ${kind.bench_seed}`);
  out(`  truth        ${truthText(kind)}`);
  for (const [name, r] of [["kind twins", kind] as const, ["by bytes", bytes] as const]) {
    out(`  ${name.padEnd(12)} ${r.verdict}, ${r.ending}${r.by === null ? "" : `, first at ${r.by}`}`);
    if (r.cause !== null) out(`               ${r.cause}`);
  }
  out(`  adapter file ${adapterFile}`);
  out(`  as a process rig twin --adapter ${adapterFile} --deviations ${deviationsFile} --seed ${kind.bench_seed}`);
  return 0;
}

const truthText = ({ standing, truth }: UnitResult): string =>
  truth.row === "none"
    ? "sound in all that this procedure judges"
    : `${standing}: ${truth.quantity} ${Number(truth.value.toPrecision(4))} at ${truth.row}, ` +
      `${Math.abs(truth.beyond_U) > 1000 ? "far" : `${Math.abs(truth.beyond_U).toFixed(1)} U`} ` +
      `${truth.beyond_U > 0 ? "beyond" : "within"} the limit`;

const percent = (share: number): string => `${(100 * share).toFixed(share > 0.1 ? 1 : 3)} %`;

function summary(result: CoverageResult, stem: string): void {
  const { standing, escape_share: escaped, wrong_fail_share: wrong } = result;
  const sure = `${100 * result.confidence} % sure`;
  out(`${result.procedure.id}, family ${result.family}, seed ${result.seed}: SIMULATED`);
  out(
    `  ${result.count} virtual adapters: ${standing.faulty} faulty, ${standing.sound} sound, ${standing.near} near a limit`,
  );
  out(`  escapes      ${escaped.n} of ${escaped.of} (${sure}: below ${percent(escaped.high)})`);
  out(`  wrong fails  ${wrong.n} of ${wrong.of} (${sure}: below ${percent(wrong.high)})`);
  out(`  rig blamed   ${result.rig_blamed_count}`);
  for (const c of result.classes) {
    if (c.detected.of === 0) continue;
    const by = Object.entries(c.by).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
    out(`  ${c.id.padEnd(24)} ${`${c.detected.n}/${c.detected.of}`.padStart(9)}  mostly ${by}`);
  }
  for (const unit of [...result.escapes, ...result.wrong_fails].slice(0, 10)) {
    out(
      `  ${unit.standing === "faulty" ? "ESCAPE" : "WRONG FAIL"} unit ${unit.unit}: ${truthText(unit)}; ${unit.verdict}`,
    );
    out(`    ${result.repeat.replace("{unit}", String(unit.unit))}`);
  }
  if (standing.faulty === 0)
    out("  no unit was faulty: this says nothing of what the procedure finds; take a larger --count");
  if (result.untold_rows.length > 0)
    out(`  no truth for ${result.untold_rows.join(", ")}: faults of these are not in the figures`);
  if (result.by_bytes) tellBytes(result.by_bytes, out);
  out(`  ${duration(result.wall_s)} on ${result.threads} threads, ${result.cpu_ms_per_unit} ms of CPU each`);
  out(`  ${stem}.html, ${stem}.json`);
}
