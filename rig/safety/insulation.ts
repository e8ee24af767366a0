/**
 * Rules of the insulation domain (nest N2): one nest at a time, the envelope of the tester, its reach, relays that move at
 * zero volts only. Pure, like rules.ts, which asks here.
 */
import type { InsulationState } from "../kinds/kinds.ts";
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import { highVoltageTree, nestCodeOf, nodeInN2, type Tree } from "../model/highVoltage.ts";
import { type Edge, Joined } from "../model/netlist.ts";
import type { Call } from "../plan/commands.ts";
import { isDischarged } from "./discharge.ts";
import type { Violation } from "./rules.ts";
import type { BenchState } from "./state.ts";

/** What the tester is believed to do. */
export interface Tested {
  /** Peak of the programmed voltage, V, and its trip current, A. */
  readonly peak_V: number;
  readonly trip_A: number;
  readonly on: boolean;
  /** A charge is possible: a test ran, and no two readings a bleeder's time apart have shown less than 60 V since. */
  readonly charged: boolean;
  /** Bench time of the first reading after the test that said it is over and below 60 V, s. */
  readonly low_s?: number;
}

export const notTested: Tested = { peak_V: 0, trip_A: 0, on: false, charged: false };

/** The state after a call to the tester was done as asked; what it says of itself wins. */
export function testedAfter(bench: Bench, before: Tested, call: Call, reply: Data | undefined): Tested {
  if (call.kind !== "insulation") return before;
  if (call.op === "set") {
    const { mode, voltage_V, trip_A } = call.args;
    return { ...before, peak_V: voltage_V * (mode === "ac" ? Math.SQRT2 : 1), trip_A: mode === "ir" ? 0 : trip_A };
  }
  if (call.op === "output") return call.args.on ? started(before) : { ...before, on: false };
  const said = reply as unknown as InsulationState | null | undefined;
  if (!said) return before;
  if (said.state === "testing") return started(before);
  const over = { ...before, on: false };
  if (!over.charged) return over;
  const { low_s, ...rest } = over;
  if (!isDischarged(said).ok) return rest;
  const t_s = said.voltage.t_s;
  const since_s = low_s ?? t_s;
  const gone = t_s - since_s >= (bench.highVoltage?.discharge_s ?? 0) - 1e-6;
  return gone ? { ...rest, charged: false } : { ...rest, low_s: since_s };
}

const started = ({ peak_V, trip_A }: Tested): Tested => ({ peak_V, trip_A, on: true, charged: true });

/** After a call that may or may not have acted. */
export function testedBetween(one: Tested, other: Tested, bound: "most" | "least"): Tested {
  const number = bound === "most" ? Math.max : Math.min;
  return {
    peak_V: number(one.peak_V, other.peak_V),
    trip_A: number(one.trip_A, other.trip_A),
    on: bound === "most" ? one.on || other.on : one.on && other.on,
    charged: bound === "most" ? one.charged || other.charged : one.charged && other.charged,
  };
}

const rule = (name: string, why: string): Violation => ({ rule: name, why });

/** What follows from the state as a whole. */
export function insulationViolations(
  bench: Bench,
  state: BenchState,
  power: ReadonlySet<string>,
): readonly Violation[] {
  const tree = highVoltageTree(bench);
  if (!tree) return [];
  const [envelope, nest] = [testerEnvelope(tree, state.insulation), oneNest(tree, state, power)];
  return envelope.length === 0 ? nest : [...envelope, ...nest];
}

function testerEnvelope({ facts }: Tree, { peak_V, trip_A }: Tested): readonly Violation[] {
  const found: Violation[] = [];
  // Written so that NaN and negative values are refused too.
  if (!(peak_V >= 0 && peak_V <= facts.peak_V * (1 + 1e-9))) {
    const why = `insulation tester set to a peak of ${peak_V} V, the bench allows ${facts.peak_V} V`;
    found.push(rule("envelope-insulation-voltage", why));
  }
  if (!(trip_A >= 0 && trip_A <= facts.trip_A * (1 + 1e-9))) {
    const why = `insulation tester set to trip at ${trip_A} A, the bench allows ${facts.trip_A} A`;
    found.push(rule("envelope-insulation-current", why));
  }
  return found;
}

function oneNest({ facts }: Tree, state: BenchState, power: ReadonlySet<string>): readonly Violation[] {
  const code = nestCodeOf(state.lines);
  const { on } = state.insulation;
  const live = firstClosed(power, state.closed) ?? (state.source.on ? "the source" : undefined);
  const found: Violation[] = [];
  if (on) {
    if (code !== 0 && code !== facts.code) {
      const seen = code === undefined ? "the coding lines have not been read" : `the nest code is ${code}`;
      found.push(rule("high-voltage-nest", `high voltage, but ${seen}: only ${facts.code} (N2) or 0 (empty) allow it`));
    }
    const other = live ?? (state.load.on ? "the load" : state.rails.on ? "the pilot's rails" : undefined);
    if (other !== undefined) found.push(rule("one-domain", `high voltage while ${other} is on or closed`));
  }
  if (live !== undefined && code !== undefined && code !== 0 && code !== facts.powerCode) {
    found.push(rule("power-nest", `${live}: on or closed while the nest code is ${code}, not ${facts.powerCode} (N1)`));
  }
  return found;
}

function firstClosed(among: ReadonlySet<string>, closed: ReadonlySet<string>): string | undefined {
  for (const id of among) if (closed.has(id)) return id;
  return undefined;
}

/** What follows from the closed relays alone: contacts beyond the tester's reach, and its terminals joined. */
export function treeViolations(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  const tree = highVoltageTree(bench);
  if (!tree) return [];
  const { facts, high, back, earth, edges } = tree;
  if (![...closed].some((id) => tree.relays.has(id))) return [];
  const conducts = (edge: Edge): boolean => (edge.kind === "relay" ? closed.has(edge.id) : edge.resistance_ohm < 1);
  const joined = new Joined(edges.filter(conducts));
  const found: Violation[] = [];
  if (joined.same(high, back) || joined.same(high, earth)) {
    found.push(rule("high-voltage-short", "relays join the insulation tester's high terminal to its return or earth"));
  }
  const beyond = facts.contacts.find(
    (contact) => !facts.reach.includes(contact) && [high, back].some((node) => joined.same(node, nodeInN2(contact))),
  );
  if (beyond) found.push(rule("reach", `the insulation tester would be joined to ${beyond}, which it may never see`));
  return found;
}

/** Its relays change only while nothing is, or may be, charged (hot-switch limit 0). */
export function treeMoves(bench: Bench, state: BenchState, changing: readonly string[]): readonly Violation[] {
  const tree = highVoltageTree(bench);
  const moved = changing.find((id) => tree?.relays.has(id));
  if (moved === undefined || !(state.insulation.on || state.insulation.charged)) return [];
  const why = state.insulation.on
    ? "a test is on"
    : "no two readings a bleeder's time apart have shown less than 60 V since the last test";
  return [rule("high-voltage-switching", `${moved} may not move: ${why}`)];
}
