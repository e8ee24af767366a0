/**
 * The bench file's netlist with the deviations of one virtual bench, as circuit elements. Tolerances, contact
 * resistances and thermal EMFs are drawn once per bench from its seed. Which relays are closed decides which elements
 * are in the circuit; an open contact is not in it.
 */
import type { Bench, Node } from "../../../rig/model/bench.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { randomOf } from "../random.ts";
import type { Deviations } from "./deviations.ts";
import type { Branch, Element, Load, Source } from "./elements.ts";
import { Topologies } from "./topology.ts";

/** One pole of a relay. */
export interface Pole {
  readonly relay: string;
  readonly branch: Branch;
  readonly welded: boolean;
  readonly stuckOpen: boolean;
  /** Random numbers: the sums of those of a set of poles name the set. */
  readonly mark: readonly [number, number];
}

/** What no instrument and no person changes. */
interface Fabric {
  readonly poles: readonly Pole[];
  /** Leads, parts, ties and the probes of the oscilloscope. */
  readonly fixed: readonly Element[];
  /** Of the circuits of this bench, by what is closed and fitted. */
  readonly topologies: Topologies;
}

export interface Assembly extends Fabric {
  readonly source: Source | undefined;
  readonly load: Load | undefined;
  /** Driver of the pilot: in the circuit while generator and rails are on. */
  readonly driver: Branch | undefined;
  readonly rails: { readonly plus: Branch; readonly minus: Branch } | undefined;
  /** The two nodes of a DAQ channel of volts; undefined where its wire is open. */
  channel(name: string): { readonly hi: Node | undefined; readonly lo: Node | undefined };
  /** Node of an instrument's terminal. BENCH_INVALID: the bench file does not say. */
  terminal(role: string, name: string): Node;
}

export const chassis: Node = "CHASSIS";

/** Contact resistance of one relay against another of its class, relative standard deviation (H). */
const contactSpread = 0.15;
/** Resistance of a lead with its joints against the bench file's, relative (H). */
const leadSpread = 0.1;
/** EMF of a copper lead's joints, V (H). */
const leadEmf_V = 2e-7;

export function assemble(bench: Bench, deviations: Deviations, seed: number): Assembly {
  const swapped = exchange(deviations.swap);
  const open = new Set(deviations.openLead);
  const node = (name: Node): Node => swapped.get(name) ?? name;
  return {
    ...fabricOf(bench, deviations, seed),
    ...instruments(bench, seed, node),
    channel(name) {
      const channel = bench.channels[name];
      const wire = (end: "hi" | "lo"): Node | undefined => {
        const at = channel?.[end];
        return at === undefined || open.has(`${name}.${end}`) || open.has(at) ? undefined : node(at);
      };
      return { hi: wire("hi"), lo: wire("lo") };
    },
    terminal(role, name) {
      const at = bench.instruments[role]?.terminals[name];
      if (at === undefined) throw new RigError("BENCH_INVALID", `${bench.file}: ${role} has no terminal ${name}`);
      return node(at);
    },
  };
}

/** Virtual benches kept: a campaign tries many adapters on one before it goes on to the next. */
const fabrics_max = 4;

/** What is known of a bench file with its deviations. */
interface Woven {
  readonly bySeed: Map<number, Fabric>;
  /** The seed draws values only: all virtual benches of one file have the same structure. */
  readonly topologies: Topologies;
}

const woven = new WeakMap<Bench, WeakMap<Deviations, Woven>>();

/** The same bench file, deviations and seed are the same poles, leads and parts, to the last digit. */
function fabricOf(bench: Bench, deviations: Deviations, seed: number): Fabric {
  const ofBench = woven.get(bench) ?? new WeakMap<Deviations, Woven>();
  woven.set(bench, ofBench);
  const { bySeed: known, topologies } = ofBench.get(deviations) ?? { bySeed: new Map(), topologies: new Topologies() };
  ofBench.set(deviations, { bySeed: known, topologies });
  const found = known.get(seed);
  if (found !== undefined) return found;
  checkNames(bench, deviations);
  const made: Fabric = {
    poles: poles(bench, deviations, seed, exchange(deviations.swap)),
    fixed: fixed(bench, deviations, seed, new Set(deviations.openLead)),
    topologies,
  };
  for (const old of [...known.keys()].slice(0, Math.max(0, known.size + 1 - fabrics_max))) known.delete(old);
  known.set(seed, made);
  return made;
}

/** Both directions of each pair. */
function exchange(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const [a, b] of pairs) {
    map.set(a, b);
    map.set(b, a);
  }
  return map;
}

/** A deviation that names nothing of the bench would silently do nothing. */
function checkNames(bench: Bench, deviations: Deviations): void {
  const relays = new Set(
    Object.values(bench.relays).flatMap(({ id, poles: of }) => [id, ...of.map((_, n) => `${id}#${n}`)]),
  );
  const ends = new Set([...relays].filter((id) => id.includes("#")).flatMap((id) => [`${id}.a`, `${id}.b`]));
  const nodes = new Set<string>([chassis]);
  for (const { poles: of } of Object.values(bench.relays)) for (const pair of of) for (const n of pair) nodes.add(n);
  for (const { from, to } of [...bench.leads, ...bench.parts]) nodes.add(from).add(to);
  for (const { hi, lo } of Object.values(bench.channels)) for (const n of [hi, lo]) if (n !== undefined) nodes.add(n);
  const leads = new Set(bench.leads.map(({ id }) => id));
  const wires = new Set(Object.keys(bench.channels).flatMap((name) => [`${name}.hi`, `${name}.lo`]));
  const check = (field: string, names: readonly string[], ...known: ReadonlySet<string>[]): void => {
    const wrong = names.find((name) => !known.some((set) => set.has(name)));
    if (wrong === undefined) return;
    throw new RigError("FILE_INVALID", `deviations: ${field}: ${wrong} is not on bench ${bench.id}`, { field });
  };
  check("weld", deviations.weld, relays);
  check("stuckOpen", deviations.stuckOpen, relays);
  check("openLead", deviations.openLead, leads, wires, nodes);
  check("swap", deviations.swap.flat(), nodes, ends);
  check(
    "tie",
    deviations.tie.map((tie) => tie.node),
    nodes,
  );
  check("identity", Object.keys(deviations.identity), new Set(Object.keys(bench.instruments)));
  check("thermocouple", Object.keys(deviations.thermocouple), new Set(Object.keys(bench.channels)));
}

function poles(bench: Bench, deviations: Deviations, seed: number, swapped: ReadonlyMap<string, string>): Pole[] {
  const named = (list: readonly string[], relay: string, n: number): boolean =>
    list.includes(relay) || list.includes(`${relay}#${n}`);
  /** The node at an end of a pole: wires exchanged at ends first, then at nodes. */
  const end = (relay: string, n: number, side: "a" | "b", own: Node): Node => {
    const partner = swapped.get(`${relay}#${n}.${side}`);
    if (partner === undefined) return swapped.get(own) ?? own;
    const hash = partner.lastIndexOf("#");
    const pair = bench.relays[partner.slice(0, hash)]?.poles[Number(partner.slice(hash + 1, -2))];
    return pair?.[partner.endsWith(".a") ? 0 : 1] ?? own;
  };
  const marks = randomOf(0, "poles");
  const mark = (): number => Math.floor(marks.next() * 2 ** 32) | 0;
  return Object.values(bench.relays).flatMap((relay) => {
    const of = bench.relayClasses[relay.class];
    if (of === undefined) throw new RigError("BENCH_INVALID", `${bench.file}: no relay class ${relay.class}`);
    return relay.poles.map(([a, b], n): Pole => {
      const random = randomOf(seed, `relay ${relay.id}#${n}`);
      const ohm = of.resistance_ohm * Math.max(0.3, 1 + contactSpread * random.normal());
      return {
        relay: relay.id,
        branch: {
          type: "branch",
          id: `${relay.id}#${n}`,
          a: end(relay.id, n, "a", a),
          b: end(relay.id, n, "b", b),
          ohm,
          emf_V: of.emf_V * random.signed(),
        },
        welded: named(deviations.weld, relay.id, n),
        stuckOpen: named(deviations.stuckOpen, relay.id, n),
        mark: [mark(), mark()],
      };
    });
  });
}

function fixed(bench: Bench, deviations: Deviations, seed: number, open: ReadonlySet<string>): Element[] {
  const elements: Element[] = [];
  for (const lead of bench.leads) {
    if (open.has(lead.id) || open.has(lead.from) || open.has(lead.to)) continue;
    const random = randomOf(seed, `lead ${lead.id}`);
    const emf_V = leadEmf_V * random.signed();
    const ohm = lead.resistance_ohm * (1 + leadSpread * random.signed());
    elements.push({ type: "branch", id: lead.id, a: lead.from, b: lead.to, ohm, emf_V });
  }
  for (const part of bench.parts) {
    const { id, from: a, to: b } = part;
    const random = randomOf(seed, `part ${id}`);
    if (part.type === "resistor") {
      elements.push({ type: "branch", id, a, b, ohm: part.ohm * (1 + part.tolerance * random.signed()), emf_V: 0 });
    } else if (part.type === "supply") {
      // A trimmed supply of the fixture: within 0.05 % (H).
      elements.push({ type: "branch", id, a, b, ohm: part.ohm, emf_V: part.volt * (1 + 5e-4 * random.signed()) });
    } else if (part.type === "capacitor") {
      elements.push({ type: "capacitor", id, a, b, farad: part.farad * (1 + 0.05 * random.signed()) });
    } else elements.push({ type: "diode", id, a, b });
  }
  const ties = [
    ...bench.ties.map(({ id, node, resistance_ohm }) => ({ id, node, ohm: resistance_ohm })),
    ...deviations.tie.map(({ node, ohm }, n) => ({ id: `tie.extra.${n}`, node, ohm })),
  ];
  for (const { id, node, ohm } of ties) {
    if (node !== chassis) elements.push({ type: "branch", id, a: node, b: chassis, ohm, emf_V: 0 });
  }
  return [...elements, ...probes(bench)];
}

function numberIn(bench: Bench, role: string, key: string, otherwise: number): number {
  const value = bench.instruments[role]?.config[key];
  return typeof value === "number" && value > 0 ? value : otherwise;
}

/** Input of the oscilloscope: x10 probes, 10 Mohm and 12 pF where the bench file says nothing else. */
function probes(bench: Bench): Element[] {
  const scope = bench.instruments["scope"];
  const ground = scope?.terminals["ground"];
  if (scope === undefined || ground === undefined) return [];
  const ohm = numberIn(bench, "scope", "probe_ohm", 1e7);
  const farad = numberIn(bench, "scope", "probe_farad", 1.2e-11);
  return Object.entries(scope.terminals)
    .filter(([name]) => name !== "ground")
    .flatMap(([name, tip]): Element[] => [
      { type: "branch", id: `probe.${name}.R`, a: tip, b: ground, ohm, emf_V: 0 },
      { type: "capacitor", id: `probe.${name}.C`, a: tip, b: ground, farad },
    ]);
}

type Instruments = Pick<Assembly, "source" | "load" | "driver" | "rails">;

/** Terminals of the instruments that drive; a bench without one of them has none of its elements. */
function instruments(bench: Bench, seed: number, node: (name: Node) => Node): Instruments {
  const ends = (role: string, plus: string, minus: string): readonly [Node, Node] | undefined => {
    const { [plus]: a, [minus]: b } = bench.instruments[role]?.terminals ?? {};
    return a === undefined || b === undefined ? undefined : [node(a), node(b)];
  };
  const source = ends("source", "plus", "minus");
  const load = ends("load", "plus", "minus");
  const driver = ends("generator", "out", "return");
  const common = bench.instruments["rails"]?.terminals["return"];
  const units = Math.max(1, bench.instruments["load"]?.ports.length ?? 1);
  const unit_max_A = numberIn(bench, "load", "unit_max_A", 240);
  const min_V = numberIn(bench, "load", "min_voltage_V", 1.5);
  const rail = (side: "plus" | "minus", name: Node): Branch => {
    const a = bench.instruments["rails"]?.terminals[side] ?? name;
    const random = randomOf(seed, `rail ${side}`);
    return {
      type: "branch",
      id: name,
      a: node(a),
      b: node(common ?? "COM_S"),
      ohm: 0.05 + 0.01 * random.next(),
      emf_V: 0,
    };
  };
  return {
    source: source && {
      type: "source",
      id: "source",
      a: source[0],
      b: source[1],
      volt: 0,
      ampere: 0,
      on: false,
      ohm: 1e-4,
      // What a supply of this class has across its own terminals; its output is dead, not open (H).
      bleeder_ohm: 1e4,
    },
    // One element for the bank: equal units in parallel need the same voltage for their share of the current.
    // Input resistance when off: UNVERIFIED; many loads have some 100 kohm, and none separates LOAD from the adapter.
    load: load && {
      type: "load",
      id: "load",
      a: load[0],
      b: load[1],
      ampere: 0,
      on: false,
      saturation_ohm: min_V / unit_max_A / units,
      off_ohm: numberIn(bench, "load", "input_ohm", 1e9),
    },
    driver: driver && { type: "branch", id: "driver", a: driver[0], b: driver[1], ohm: 0.1, emf_V: 0 },
    rails: common === undefined ? undefined : { plus: rail("plus", "RAIL+"), minus: rail("minus", "RAIL-") },
  };
}
