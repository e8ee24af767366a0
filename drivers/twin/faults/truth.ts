/**
 * What an adapter really is, worked out from the parameters of its file and nothing else: resistances of its network as
 * it is fitted with one of its EVSE faces in use, temperatures when everything has settled, what it does to a pilot. No
 * procedure, reading or limit has a part in it. Quantities by name, in SI units:
 *
 *   path.<pin>       ohm from face to face in a room of 23 degC, the worse polarity; path20.<pin> the same at 20 degC
 *   pressed.PP       the same of proximity with the adapter's latch pressed
 *   apart            least ohm at 5 V between any two contacts that must not be joined, the worse polarity; apart.CP-PP etc.;
 *                    of a type with electronics from the others to earth only (domain.md 9)
 *   apart12.CP-PE    the same at 12 V, the pilot's own voltage, between pilot and earth
 *   local.latched, local.pressed   ohm between ev.PP and ev.PE of an adapter with its own proximity resistors
 *   rise.<contact>, rise.grip      K over the enclosure at rated current, settled; Infinity when it never settles
 *   growth.<pole>    resistance of the settled pole beyond that of copper as warm, share
 *   duty             largest change of a pilot's duty cycle on either side, share of the period
 *   path25.PE        path.PE once 25 A have flowed through it
 *   level.A to D, level.neg, shift.evse, shift.ev, pp.open, pp.latched, pp.pressed   as signalTruth.ts says, V
 *
 * What working the latch and 25 A through earth leave behind counts for what comes after them where a procedure does these:
 * levels of pilot and proximity. Resistances and insulation are those of the adapter as it is fitted.
 */
import type { AdapterNetlist } from "../../../rig/model/adapter.ts";
import { type Contact, type Face, faceOf, pinOf } from "../../../rig/model/contacts.ts";
import { randomOf } from "../random.ts";
import { type AdapterElements, adapterElements, copper_per_K } from "../world/adapterElements.ts";
import type { AdapterUnderTest } from "../world/adapterUnderTest.ts";
import { Circuit } from "../world/circuit.ts";
import type { Branch, Element } from "../world/elements.ts";
import { createThermal, type Loss } from "../world/thermal.ts";
import { shapeOf } from "../world/thermalShape.ts";
import { Topology } from "../world/topology.ts";
import { pilotLine } from "../world/transient.ts";
import { cornerTruth } from "./cornerTruth.ts";
import { ownLevel, pilotLevels, plugLevels } from "./signalTruth.ts";

export interface Declared {
  /** The nets that the label's type must have; contacts of a face that takes no plug are left out (`ofFace`). */
  readonly netlist: AdapterNetlist;
  readonly rated_A: number;
  /** EVSE face that takes the station's plug. Default: the first. */
  readonly face?: Face;
  /** Largest current of the earth test, A. Default 25. */
  readonly earth_A?: number;
  /** Whether a person works the adapter's own latch. Default true. */
  readonly worksLatch?: boolean;
  /** Whether the extremes of a legal pilot are asked for. Default false. */
  readonly corners?: boolean;
  /** How often it was fitted before: each fitting draws its contact resistances. Default 0. */
  readonly fitting?: number;
  /** Cable on the power path, ohm: it warms the contact that it ends on. */
  readonly cable_ohm: number;
}

export type Truth = Readonly<Record<string, number>>;

/** Open circuit voltages and series resistance of the ohmmeter that the truth is taken with. */
const test_V = 5;
const pilot_V = 12;
const test_ohm = 1e5;

/** Ohm between two contacts with `a` positive and with `b` positive; Infinity when nothing joins them. */
function polarities(
  elements: readonly Element[],
  a: Contact,
  b: Contact,
  emf_V: number = test_V,
): readonly [number, number] {
  if (!new Circuit(elements).joined(a, b)) return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const meter = (volt: number): Branch => ({ type: "branch", id: "meter", a, b, ohm: test_ohm, emf_V: volt });
  const topology = new Topology([...elements, meter(emf_V)]);
  const between = (volt: number): number => {
    const circuit = new Circuit([...elements, meter(volt)], topology);
    const ampere = Math.abs(circuit.current("meter"));
    return ampere > 0 ? Math.abs(circuit.volt(a, b) ?? 0) / ampere : Number.POSITIVE_INFINITY;
  };
  return [between(emf_V), between(-emf_V)];
}

/** Of the twin's worlds where nothing else is said. */
export const room_degC = 23;
/** In halves whose contacts are named as the adapter's own. */
const seatWith = (inUse: Face) => ({ node: (contact: Contact): string => contact, inUse });

/** The part of a netlist that one EVSE face and the vehicle see. */
export function ofFace(netlist: AdapterNetlist, station: Face): AdapterNetlist {
  const seen = (contact: Contact): boolean => faceOf(contact) === station || faceOf(contact) === "ev";
  return {
    ...netlist,
    contacts: netlist.contacts.filter(seen),
    nets: netlist.nets.map((net) => net.filter(seen)).filter((net) => net.length > 0),
    parts: netlist.parts.filter(({ from, to }) => seen(from) && seen(to)),
    unpopulated: netlist.unpopulated.filter(seen),
  };
}

export function truthOf(adapter: AdapterUnderTest, declared: Declared): Truth {
  const { face = "evse", fitting = 0 } = declared;
  // The mating as the world draws it.
  const fitted = adapterElements(adapter, randomOf(adapter.seed, `fitting ${fitting}`), seatWith(face));
  const at20 = Object.entries(pathsOf(fitted, declared.netlist)).map(([name, ohm]) => [
    name.replace("path", "path20"),
    ohm,
  ]);
  for (const { branch, ohm20, perKelvin } of fitted.warm) branch.ohm = ohm20 * (1 + perKelvin * (room_degC - 20));
  const { netlist } = declared;
  const truth: Record<string, number> = {
    ...Object.fromEntries(at20),
    ...pathsOf(fitted, netlist),
    ...apartOf(fitted.elements, netlist),
    duty: dutyShift(adapter, fitted.elements, face),
  };
  Object.assign(truth, warmth(adapter, fitted, declared));
  if (declared.corners) {
    const series_ohm = (truth["path.CP"] ?? Number.NaN) + (truth["path.PE"] ?? Number.NaN);
    const path = { series_ohm, leak_ohm: truth[name12] ?? Number.POSITIVE_INFINITY };
    Object.assign(truth, cornerTruth(adapter, fitted.elements, face, path));
  }
  // The neck lies in the first inlet's earth.
  const { earth_A = most_A, worksLatch = true } = declared;
  fitted.carry((id) => (face === "evse" && id.startsWith("A.PE.") ? earth_A : 0));
  const earth = netlist.nets.find(([a, b]) => a && b && pinOf(a) === "PE");
  if (earth) truth["path25.PE"] = Math.max(...polarities(fitted.elements, earth[0] as Contact, earth[1] as Contact));
  const pp = worksLatch ? workedLatch(fitted, netlist, face) : asFitted(fitted, netlist, face);
  return Object.assign(truth, pp, pilotLevels(fitted.elements, face));
}

/** Of the earth test of the screenings, A. */
const most_A = 25;

/** Of a known resistance: active proximity passes the plug's through. */
const ownProximity = ({ parts }: AdapterNetlist): boolean =>
  parts.some(({ from, to, ohm }) => from === "ev.PP" && to === "ev.PE" && ohm !== undefined);

function pathsOf({ elements }: AdapterElements, netlist: AdapterNetlist): Record<string, number> {
  const found: Record<string, number> = {};
  const worst = (a: Contact, b: Contact): number => Math.max(...polarities(elements, a, b));
  for (const [a, b] of netlist.nets) if (a && b) found[`path.${pinOf(a)}`] = worst(a, b);
  if (ownProximity(netlist)) found["local.latched"] = worst("ev.PP", "ev.PE");
  return found;
}

/** Proximity as the vehicle sees it, nobody having touched the latch. */
function asFitted({ elements }: AdapterElements, netlist: AdapterNetlist, face: Face): Record<string, number> {
  if (ownProximity(netlist)) return { "pp.latched": ownLevel(elements) };
  const through = netlist.nets.some(([a, b]) => a === `${face}.PP` && b === "ev.PP");
  return through ? plugLevels(elements, face) : {};
}

/** Proximity as the vehicle sees it, and what the latch changes in it. Afterwards the latch has been worked. */
function workedLatch(fitted: AdapterElements, netlist: AdapterNetlist, face: Face): Record<string, number> {
  const { elements } = fitted;
  const worst = (a: Contact, b: Contact): number => Math.max(...polarities(elements, a, b));
  const station: Contact = `${face}.PP`;
  const through = netlist.nets.some(([a, b]) => a === station && b === "ev.PP");
  if (ownProximity(netlist)) {
    const latched = ownLevel(elements);
    fitted.press(true);
    const pressed = { "local.pressed": worst("ev.PP", "ev.PE"), "pp.pressed": ownLevel(elements) };
    fitted.press(false);
    return { "pp.latched": latched, ...pressed };
  }
  fitted.press(true);
  const pressed = through ? { "pressed.PP": worst(station, "ev.PP") } : {};
  fitted.press(false);
  return through ? { ...pressed, ...plugLevels(elements, face) } : pressed;
}

/** Contacts that a net or a declared part joins, each with a number of its conductor. */
function conductors({ nets, parts, unpopulated }: AdapterNetlist): ReadonlyMap<Contact, number> {
  const of = new Map<Contact, number>();
  nets.forEach((net, n) => {
    for (const contact of net) of.set(contact, n);
  });
  for (const { from, to } of parts) {
    const [kept, gone] = [of.get(from), of.get(to)];
    for (const [contact, n] of of) if (n === gone && kept !== undefined) of.set(contact, kept);
  }
  unpopulated.forEach((contact, n) => {
    of.set(contact, nets.length + n);
  });
  return of;
}

/** Pairs that may have a limit of their own. */
const judgedPairs: readonly string[] = ["CP-PP"];
const pilotAndEarth = "CP-PE";

const name12 = `apart12.${pilotAndEarth}`;

function apartOf(elements: readonly Element[], netlist: AdapterNetlist): Record<string, number> {
  const found: Record<string, number> = { apart: Number.POSITIVE_INFINITY };
  const of = [...conductors(netlist)];
  // Earth is never made positive against electronics, so nobody is asked what conducts from it.
  const low = netlist.electronics && of.find(([contact]) => pinOf(contact) === "PE")?.[1];
  const circuit = new Circuit(elements);
  for (const [i, [a, one]] of of.entries()) {
    for (const [b, other] of of.slice(i + 1)) {
      if (one === other || !circuit.joined(a, b)) continue;
      const [plusA, plusB] = polarities(elements, a, b);
      const ohm = one === low ? plusB : other === low ? plusA : Math.min(plusA, plusB);
      const pins = [pinOf(a), pinOf(b)].sort().join("-");
      const name = `apart.${pins}`;
      found["apart"] = Math.min(found["apart"] as number, ohm);
      if (pins === pilotAndEarth) {
        const ohm12 = Math.min(...polarities(elements, a, b, pilot_V));
        found[name12] = Math.min(found[name12] ?? ohm12, ohm12);
      }
      // Proximity that a declared part ties to earth is earth's conductor here.
      const tied = netlist.parts.some(({ from }) => from === a || from === b);
      if (!tied && judgedPairs.includes(pins)) found[name] = Math.min(found[name] ?? ohm, ohm);
    }
  }
  return found;
}

/** Far beyond every time constant of an adapter in its enclosure, s. */
const settled_s = 3e5;
const runaway_K = 500;

/** Whether the current of the loop flows through an element; the second inlet's ends on the first one's EV contacts. */
const carries = (id: string, face: Face): boolean =>
  face === "evse2" ? /^A\.(2\.(L1|L2N)\.|DC[+-]\.ev$)/.test(id) : /^A\.(DC[+-]|L1|L2N)\./.test(id);

function warmth(adapter: AdapterUnderTest, fitted: AdapterElements, declared: Declared): Record<string, number> {
  const carrying = ["DC+", "DC-"];
  const power = fitted.warm.filter(({ branch }) => carries(branch.id, declared.face ?? "evse"));
  // A pole that does not carry the current never gets warm: other quantities say what is wrong with it.
  if (power.length < 6) return {};
  const losses: Loss[] = power.map(({ place, ohm20, perKelvin }) => ({
    place,
    watt20: declared.rated_A ** 2 * ohm20,
    perKelvin,
  }));
  losses.push({ place: "cable", watt20: declared.rated_A ** 2 * declared.cable_ohm, perKelvin: 0 });
  const thermal = createThermal(shapeOf(adapter), room_degC);
  thermal.step(settled_s, losses);
  const ambient = thermal.at("enclosure") ?? Number.NaN;
  const hottest = thermal.hottest();
  // Resistance that grows faster than heat leaves: the linear equations have no end.
  const stable = Number.isFinite(hottest) && hottest - ambient < runaway_K && hottest - ambient > 0;
  const rise = (place: string): number => (stable ? (thermal.at(place) ?? Number.NaN) - ambient : Infinity);
  const found: Record<string, number> = { "rise.grip": Math.max(rise("grip.1"), rise("grip.2")) };
  for (const pole of carrying) {
    for (const face of ["evse", "ev"]) found[`rise.${face}.${pole}`] = rise(`${face}.${pole}`);
    const own = power.filter(({ place }) => place.endsWith(`.${pole}`));
    const warm = (extra: boolean): number =>
      own.reduce((sum, { place, ohm20, perKelvin }) => {
        const per = extra ? perKelvin : copper_per_K;
        return sum + ohm20 * (1 + per * ((thermal.at(place) ?? 20) - 20));
      }, 0);
    found[`growth.${pole}`] = stable ? warm(true) / warm(false) - 1 : Infinity;
  }
  return found;
}

/** Less capacitance than this changes no duty cycle by a hundredth of what any limit asks. */
const farad_min = 2e-10;
const period_s = 1e-3;

/** An ideal pilot line with the vehicle in state B, with the adapter between and without. */
function dutyShift(adapter: AdapterUnderTest, elements: readonly Element[], face: Face): number {
  if (adapter.cp_pe_farad < farad_min) return 0;
  const through = dutiesOf(elements, `${face}.CP`, "ev.CP", `${face}.PE`, "ev.PE");
  direct ??= dutiesOf([], "CP", "CP", "PE", "PE");
  const without = direct;
  const shifts = through.map((duty, i) => Math.abs(duty - (without[i] ?? Number.NaN)));
  return shifts.every(Number.isFinite) ? Math.max(...shifts) : Number.POSITIVE_INFINITY;
}

/** Without an adapter: always the same. */
let direct: readonly number[] | undefined;

function dutiesOf(parts: readonly Element[], evse: string, ev: string, pe: string, evPe: string): readonly number[] {
  const driver: Branch = { type: "branch", id: "driver", a: "drive", b: pe, ohm: 0.1, emf_V: 12 };
  const all: readonly Element[] = [
    ...parts,
    driver,
    { type: "branch", id: "Rs", a: "drive", b: evse, ohm: 1000, emf_V: 0 },
    { type: "diode", id: "D", a: ev, b: "cathode" },
    { type: "branch", id: "R2", a: "cathode", b: evPe, ohm: 2740, emf_V: 0 },
    { type: "capacitor", id: "Cv", a: ev, b: evPe, farad: 3e-10 },
  ];
  const probes = [[evse, pe] as const, [ev, evPe] as const];
  const pilot = pilotLine(all, driver, probes);
  return duties.flatMap((duty) => {
    const { t_s, volt } = pilot.period({ period_s, high_s: duty * period_s, low_V: -12, high_V: 12 });
    return volt.map((v) => (v === undefined ? Number.NaN : dutyOf(t_s, v)));
  });
}

const duties = [0.05, 0.5, 0.96] as const;

/** Share of the period above the middle of the swing; NaN when it does not cross it once up and once down. */
function dutyOf(t_s: Float64Array, volt: Float64Array): number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const v of volt) {
    min = Math.min(min, v);
    max = Math.max(max, v);
  }
  const middle = (min + max) / 2;
  let [up, down, crossings] = [Number.NaN, Number.NaN, 0];
  for (let i = 1; i < volt.length; i++) {
    const [a, b] = [volt[i - 1] as number, volt[i] as number];
    if (a < middle === b < middle) continue;
    const at = (t_s[i - 1] as number) + ((middle - a) / (b - a)) * ((t_s[i] as number) - (t_s[i - 1] as number));
    crossings += 1;
    if (b > a) up = at;
    else down = at;
  }
  return crossings === 2 ? ((down - up + period_s) % period_s) / period_s : Number.NaN;
}
