/** The truth of a unit as far as a procedure could find it: which of it is worked out follows from the rows it judges. */
import { activeTruth, type Heated } from "../../../drivers/twin/faults/activeTruth.ts";
import type { Shows } from "../../../drivers/twin/faults/faultClass.ts";
import { flexTruth } from "../../../drivers/twin/faults/flexTruth.ts";
import { type HighVoltageTests, highVoltageTruth } from "../../../drivers/twin/faults/highVoltageTruth.ts";
import { room_degC, type Truth, truthOf } from "../../../drivers/twin/faults/truth.ts";
import type { AdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { window_s } from "../../../procedures/intermittents.ts";
import type { Inputs } from "../inputs.ts";
import type { Pass } from "./passes.ts";

/** Test voltages by row (domain.md HV.AC, HV.1000: K). */
const withstand_V = {
  "hv.withstand.ac500": { mode: "ac", voltage_V: 2000 },
  "hv.withstand.ac1000": { mode: "ac", voltage_V: 3000 },
  "hv.withstand.dc500": { mode: "dc", voltage_V: 2828 },
  "hv.withstand.dc1000": { mode: "dc", voltage_V: 4242 },
} as const satisfies Readonly<Record<string, HighVoltageTests["withstand"]>>;

/** The most that the loads of the bench carry, with the source 2 % above them at 550 A (bench.md). */
const bench_A = 538;

type Claimed = ReadonlySet<string>;

const withstandOf = (claimed: Claimed): HighVoltageTests["withstand"] =>
  Object.entries(withstand_V).find(([row]) => claimed.has(row))?.[1];

const isHighVoltage = (claimed: Claimed): boolean => claimed.has("ir.pair");
const isHeated = (claimed: Claimed): boolean => claimed.has("tp.fold.at");
const isFlexed = (claimed: Claimed): boolean => claimed.has("watch.open.s");

/** What a procedure that judges these rows brings out beside resistances, levels and heat. */
export function showsOf(claimed: Claimed): ReadonlySet<Shows> {
  const shows = new Set<Shows>();
  if (isFlexed(claimed)) shows.add("flexing");
  if (claimed.has("cp.cap")) shows.add("capacitance");
  if (isHighVoltage(claimed)) shows.add("high voltage");
  if (withstandOf(claimed)?.mode === "ac") shows.add("withstand AC");
  return shows;
}

export interface Tested {
  readonly inputs: Inputs;
  readonly passes: readonly Pass[];
  readonly claimed: Claimed;
}

/** What the approved envelope of the bench lets a procedure drive through an adapter that signals its temperature. */
function heatedOf({ context }: Inputs, { face, fitting = 0, rated_A }: Pass, cable_ohm: number): Heated | undefined {
  const { approved, adapter } = context;
  const profile = adapter.pp.active;
  if (!profile || !approved) return undefined;
  const most_A = Math.min(bench_A, Math.floor(rated_A * approved.label_factor));
  return { profile, rated_A, most_A, cable_ohm, room_degC, face, fitting };
}

const signalsOf = (adapter: AdapterUnderTest, heated: Heated | undefined): Truth =>
  heated ? activeTruth(adapter, heated) : {};

/** One for each fitting that the procedure tests. */
export function truthsOf(adapter: AdapterUnderTest, { inputs, passes, claimed }: Tested): readonly Truth[] {
  if (isHighVoltage(claimed)) {
    const withstand = withstandOf(claimed);
    const ir_V = inputs.adapter.rating.voltage_V <= 500 ? 500 : 1000;
    return [highVoltageTruth(adapter, { netlist: inputs.context.netlist, ir_V, ...(withstand ? { withstand } : {}) })];
  }
  const cable_ohm = inputs.bench.leads.find(({ id }) => id === "W.SRC+")?.resistance_ohm ?? 0;
  const done = {
    cable_ohm,
    // Without its row nobody has sent 25 A through the earth, nor worked the latch.
    earth_A: claimed.has("pe.r") ? 25 : 1,
    worksLatch: claimed.has("pp.latched.v"),
    corners: claimed.has("cp.corner.shift"),
  };
  return passes.map((pass) => ({
    ...truthOf(adapter, { ...pass, ...done }),
    ...signalsOf(adapter, isHeated(claimed) ? heatedOf(inputs, pass, cable_ohm) : undefined),
    ...(isFlexed(claimed) ? flexTruth(adapter, pass.list, window_s) : {}),
  }));
}
