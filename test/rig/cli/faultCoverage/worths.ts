/** A judgement and the faulty adapter that it alone fails; those of signals and earth are alike for all families. */
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import type { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";
import type { Tried } from "../../../../rig/cli/faultCoverage/conduct.ts";
import { Station, virtualRun } from "../../../../rig/cli/faultCoverage/virtualRun.ts";
import type { Family } from "../../../../rig/model/adapter.ts";
import { isPass } from "../../../../rig/model/verdict.ts";
import { without } from "./without.ts";

export type Topology = "PASS" | "SERIES_SW" | "LOCAL";

export interface Worth {
  readonly row: string;
  readonly topology?: Topology;
  /** Type that the label claims, where it is not the one of the topology. */
  readonly type?: string;
  /** Deviations from a healthy adapter. */
  readonly adapter: { readonly pp?: object; readonly [field: string]: unknown };
  /** Without the row the adapter does not pass, but the run ends with no word about it. */
  readonly untold?: true;
}

export const between = (a: string, b: string, ohm: number) => ({ leaks: [{ between: [a, b], ohm }] });
const clamp = (anode: string, cathode: string, drop_V: number, ohm: number) => ({
  diodes: [{ anode, cathode, drop_V, ohm }],
});

export const signalWorths: readonly Worth[] = [
  { row: "pe.r.screen", adapter: { paths: { PE: { bar_ohm: 0.0074 } } } },
  { row: "pe.r", adapter: { earth_neck: { melts_above_A: 12, leaves_ohm: 0.12 } } },
  { row: "wiring.path.r", adapter: { paths: { PP: { bar_ohm: 8 } } } },
  { row: "wiring.isolation.r", adapter: between("ev.DC+", "ev.PE", 2e4) },
  { row: "cp.series.r", adapter: { paths: { CP: { bar_ohm: 2 } } } },
  { row: "cp.pe.leak12v", adapter: clamp("evse.CP", "evse.PE", 8, 1e5) },
  { row: "cp.pp.r", adapter: between("ev.CP", "ev.PP", 4e6) },
  { row: "pp.latched.r", topology: "LOCAL", adapter: { pp: { latched_ohm: 168 } } },
  { row: "pp.pressed.r", topology: "LOCAL", adapter: { pp: { pressed_extra_ohm: 270 } } },
  { row: "pp.series.pressed.r", topology: "SERIES_SW", adapter: { pp: { pressed_extra_ohm: 280 } } },
  { row: "pp.open.v", topology: "SERIES_SW", adapter: { pp: { latch_pinches: { pin: "PP", leak_ohm: 2200 } } } },
  { row: "pp.latched.v", topology: "SERIES_SW", adapter: { pp: { latch_returns_ohm: 120 } } },
  { row: "pp.pressed.v", topology: "LOCAL", adapter: clamp("ev.PP", "ev.PE", 2, 1) },
  { row: "cp.stateA", adapter: clamp("evse.CP", "evse.PE", 11.25, 1) },
  { row: "cp.neg", adapter: clamp("evse.PE", "evse.CP", 11.25, 1) },
  { row: "cp.delta.state.evse", topology: "SERIES_SW", adapter: { pp: { latch_pinches: { series_ohm: 9 } } } },
  {
    row: "cp.delta.state.ev",
    topology: "SERIES_SW",
    adapter: { pp: { latch_pinches: { series_ohm: 6, leak_ohm: 1.3e5 } } },
  },
  { row: "cp.delta.duty", adapter: { cp_pe_farad: 2e-8 } },
];

const stations = new Map<string, Station>();

/** The run of a faulty adapter, with all rows or blind for its own. */
export async function tried(
  { row, topology = "PASS", type, adapter: given }: Worth,
  blind: boolean,
  of: Campaign,
  { family, types }: { readonly family: Family; readonly types: Readonly<Record<Topology, string>> },
): Promise<Tried> {
  const label = type ?? types[topology];
  const { inputs, planned } = await of.station(label);
  const adapter = adapterFrom({ adapter: row, family, ...given, pp: { topology, ...given.pp } });
  const trial = { adapter, noise: 5, planned };
  const key = `${inputs.procedure.id} ${label}`;
  const station = stations.get(key) ?? new Station(inputs, 9);
  stations.set(key, station);
  return virtualRun(station, blind ? { ...trial, limits: without(inputs.limits, row) } : trial);
}

export const failing = (run: Tried): readonly string[] => [
  ...new Set(run.measurements.filter(({ verdict }) => !isPass(verdict)).map(({ limit }) => limit)),
];
