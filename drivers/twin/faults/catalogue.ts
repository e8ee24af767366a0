/**
 * What can be wrong with an adapter, as data: each class with the range of its severity from harmless to gross and what
 * it changes in an adapter file. Ranges are wide on purpose (H): ground truth, not the class, says whether a drawn unit
 * is faulty.
 */
import type { Contact, Pin } from "../../../rig/model/contacts.ts";
import type { Random } from "../random.ts";
import type { adapterFrom } from "../world/adapterUnderTest.ts";

/** An adapter file before it is checked. */
export type Draft = Parameters<typeof adapterFrom>[0];
export type PpTopology = NonNullable<NonNullable<Draft["pp"]>["topology"]>;

/** What a class may use: the contacts and paths of the family, and how the label says that proximity is wired. */
export interface Site {
  readonly family: Draft["family"];
  readonly topology: PpTopology;
  /** Pins that pass through the adapter. */
  readonly pins: readonly Pin[];
  /** Contacts with metal. */
  readonly contacts: readonly Contact[];
  /** Contacts of the couplers that hold no metal on a sound adapter. */
  readonly unpopulated: readonly Contact[];
}

export interface Severity {
  readonly unit: string;
  /** Drawn log-uniformly between these two. */
  readonly from: number;
  readonly to: number;
  /** Which end is the gross one. */
  readonly gross: "high" | "low";
}

export interface FaultClass {
  readonly id: string;
  readonly title: string;
  /** Absent: there is one severity. */
  readonly severity?: Severity;
  /** Proximity topologies of the label that the class makes sense for; absent: all. */
  readonly topologies?: readonly PpTopology[];
  /** Pins that the adapter must pass through. */
  readonly pins?: readonly Pin[];
  /** Contacts without metal must exist. */
  readonly unpopulated?: true;
  readonly apply: (draft: Draft, severity: number, random: Random, site: Site) => void;
}

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random.next() * list.length)] as T;

function two<T>(list: readonly T[], random: Random): readonly [T, T] {
  const first = Math.floor(random.next() * list.length);
  const second = (first + 1 + Math.floor(random.next() * (list.length - 1))) % list.length;
  return [list[first] as T, list[second] as T];
}

type Paths = NonNullable<Draft["paths"]>;
type Path = NonNullable<Paths[keyof Paths]>;

function pathIn(draft: Draft, pin: Pin): Path {
  draft.paths ??= {};
  const paths = draft.paths as Record<string, Path>;
  paths[pin] ??= {};
  return paths[pin];
}

const elements = ["evse_contact_ohm", "bar_ohm", "ev_contact_ohm"] as const;

/** More resistance in a contact or the bar of one of the pins. */
function addSeries(pins: readonly Pin[]): FaultClass["apply"] {
  return (draft, ohm, random, site) => {
    const path = pathIn(draft, pick(passing(pins, site), random));
    const element = pick(elements, random);
    path[element] = (path[element] ?? 0) + ohm;
  };
}

const passing = (pins: readonly Pin[], site: Site): readonly Pin[] =>
  pins.filter((pin) => site.pins.includes(pin) && !(pin === "PP" && site.topology === "LOCAL"));

/** Two contacts of different conductors. */
function twoNets(site: Site, random: Random): [Contact, Contact] {
  for (;;) {
    const [a, b] = two(site.contacts, random);
    if (a.split(".")[1] !== b.split(".")[1]) return [a, b];
  }
}

function leakBetween(pins: readonly [Pin, Pin]): FaultClass["apply"] {
  return (draft, ohm, random, site) => {
    const at = (pin: Pin): Contact =>
      pick(
        site.contacts.filter((contact) => contact.endsWith(`.${pin}`)),
        random,
      );
    draft.leaks = [...(draft.leaks ?? []), { between: [at(pins[0]), at(pins[1])], ohm }];
  };
}

/** A resistance off its nominal value by this factor less one, up or down. */
const off = (nominal: number, by: number, random: Random): number =>
  random.next() < 0.5 ? nominal * (1 + by) : nominal / (1 + by);

const thermalOf = (draft: Draft): NonNullable<Draft["thermal"]> => {
  draft.thermal ??= {};
  return draft.thermal;
};

const ohm = (from: number, to: number, gross: Severity["gross"]): Severity => ({ unit: "ohm", from, to, gross });

export const singleFaults: readonly FaultClass[] = [
  {
    id: "pole-resistance",
    title: "more resistance in one contact or the bar of a power pole",
    severity: ohm(1e-6, 1e-1, "high"),
    pins: ["DC+"],
    apply: addSeries(["DC+", "DC-"]),
  },
  {
    id: "line-resistance",
    title: "more resistance in one contact or the bar of an AC line",
    severity: ohm(1e-6, 1e-1, "high"),
    pins: ["L1"],
    apply: addSeries(["L1", "L2N"]),
  },
  {
    id: "earth-resistance",
    title: "more resistance in protective earth",
    severity: ohm(1e-5, 10, "high"),
    pins: ["PE"],
    apply: addSeries(["PE"]),
  },
  {
    id: "pilot-resistance",
    title: "more resistance in the pilot",
    severity: ohm(1e-3, 1e4, "high"),
    pins: ["CP"],
    apply: addSeries(["CP"]),
  },
  {
    id: "proximity-resistance",
    title: "more resistance in a proximity that should pass through",
    severity: ohm(1e-3, 1e4, "high"),
    topologies: ["PASS", "SERIES_SW"],
    pins: ["PP"],
    apply: addSeries(["PP"]),
  },
  {
    id: "open",
    title: "a path is interrupted at a contact or in the bar",
    apply(draft, _severity, random, site) {
      const pins = site.topology === "LOCAL" ? site.pins.filter((pin) => pin !== "PP") : site.pins;
      pathIn(draft, pick(pins, random)).open = pick(["evse", "bar", "ev"] as const, random);
    },
  },
  {
    id: "swap",
    title: "two conductors are swapped",
    apply(draft, _severity, random, site) {
      const pins = site.topology === "LOCAL" ? site.pins.filter((pin) => pin !== "PP") : site.pins;
      const [a, b] = two(pins, random) as [keyof Paths, keyof Paths];
      pathIn(draft, a).to = b;
      pathIn(draft, b).to = a;
    },
  },
  {
    id: "short",
    title: "two conductors are shorted together",
    severity: ohm(1e-3, 1e3, "low"),
    apply(draft, severity, random, site) {
      draft.shorts = [...(draft.shorts ?? []), { between: twoNets(site, random), ohm: severity }];
    },
  },
  {
    id: "leak",
    title: "leakage between any two conductors",
    severity: ohm(1e3, 1e10, "low"),
    apply(draft, severity, random, site) {
      draft.leaks = [...(draft.leaks ?? []), { between: twoNets(site, random), ohm: severity }];
    },
  },
  {
    id: "leak-pilot-earth",
    title: "leakage from pilot to earth",
    severity: ohm(1e3, 1e10, "low"),
    pins: ["CP"],
    apply: leakBetween(["CP", "PE"]),
  },
  {
    id: "leak-pilot-proximity",
    title: "leakage from pilot to proximity",
    severity: ohm(1e3, 1e10, "low"),
    topologies: ["PASS", "SERIES_SW"],
    pins: ["CP", "PP"],
    apply: leakBetween(["CP", "PP"]),
  },
  {
    id: "leak-proximity-earth",
    title: "leakage from proximity to earth",
    severity: ohm(1e3, 1e10, "low"),
    topologies: ["PASS", "SERIES_SW"],
    pins: ["PP"],
    apply: leakBetween(["PP", "PE"]),
  },
  {
    id: "several-leaks",
    title: "three leaks of one size between any conductors",
    severity: ohm(1e3, 1e10, "low"),
    apply(draft, severity, random, site) {
      const more = [1, 2, 3].map(() => ({ between: twoNets(site, random), ohm: severity }));
      draft.leaks = [...(draft.leaks ?? []), ...more];
    },
  },
  {
    id: "stray-metal",
    title: "metal in a contact that should be empty, with a resistance to a conductor",
    severity: ohm(1e-3, 1e10, "low"),
    unpopulated: true,
    apply(draft, severity, random, site) {
      draft.ac_contacts = true;
      const between: [Contact, Contact] = [pick(site.unpopulated, random), pick(site.contacts, random)];
      draft.leaks = [...(draft.leaks ?? []), { between, ohm: severity }];
    },
  },
  {
    id: "diode-in-path",
    title: "a path conducts one way only",
    apply(draft, _severity, random, site) {
      const pin = pick(passing(["CP", "PP", "PE"], site), random);
      pathIn(draft, pin).diode_anode = pick(["evse", "ev"] as const, random);
    },
  },
  {
    id: "diode-across",
    title: "a diode between two conductors",
    apply(draft, _severity, random, site) {
      const [anode, cathode] = twoNets(site, random);
      draft.diodes = [...(draft.diodes ?? []), { anode, cathode }];
    },
  },
  {
    id: "pilot-clamp",
    title: "a clamp from pilot to earth that conducts above some volts only, behind this resistance",
    severity: ohm(1e3, 1e9, "low"),
    pins: ["CP", "PE"],
    apply(draft, severity, random, site) {
      const at = (pin: Pin): readonly Contact[] => site.contacts.filter((contact) => contact.endsWith(`.${pin}`));
      const ends: [Contact, Contact] = [pick(at("CP"), random), pick(at("PE"), random)];
      const [anode, cathode] = (random.next() < 0.5 ? ends : ends.reverse()) as [Contact, Contact];
      const drop_V = 6.5 + 2.5 * random.next();
      draft.diodes = [...(draft.diodes ?? []), { anode, cathode, drop_V, ohm: severity }];
    },
  },
  {
    id: "pilot-capacitance",
    title: "capacitance from pilot to earth",
    severity: { unit: "F", from: 1e-11, to: 1e-6, gross: "high" },
    pins: ["CP"],
    apply(draft, severity) {
      draft.cp_pe_farad = severity;
    },
  },
  {
    id: "proximity-part",
    title: "a wrong proximity resistor: off 150 ohm by this factor less one, up or down",
    severity: { unit: "1", from: 1e-3, to: 30, gross: "high" },
    topologies: ["LOCAL"],
    apply(draft, severity, random) {
      draft.pp = { ...draft.pp, latched_ohm: off(150, severity, random) };
    },
  },
  {
    id: "latch-part",
    title: "a wrong latch resistor: off 330 ohm by this factor less one, up or down",
    severity: { unit: "1", from: 1e-3, to: 30, gross: "high" },
    topologies: ["LOCAL", "SERIES_SW"],
    apply(draft, severity, random) {
      draft.pp = { ...draft.pp, pressed_extra_ohm: off(330, severity, random) };
    },
  },
  {
    id: "latch-switch",
    title: "the latch switch does not move",
    topologies: ["LOCAL", "SERIES_SW"],
    apply(draft, _severity, random) {
      draft.pp = { ...draft.pp, latch_switch: pick(["stuck-released", "stuck-pressed"] as const, random) };
    },
  },
  {
    id: "proximity-wiring",
    title: "proximity is wired as another type's",
    apply(draft, _severity, random, site) {
      const others = (["PASS", "SERIES_SW", "LOCAL"] as const).filter((one) => one !== site.topology);
      draft.pp = { ...draft.pp, topology: pick(others, random) };
    },
  },
  {
    id: "growing-contact",
    title: "a power contact whose resistance grows as it warms, beyond copper",
    severity: { unit: "1/K", from: 1e-5, to: 0.05, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random) {
      pathIn(draft, pick(["DC+", "DC-"] as const, random)).growth_per_K = severity;
    },
  },
  {
    id: "pole-heat-path",
    title: "heat of a pole leaves worse: pole to body",
    severity: { unit: "K/W", from: 0.6, to: 20, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random) {
      thermalOf(draft)[pick(["dc_plus_to_body_K_per_W", "dc_minus_to_body_K_per_W"] as const, random)] = severity;
    },
  },
  {
    id: "body-heat-path",
    title: "heat of the body leaves worse: body to ambient",
    severity: { unit: "K/W", from: 0.38, to: 10, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity) {
      thermalOf(draft).body_to_ambient_K_per_W = severity;
    },
  },
  {
    id: "hot-grip",
    title: "the grip takes this share of the body's temperature",
    severity: { unit: "1", from: 0.3, to: 1, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random) {
      thermalOf(draft).grip_share = severity;
      thermalOf(draft).body_to_ambient_K_per_W = 0.38 * (1 + 0.4 * random.next());
    },
  },
  {
    id: "loose-mating",
    title: "contact resistances scatter from mating to mating: relative standard deviation",
    severity: { unit: "1", from: 0.005, to: 0.5, gross: "high" },
    apply(draft, severity) {
      draft.remate_spread = severity;
    },
  },
];

/** The classes that make sense at a site. */
export const classesFor = (site: Site): readonly FaultClass[] =>
  singleFaults.filter(
    (one) =>
      (one.topologies === undefined || one.topologies.includes(site.topology)) &&
      (one.pins === undefined || one.pins.every((pin) => site.pins.includes(pin))) &&
      (one.unpopulated === undefined || site.unpopulated.length > 0),
  );
