/**
 * Changes of relays: every state on the way is allowed, and no relay changes under more than it may break or make (S6).
 * Boards answer one after the other, so the order of boards is not trusted: all subsets of them are states on the way.
 */
import type { Bench, Node } from "../model/bench.ts";
import { type Edge, Joined } from "../model/netlist.ts";
import { treeMoves } from "./insulation.ts";
import { type EnergySource, layoutOf } from "./layout.ts";
import { keyOf } from "./relaySet.ts";
import { relayViolations, type Violation } from "./rules.ts";
import { type BenchState, noCurrent_A } from "./state.ts";

/** Boards that one pattern may move; a bench has five. More would make the subsets too many. */
const boards_max = 8;

/**
 * `state.closed` are the relays that may be closed, `surely` those that certainly are: after a call that did not confirm
 * they differ, and a relay in between may move although it is asked to stay.
 */
export function switchingViolations(
  bench: Bench,
  state: BenchState,
  target: ReadonlySet<string>,
  surely: ReadonlySet<string> = state.closed,
): readonly Violation[] {
  const changing: string[] = [];
  for (const id of state.closed) if (!target.has(id) && Object.hasOwn(bench.relays, id)) changing.push(id);
  for (const id of target) if (!surely.has(id) && Object.hasOwn(bench.relays, id)) changing.push(id);
  if (changing.length === 0) return [];
  return [
    ...treeMoves(bench, state, changing),
    ...contactorsUnderCurrent(bench, state, changing),
    ...remembered(bench, state, target, surely, changing),
  ];
}

/** Changes repeat as patterns do; what follows from relays and from what is on is worked out once. */
const remembered_max = 4096;
const memories = new WeakMap<Bench, Map<string, readonly Violation[]>>();

function remembered(
  bench: Bench,
  state: BenchState,
  target: ReadonlySet<string>,
  surely: ReadonlySet<string>,
  changing: readonly string[],
): readonly Violation[] {
  let memory = memories.get(bench);
  if (!memory || memory.size >= remembered_max) {
    memory = new Map();
    memories.set(bench, memory);
  }
  // What changes follows from the three sets.
  const [closed, then] = [keyOf(bench, state.closed), keyOf(bench, target)];
  const certain = surely === state.closed ? closed : keyOf(bench, surely);
  const key = `${state.source.on} ${state.rails.on} ${closed}, ${then}, ${certain}`;
  const known = memory.get(key);
  if (known) return known;
  const made = [...intermediate(bench, state.closed, target), ...hotSwitched(bench, state, target, changing)];
  memory.set(key, made);
  return made;
}

/** Opens first, board by board; then closes, board by board. */
export function intermediateStates(
  bench: Bench,
  before: ReadonlySet<string>,
  target: ReadonlySet<string>,
): readonly ReadonlySet<string>[] {
  const kept = [...before].filter((id) => target.has(id));
  const opening = [...before].filter((id) => !target.has(id));
  const closing = [...target].filter((id) => !before.has(id));
  const states: ReadonlySet<string>[] = [];
  for (const moved of subsets(byBoard(bench, opening))) {
    states.push(new Set([...kept, ...opening.filter((id) => !moved.has(id))]));
  }
  for (const moved of subsets(byBoard(bench, closing))) states.push(new Set([...kept, ...moved]));
  return states;
}

function byBoard(bench: Bench, ids: readonly string[]): readonly (readonly string[])[] {
  const boards = new Map<string, string[]>();
  for (const id of ids) {
    const relay = bench.relays[id];
    const key = `${relay?.role} ${relay?.board}`;
    const list = boards.get(key);
    if (list) list.push(id);
    else boards.set(key, [id]);
  }
  return [...boards.values()];
}

function subsets(groups: readonly (readonly string[])[]): readonly ReadonlySet<string>[] {
  if (groups.length > boards_max) throw new RangeError(`a pattern moves relays on more than ${boards_max} boards`);
  return Array.from({ length: 2 ** groups.length }, (_, mask) => {
    return new Set(groups.filter((_, i) => (mask >> i) & 1).flat());
  });
}

function intermediate(bench: Bench, before: ReadonlySet<string>, target: ReadonlySet<string>): readonly Violation[] {
  // While a refused or unknown state is being left, its own violations are no reason to keep it.
  const already = new Set(relayViolations(bench, before).map(({ rule }) => rule));
  for (const state of intermediateStates(bench, before, target)) {
    const found = relayViolations(bench, state).filter(({ rule }) => !already.has(rule) || isIn(state, target));
    if (found.length > 0) return found.map(({ rule, why }) => ({ rule, why: `on the way: ${why}` }));
  }
  return [];
}

const isIn = (state: ReadonlySet<string>, target: ReadonlySet<string>): boolean =>
  [...state].every((id) => target.has(id));

function contactorsUnderCurrent(bench: Bench, state: BenchState, changing: readonly string[]): readonly Violation[] {
  const contactor = changing.find((id) => layoutOf(bench).power.has(id));
  if (contactor === undefined) return [];
  const refuse = (why: string): readonly Violation[] => [
    { rule: "contactor-under-current", why: `${contactor}: ${why}` },
  ];
  if (state.source.on) return refuse("the source is on");
  if (state.maybeCurrent) return refuse("no reading of the shunt since the source went off shows less than 1 A");
  if (Math.abs(state.shunt_A ?? 0) >= noCurrent_A) return refuse(`the shunt reads ${state.shunt_A} A`);
  return [];
}

/** A fixture supply is always on; the pilot driver is while its rails are; the source by its output. */
function isOn(source: EnergySource, state: BenchState): boolean {
  if (source.what === "source") return state.source.on;
  if (source.what === "pilot") return state.rails.on;
  return source.what === "supply";
}

function hotSwitched(
  bench: Bench,
  state: BenchState,
  target: ReadonlySet<string>,
  changing: readonly string[],
): readonly Violation[] {
  const layout = layoutOf(bench);
  const live = layout.sources.filter((source) => isOn(source, state));
  // All relays that are closed at either end: boards move in any order.
  const closed = new Set([...state.closed, ...target]);
  const edges = layout.edges.filter((edge) => (edge.kind === "relay" ? closed.has(edge.id) : !isSupply(edge)));
  const joined = new Joined(edges);
  for (const source of live) {
    for (const id of changing) {
      const relay = bench.relays[id];
      const ratings = relay && bench.relayClasses[relay.class];
      if (!relay || !ratings) continue;
      const touched = relay.poles.some((pole) => pole.some((node) => source.hot.some((hot) => joined.same(hot, node))));
      if (!touched) continue;
      const volt = source.voltage_V;
      if (volt > ratings.hotSwitch_V) {
        const why = `${id} may change under ${ratings.hotSwitch_V} V at most, ${source.name} puts ${volt} V there`;
        return [{ rule: "hot-switch", why }];
      }
      const ampere = prospective(bench, edges, source, relay.poles);
      if (ampere > ratings.hotSwitch_A) {
        const shown = ampere.toPrecision(2);
        const why = `${id} may change under ${ratings.hotSwitch_A} A at most, ${source.name} can drive ${shown} A there`;
        return [{ rule: "hot-switch", why }];
      }
    }
  }
  return [];
}

/** The most a source can drive through a relay, an adapter that joins all its contacts included, A. */
function prospective(
  bench: Bench,
  edges: readonly Edge[],
  source: EnergySource,
  poles: readonly (readonly [Node, Node])[],
): number {
  const home = source.returns.length > 0 ? source.returns : source.hot;
  const adapter = bench.contacts.map((contact) => ({ from: contact, to: "adapter", resistance_ohm: 0 }));
  const all = [...edges, ...adapter];
  const own_ohm = source.current_A > 0 ? source.voltage_V / source.current_A : 0;
  const out = resistances(all, source.hot);
  const back = resistances(all, home);
  let least = Number.POSITIVE_INFINITY;
  for (const [a, b] of poles) {
    least = Math.min(least, (out.get(a) ?? Infinity) + (back.get(b) ?? Infinity));
    least = Math.min(least, (out.get(b) ?? Infinity) + (back.get(a) ?? Infinity));
  }
  const total = own_ohm + least;
  return total > 0 ? source.voltage_V / total : Number.POSITIVE_INFINITY;
}

/** A supply's part joins its two nodes in the netlist; it is what drives a current, no path for one. */
const isSupply = (edge: Edge): boolean =>
  edge.kind === "part" && edge.resistance_ohm > 0 && !Number.isFinite(edge.carry_A);

type Ohmic = Pick<Edge, "from" | "to" | "resistance_ohm">;

/** Least resistance from any of the nodes to every other, ohm. */
function resistances(edges: readonly Ohmic[], from: readonly Node[]): ReadonlyMap<Node, number> {
  const found = new Map<Node, number>(from.map((node) => [node, 0]));
  for (let again = true; again; ) {
    again = false;
    for (const { from: a, to: b, resistance_ohm } of edges) {
      const [atA, atB] = [found.get(a) ?? Infinity, found.get(b) ?? Infinity];
      if (atA + resistance_ohm < atB) found.set(b, atA + resistance_ohm);
      else if (atB + resistance_ohm < atA) found.set(a, atB + resistance_ohm);
      else continue;
      again = true;
    }
  }
  return found;
}
