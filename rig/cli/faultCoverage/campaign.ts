/** What a coverage run consists of: virtual benches, each with its share of virtual adapters of one type. */
import { join } from "node:path";
import type { Site } from "../../../drivers/twin/faults/catalogue.ts";
import { type Drawn, drawAdapter } from "../../../drivers/twin/faults/draw.ts";
import { randomOf } from "../../../drivers/twin/random.ts";
import { conductorsOf } from "../../../drivers/twin/world/conductors.ts";
import { adapterTypeIds, findAdapterType } from "../../bench/adapterTypes.ts";
import type { Contact } from "../../model/contacts.ts";
import type { UnitResult } from "../../model/coverage.ts";
import { RigError } from "../../model/errors.ts";
import type { LimitSet } from "../../model/limits.ts";
import { isPass, type Measurement } from "../../model/verdict.ts";
import { type Inputs, readInputs } from "../inputs.ts";
import { nominalAdapter } from "../nominal.ts";
import { activeFields } from "../nominalActive.ts";
import { findProcedure } from "../procedures.ts";
import { root } from "../root.ts";
import { bytesRun } from "./bytesRun.ts";
import type { Tried } from "./conduct.ts";
import { type Pass, passesOf } from "./passes.ts";
import { nearRows, standingOf, trip } from "./requirements.ts";
import { showsOf, type Tested, truthsOf } from "./truths.ts";
import { Station, virtualRun } from "./virtualRun.ts";

export interface CampaignOptions {
  readonly procedure: string;
  readonly family: string;
  readonly seed: number;
  readonly count: number;
  readonly bench?: string;
  /** Instead of all generic types of the family. */
  readonly types?: readonly string[];
  /** Other limits than the procedure's own, for trying out what a judgement is worth. */
  readonly limits?: LimitSet;
}

/** Units tried on one virtual bench, one after the other. A multiple of the cycle in which kinds of unit come round. */
export const units_per_bench = 24;

const folder = join(root, "procedures", "adapters");

/** Generic types of a family that are drawn: with electronics in the proximity circuit where the procedure heats them to signal. */
export function typesOf(procedure: string, family: string): readonly string[] {
  const { families, refuses, ownEnvelope } = findProcedure(procedure);
  if (!families.some((known) => known === family)) {
    throw new RigError("USAGE", `${procedure} is for families ${families.join(", ")}, not "${family}"`);
  }
  const found = adapterTypeIds(folder)
    .filter((id) => id.startsWith(`generic-${family.toLowerCase()}-`))
    .filter((id) => ownEnvelope === true || findAdapterType(folder, id).pp.topology !== "ACTIVE");
  const refusal = (id: string): string | undefined => refuses?.(findAdapterType(folder, id), undefined);
  const taken = found.filter((id) => refusal(id) === undefined);
  if (taken.length > 0) return taken;
  if (found.length > 0) {
    const each = found.map((id) => `${id}: ${refusal(id)}`).join("; ");
    throw new RigError(
      "USAGE",
      `${procedure} takes no generic type of family ${family}, so nothing can be drawn (${each}); take another family`,
    );
  }
  throw new RigError("USAGE", `no adapter type generic-${family.toLowerCase()}-* in ${folder}: nothing to draw from`);
}

/** One adapter type with what its nominal run judges. */
interface TypeStation extends Tested {
  /** Where faults are put, one for each pass. */
  readonly sites: readonly Site[];
  readonly planned: readonly string[];
}

const nominal_seed = 1;

function siteOf({ adapter, procedure }: Inputs, { list, netlist }: Pass, claimed: ReadonlySet<string>): Site {
  const { family, pp, combo } = adapter;
  const through = (a: Contact, b: Contact): boolean => netlist.nets.some((net) => net.includes(a) && net.includes(b));
  // By the names of the adapter file: family D's power paths are L1 and L2N there, whatever its station's face calls them.
  const pins = conductorsOf(family)
    .filter((one) => one.list === list && through(one.from, one.ev))
    .map(({ pin }) => pin);
  const heated = procedure.ownEnvelope === true && pp.active ? activeFields(pp.active, true) : undefined;
  const local = pp.topology === "LOCAL" ? (["PP"] as const) : [];
  return {
    family: family as Site["family"],
    topology: pp.topology as Site["topology"],
    pins: [...new Set([...pins, ...local])],
    contacts: netlist.contacts,
    unpopulated: netlist.unpopulated,
    list,
    shows: showsOf(claimed),
    ...(combo ? { combo: combo.power } : {}),
    ...(heated?.pp.active && heated.thermal ? { active: { part: heated.pp.active, thermal: heated.thermal } } : {}),
  };
}

export class Campaign {
  readonly options: CampaignOptions;
  readonly types: readonly string[];
  readonly #stations = new Map<string, TypeStation>();
  /** Inputs of the type that was read first: all types share its bench, and what has been worked out of it. */
  #first: Inputs | undefined;

  constructor(options: CampaignOptions) {
    this.options = options;
    this.types = options.types ?? typesOf(options.procedure, options.family);
  }

  get groups(): number {
    return Math.ceil(this.options.count / units_per_bench);
  }

  inputsOf(type: string): Inputs {
    const { procedure, bench } = this.options;
    const given = { procedure, adapter: type, serial: "COVERAGE", operator: "coverage" };
    const inputs = readInputs({ ...given, ...(bench === undefined ? {} : { bench }) }, this.#first);
    this.#first ??= inputs;
    return inputs;
  }

  /** All limit rows that a nominal adapter of any of the types meets. */
  async claimed(): Promise<ReadonlySet<string>> {
    const rows = new Set<string>();
    for (const type of this.types) for (const row of (await this.station(type)).claimed) rows.add(row);
    return rows;
  }

  async station(type: string): Promise<TypeStation> {
    const known = this.#stations.get(type);
    if (known) return known;
    const inputs = this.inputsOf(type);
    const passes = passesOf(inputs.procedure.id, inputs.adapter);
    const nominal = nominalAdapter(inputs);
    const run = await virtualRun(new Station(inputs, nominal_seed), { adapter: nominal, noise: 1, planned: [] });
    if (run.ending !== "completed" || !isPass(run.verdict)) {
      const why = `${run.verdict}, ${run.ending}: ${run.firstCause ?? ""}`;
      throw new RigError("PLAN_INVALID", `a nominal ${type} does not pass ${inputs.procedure.id}: ${why}`);
    }
    const planned = [...new Set(run.measurements.map((m) => m.id))];
    const claimed = new Set(run.measurements.map((m) => m.limit));
    const sites = passes.map((pass) => siteOf(inputs, pass, claimed));
    const made: TypeStation = { inputs, passes, sites, planned, claimed };
    this.#stations.set(type, made);
    return made;
  }

  typeOf(group: number): string {
    return this.types[group % this.types.length] as string;
  }

  benchOf(unit: number): { readonly group: number; readonly type: string; readonly seed: number } {
    const group = Math.floor(unit / units_per_bench);
    return {
      group,
      type: this.typeOf(group),
      seed: 1 + Math.floor(randomOf(this.options.seed, `bench ${group}`).next() * 2 ** 31),
    };
  }

  /** The virtual adapter with this number, and the draw of the noise of its run. */
  async draw(unit: number): Promise<{ readonly drawn: Drawn; readonly noise: number }> {
    const { group, type } = this.benchOf(unit);
    const { sites } = await this.station(type);
    // Classes come round among the units of one type and inlet; inlets change from bench to bench of a type.
    const nth = Math.floor(group / this.types.length);
    const site = sites[nth % sites.length] as Site;
    const turn = Math.floor(nth / sites.length) * units_per_bench + (unit % units_per_bench);
    const drawn = drawAdapter(this.options.seed, unit, turn, site);
    return { drawn, noise: Math.floor(randomOf(this.options.seed, `noise ${unit}`).next() * 2 ** 31) };
  }

  async tryGroup(group: number, done: () => void = () => undefined): Promise<readonly UnitResult[]> {
    const first = group * units_per_bench;
    const last = Math.min(this.options.count, first + units_per_bench);
    const { type, seed } = this.benchOf(first);
    const bench = new Station((await this.station(type)).inputs, seed);
    const results: UnitResult[] = [];
    for (let unit = first; unit < last; unit += 1) {
      results.push(await this.#tryOn(bench, unit, virtualRun));
      done();
    }
    return results;
  }

  /**
   * By kind twins, exactly as among the others of its bench: what is done before an adapter is fitted was done with the
   * bench's first unit, and its noise is that unit's.
   */
  async tryUnit(unit: number): Promise<UnitResult> {
    const { type, seed } = this.benchOf(unit);
    const bench = new Station((await this.station(type)).inputs, seed);
    const first = unit - (unit % units_per_bench);
    if (unit > first) await this.#tryOn(bench, first, virtualRun);
    return await this.#tryOn(bench, unit, virtualRun);
  }

  /** By bytes: drivers, device twins and everything between. */
  async tryByBytes(unit: number): Promise<UnitResult> {
    const { type, seed } = this.benchOf(unit);
    return await this.#tryOn(new Station((await this.station(type)).inputs, seed), unit, bytesRun);
  }

  async #tryOn(bench: Station, unit: number, by: typeof virtualRun): Promise<UnitResult> {
    const { planned } = await this.station(this.benchOf(unit).type);
    const { drawn, noise } = await this.draw(unit);
    const { limits } = this.options;
    const trial = { adapter: drawn.adapter, noise, planned, ...(limits === undefined ? {} : { limits }) };
    return await this.judge(drawn, noise, await by(bench, trial));
  }

  /** Limit rows that noise may decide either way for this unit. */
  async nearRows(unit: number): Promise<ReadonlySet<string>> {
    const station = await this.station(this.benchOf(unit).type);
    const { drawn } = await this.draw(unit);
    return nearRows(truthsOf(drawn.adapter, station), station.inputs.limits, station.claimed);
  }

  /** How a run of a unit came out, beside its truth. */
  async judge(drawn: Drawn, noise: number, run: Outcome): Promise<UnitResult> {
    const { type, seed } = this.benchOf(drawn.unit);
    const station = await this.station(type);
    const { inputs, claimed } = station;
    // The truth is measured by the procedure's own limits, whatever limits it was tried with.
    const { standing, ...worst } = standingOf(truthsOf(drawn.adapter, station), inputs.limits, claimed);
    const stopped = run.verdict === "fail" || run.verdict === "fail-conditional";
    const bad = run.measurements.filter((m) => !isPass(m.verdict));
    return {
      unit: drawn.unit,
      class: drawn.class,
      faults: drawn.faults,
      type,
      bench_seed: seed,
      noise_seed: noise,
      standing,
      truth: worst,
      verdict: run.verdict,
      ending: run.ending,
      by: bad[0]?.id ?? (stopped ? trip : null),
      rows: stopped && bad.length === 0 ? [trip] : [...new Set(bad.map((m) => m.limit))],
      cause: run.firstCause ?? null,
    };
  }
}

interface Outcome extends Pick<Tried, "verdict" | "ending" | "firstCause"> {
  readonly measurements: readonly Pick<Measurement, "id" | "limit" | "verdict">[];
}
