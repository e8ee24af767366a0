/** Opens, shorts, miswires and leaks: one path reading a net, groups of nets for isolation, the pair map after a hit. */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import { pinOf } from "../../rig/model/contacts.ts";
import { derive, type Reading } from "../../rig/model/reading.ts";
import { isPass } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { judge, note } from "../../rig/plan/words.ts";
import { earthLowGroups, type Group, isolationNets, polarGroups } from "../analysis/groups.ts";
import { classify, explain, type Found, type PairReading } from "../analysis/pairMap.ts";
import { leakageCircuit } from "./benchCheck.ts";
import { resistance } from "./fourWire.ts";
import { leakage } from "./leakage.ts";

export interface WiringResult {
  readonly good: boolean;
  /** Four-wire reading of each through path by its pin. */
  readonly paths: Readonly<Record<string, Reading<"ohm">>>;
}

const signalPins = ["CP", "PP"];

/** A single pair of contacts must be better than this for the screen to be clean, ohm: the `wiring.isolation.r` row. */
const isolation_min_ohm = 1e6;

/**
 * Measures first, then says what it found: a hit is located with the whole pair map (it costs seconds and gives the
 * picture), so that the judgement names the contacts where a person would look.
 */
export function* wiringScreen(wiring: Wiring, netlist: AdapterNetlist): Plan<WiringResult> {
  const paths: Record<string, Reading<"ohm">> = {};
  for (const net of netlist.nets) {
    const [a, b] = net;
    if (!a || !b) continue;
    paths[pinOf(a)] = yield* pathResistance(wiring, a, b);
  }
  // The circuit that says "apart" must first say "joined" of something that is: any path, or all are broken anyway.
  const known = netlist.nets.find(([a, b]) => a && b && pinOf(a) !== "PP" && isJoined(paths[pinOf(a)]));
  if (known) yield* leakageCircuit(wiring, known[0] as Contact, known[1] as Contact);
  const screens: { group: Group; r: Reading<"ohm"> }[] = [];
  for (const group of screenGroups(netlist)) {
    screens.push({ group, r: yield* leakage(wiring, group.hi, group.lo, 5) });
  }
  const hit = Object.values(paths).some((r) => !isJoined(r)) || screens.some(({ r }) => !isApart(r));
  const clear = screens.filter(({ r }) => isApart(r)).map(({ group }) => group);
  const pairs = hit ? yield* pairMap(wiring, netlist, clear) : [];
  const found = hit ? classify(netlist, pairs, isolation_min_ohm) : expectedMap(netlist);
  const story = hit ? explain(found) : { words: "", contacts: [] };
  yield* note({
    kind: "wiring",
    expected: netlist.nets.filter((net) => net.length > 1).map((net) => [...net]),
    found: found.map((f) => ({ ...f })),
  });
  const judged = screens.map(({ group, r }) => ({ bit: group.bit, r: isApart(r) ? r : located(group, r, pairs) }));
  return { good: yield* judgeWiring(paths, judged, story), paths };
}

/** A diode conducts one way only, so every pair is read both ways; with electronics inside earth is never the positive one. */
const screenGroups = (netlist: AdapterNetlist): readonly Group[] =>
  netlist.electronics ? earthLowGroups(isolationNets(netlist)) : polarGroups(isolationNets(netlist));

/**
 * A group reads all its leaks in parallel: a hit proves nothing until it is located (instruments.md B1). The limit is that
 * of one pair, so the worst pair across the group in its polarity is judged; the group's own reading where none was read.
 */
function located(group: Group, r: Reading<"ohm">, pairs: readonly MeasuredPair[]): Reading<"ohm"> {
  const across = pairs.flatMap(({ a, b, forward, reverse }) =>
    isAcross(group, a, b) ? [forward] : isAcross(group, b, a) ? [reverse] : [],
  );
  return across.reduce<Reading<"ohm"> | undefined>((x, y) => (x ? lower(x, y) : y), undefined) ?? r;
}

const isAcross = ({ hi, lo }: Group, plus: Contact, minus: Contact): boolean => hi.includes(plus) && lo.includes(minus);

/** The reading that speaks more against insulation; one that is no number speaks most. */
function lower(one: Reading<"ohm">, other: Reading<"ohm">): Reading<"ohm"> {
  const size = (r: Reading<"ohm">): number => (r.is === "value" ? r.value : r.is === "invalid" ? -1 : r.bound);
  return size(other) < size(one) ? other : one;
}

const isApart = (r: Reading<"ohm">): boolean => r.is === "above" || (r.is === "value" && r.value > isolation_min_ohm);

const isJoined = (r: Reading<"ohm"> | undefined): boolean => r?.is === "value" && r.value < 5;

/** In the fine range first; what is above it is read again where an open and a bad contact can be told apart. */
function* pathResistance(wiring: Wiring, a: Contact, b: Contact): Plan<Reading<"ohm">> {
  if (signalPins.includes(pinOf(a))) return yield* resistance(wiring, a, b, "signal");
  const fine = yield* resistance(wiring, a, b, "power");
  return fine.is === "above" ? yield* resistance(wiring, a, b, "signal") : fine;
}

function* judgeWiring(
  paths: Readonly<Record<string, Reading<"ohm">>>,
  screens: readonly { bit: number; r: Reading<"ohm"> }[],
  story: { readonly words: string; readonly contacts: readonly Contact[] },
): Plan<boolean> {
  let good = true;
  for (const [pin, r] of Object.entries(paths)) {
    const contacts: readonly Contact[] = [`evse.${pin}` as Contact, `ev.${pin}` as Contact];
    // The story of the whole map where it is about this path, else what was measured on it.
    const told = contacts.every((contact) => story.contacts.includes(contact));
    const meaning = told ? story.words : ownWords(pin, r);
    good = isPass(yield* judge("wiring.path.r", r, { id: `wiring.path.r/${pin}`, contacts, meaning })) && good;
  }
  const about = story.words ? { meaning: story.words } : {};
  for (const { bit, r } of screens) {
    const verdict = yield* judge("wiring.isolation.r", r, {
      id: `wiring.isolation.r/${bit}`,
      contacts: story.contacts,
      ...about,
    });
    good = isPass(verdict) && good;
  }
  return good;
}

function ownWords(pin: string, r: Reading<"ohm">): string {
  const ohm = r.is === "value" ? ` (${Number(r.value.toPrecision(3))} ohm)` : "";
  const over = r.is === "above" ? ` (above ${r.bound} ohm)` : "";
  return `${pin} has too much resistance between the faces${ohm}${over}: evse.${pin} to ev.${pin}`;
}

/**
 * Every pair that clean groups have not cleared, in both polarities, at the voltage that spares proximity electronics
 * where PP is in the pair. With electronics inside, every pair is read at 5 V: the fault that is being located may join any
 * contact to theirs. Against earth it is one polarity (domain.md 9), so that no diode from earth shows.
 */
export function* pairMap(
  wiring: Wiring,
  netlist: AdapterNetlist,
  clear: readonly Group[] = [],
): Plan<readonly MeasuredPair[]> {
  const contacts = [...netlist.contacts, ...netlist.unpopulated];
  const pairs: MeasuredPair[] = [];
  const low = netlist.electronics ? (isolationNets(netlist).find((net) => net.some(isEarth)) ?? []) : [];
  for (const [i, a] of contacts.entries()) {
    for (const b of contacts.slice(i + 1)) {
      const [ab, ba] = [clear.some((group) => isAcross(group, a, b)), clear.some((group) => isAcross(group, b, a))];
      // What is always low with earth was read one way by the groups: theirs is all there is.
      if (low.includes(a) || low.includes(b) ? ab || ba : ab && ba) continue;
      const isDelicate = (contact: Contact) => netlist.electronics?.includes(contact) ?? false;
      if (isDelicate(a) || isDelicate(b) || (netlist.electronics && (isEarth(a) || isEarth(b)))) {
        const isReversed = isEarth(a) || (!isEarth(b) && !isDelicate(a));
        const [plus, minus] = isReversed ? [b, a] : [a, b];
        const way = yield* leakage(wiring, [plus], [minus], 5);
        const back = (yield* otherWay(wiring, netlist, { plus, minus, way }, pairs)) ?? way;
        const [forward, reverse] = isReversed ? [back, way] : [way, back];
        pairs.push({ a, b, forward, reverse, forward_ohm: ohmOf(forward), reverse_ohm: ohmOf(reverse) });
        continue;
      }
      const rail_V = netlist.electronics || pinOf(a) === "PP" || pinOf(b) === "PP" ? 5 : 12;
      const forward = yield* leakage(wiring, [a], [b], rail_V);
      const reverse = yield* leakage(wiring, [b], [a], rail_V);
      pairs.push({ a, b, forward, reverse, forward_ohm: ohmOf(forward), reverse_ohm: ohmOf(reverse) });
    }
  }
  return pairs;
}

const isEarth = (contact: Contact): boolean => pinOf(contact) === "PE";

/**
 * A contact of electronics that conducts only towards them: read with earth low beside it, so that they see no reversal.
 * Undefined where that would say nothing: a pair with earth, one that conducts already, or a contact that leaks to earth.
 */
function* otherWay(
  wiring: Wiring,
  { contacts }: AdapterNetlist,
  { plus, minus, way }: { readonly plus: Contact; readonly minus: Contact; readonly way: Reading<"ohm"> },
  known: readonly MeasuredPair[],
): Plan<Reading<"ohm"> | undefined> {
  const earth = contacts.find(isEarth);
  if (isEarth(plus) || isEarth(minus) || earth === undefined || !isApart(way)) return undefined;
  const leaks = known.some(
    ({ a, b, forward }) => (a === minus || b === minus) && (isEarth(a) || isEarth(b)) && !isApart(forward),
  );
  return leaks ? undefined : yield* leakage(wiring, [minus], [plus, earth], 5);
}

interface MeasuredPair extends PairReading {
  /** With `a` positive, and with `b`. */
  readonly forward: Reading<"ohm">;
  readonly reverse: Reading<"ohm">;
}

const expectedMap = (netlist: AdapterNetlist): readonly Found[] =>
  netlist.nets
    .filter((net) => net.length > 1)
    .map((net) => ({ a: net[0] as Contact, b: net[1] as Contact, is: "path" as const, ohm: null }));

/** Infinity for above range; an invalid reading counts as open, which the map then shows as unexplained. */
const ohmOf = (r: Reading<"ohm">): number =>
  r.is === "value" ? r.value : r.is === "below" ? r.bound : Number.POSITIVE_INFINITY;

/**
 * CP alone: series resistance from the path reading, leakage to PE at 12 V in both polarities, coupling to PP. Where
 * electronics may sit behind CP: 5 V, CP positive only, and the record says so.
 */
export function* pilotPath(wiring: Wiring, paths: WiringResult["paths"], netlist?: AdapterNetlist): Plan<void> {
  const isDelicate = netlist?.electronics?.includes("evse.CP") ?? false;
  const rail_V = isDelicate ? 5 : 12;
  if (isDelicate) {
    const text = "leakage from CP to PE at 5 V, CP positive only: the type declares electronics inside";
    yield* note({ kind: "deviation", limit: "cp.pe.leak12v", text });
  }
  const series = paths["CP"];
  if (series) {
    yield* judge("cp.series.r", series, {
      contacts: ["evse.CP", "ev.CP"],
      meaning: "the pilot contact adds too much resistance",
    });
  }
  for (const [id, hi, lo] of [
    ["positive", "evse.CP", "evse.PE"],
    ["negative", "evse.PE", "evse.CP"],
  ] as const) {
    if (isDelicate && hi === "evse.PE") continue;
    const r = yield* leakage(wiring, [hi], [lo], rail_V);
    yield* judge("cp.pe.leak12v", r, {
      id: `cp.pe.leak12v/${id}`,
      contacts: ["evse.CP", "evse.PE"],
      meaning: "the pilot leaks to earth",
    });
  }
  const coupling = yield* leakage(wiring, ["evse.CP"], ["evse.PP"], 5);
  yield* judge("cp.pp.r", coupling, { contacts: ["evse.CP", "evse.PP"], meaning: "pilot and proximity are coupled" });
}

/** The resistance between the two readings in percent of their mean, for cross-checks. */
export const differencePct = (a: Reading<"ohm">, b: Reading<"ohm">): Reading<"%"> =>
  derive("%", "200 (a - b) / (a + b)", [a, b], ([x = Number.NaN, y = Number.NaN], [ux = 0, uy = 0]) => ({
    value: (200 * (x - y)) / (x + y),
    u: (200 * Math.hypot(ux, uy)) / (x + y),
  }));
