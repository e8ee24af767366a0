/**
 * Forbidden states of a bench. Pure: the same function refuses a call before it is made and judges every state that
 * random call sequences reach in the tests. Rule names that begin with `interlock` or `envelope` are part of the
 * contract with the engine, which reports them as such.
 */
import type { Bench, DaqChannel } from "../model/bench.ts";
import type { ErrorCode } from "../model/errors.ts";
import { type Edge, Joined } from "../model/netlist.ts";
import { insulationViolations, treeViolations } from "./insulation.ts";
import { anyClosed, isWire, type Layout, layoutOf } from "./layout.ts";
import { keyOf } from "./relaySet.ts";
import { type BenchState, drivenCurrent, modeOf, noCurrent_A } from "./state.ts";

export interface Violation {
  readonly rule: string;
  readonly why: string;
  /** The adapter crossed a limit of its own: a fail of the adapter, not of the rig. */
  readonly subject?: "adapter";
}

/** Source current limit above the load's current by this factor, so that the load alone regulates (H). */
const sourceAboveLoad = 1.02;

/** The error that a refusal by a rule is reported as. */
export function codeOfRule(rule: string): ErrorCode {
  if (rule === "contactor-feedback") return "CONTACTOR_FEEDBACK";
  if (rule.startsWith("interlock")) return "INTERLOCK_OPEN";
  return rule.startsWith("envelope") ? "ENVELOPE_EXCEEDED" : "SWITCHING_REFUSED";
}

export function violations(bench: Bench, state: BenchState): readonly Violation[] {
  const all: readonly (readonly Violation[])[] = [
    envelope(bench, state),
    relayViolations(bench, state.closed),
    tapsOpenUnderPower(bench, state),
    regulation(bench, state),
    interlocks(bench, state),
    highCurrent(bench, state),
    insulationViolations(bench, state, layoutOf(bench).power),
  ];
  return all.every((found) => found.length === 0) ? none : all.flat();
}

const rule = (name: string, why: string): Violation => ({ rule: name, why });

/** The usual answer. */
const none: readonly Violation[] = [];

function envelope(bench: Bench, state: BenchState): readonly Violation[] {
  const { envelope: most } = bench;
  const { source_V, rails_V } = layoutOf(bench);
  const { source, load, rails } = state;
  const mode = modeOf(bench, state);
  // The earth test needs the source's own voltage to drive its leads; its current is what is limited.
  const volt = mode === "loop" ? most.power_voltage_V : source_V;
  const ampere = mode === "earth" ? most.earth_current_A : most.power_current_A;
  const within =
    isWithin(source.voltage_V, volt) &&
    isWithin(source.current_A, ampere) &&
    isWithin(load.current_A, most.power_current_A) &&
    isWithin(rails.plus_V, rails_V) &&
    isWithin(rails.minus_V, rails_V);
  if (within) return none;
  const found: Violation[] = [];
  const over = (name: string, value: number, limit: number, unit: string, what: string): void => {
    if (isWithin(value, limit)) return;
    found.push(rule(name, `${what} ${value} ${unit}, the bench allows ${limit} ${unit}`));
  };
  over("envelope-source-voltage", source.voltage_V, volt, "V", "source set to");
  over("envelope-source-current", source.current_A, ampere, "A", `source (${mode}) set to`);
  over("envelope-load-current", load.current_A, most.power_current_A, "A", "load set to");
  over("envelope-rails", rails.plus_V, rails_V, "V", "positive rail set to");
  over("envelope-rails", rails.minus_V, rails_V, "V", "negative rail set to");
  return found;
}

/** Written so that NaN and negative values are refused too. */
const isWithin = (value: number, limit: number): boolean => value >= 0 && value <= limit;

/** Patterns repeat. */
const remembered_max = 4096;
const remembered = new WeakMap<Bench, Map<string, readonly Violation[]>>();
/** The set that was asked about last: several calls are judged by it. */
let latest:
  | { readonly bench: Bench; readonly closed: ReadonlySet<string>; readonly found: readonly Violation[] }
  | undefined;

/** Violations that follow from the closed relays alone. The set must not change afterwards. */
export function relayViolations(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  if (latest?.bench === bench && latest.closed === closed) return latest.found;
  const found = byKey(bench, closed);
  latest = { bench, closed, found };
  return found;
}

function byKey(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  let memory = remembered.get(bench);
  if (!memory || memory.size >= remembered_max) {
    memory = new Map();
    remembered.set(bench, memory);
  }
  const key = keyOf(bench, closed);
  const known = memory.get(key);
  if (known) return known;
  const made = [
    ...unknownRelays(bench, closed),
    ...exclusive(bench, closed),
    ...joinedSources(bench, closed),
    ...outOfReach(bench, closed),
    ...treeViolations(bench, closed),
  ];
  memory.set(key, made);
  return made;
}

function unknownRelays(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  return [...closed]
    .filter((id) => !Object.hasOwn(bench.relays, id))
    .map((id) => rule("unknown-relay", `the bench has no relay ${id}`));
}

function exclusive(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  return bench.exclusive.flatMap(({ id, why, groups }) => {
    const busy = Object.values(groups).flatMap((relays) => relays.filter((relay) => closed.has(relay)).slice(0, 1));
    return busy.length > 1 ? [rule(`exclusive-${id}`, `${busy.join(" and ")} are both closed: ${why}`)] : [];
  });
}

/** Wires of a state: what is joined at rest and the poles of the closed relays. */
export function wires(layout: Layout, closed: ReadonlySet<string>): readonly Edge[] {
  return layout.edges.filter((edge) => (edge.kind === "relay" ? closed.has(edge.id) : isWire(edge)));
}

/** A live terminal of one source must not meet any terminal of another; returns may share a node. */
function joinedSources(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  const layout = layoutOf(bench);
  const joined = new Joined(wires(layout, closed));
  const found: Violation[] = [];
  for (const one of layout.sources) {
    for (const other of layout.sources) {
      if (one === other) continue;
      const met = one.hot.find((hot) =>
        [...other.hot, ...other.returns].some((node) => joined.same(hot, node) && !layout.atRest.same(hot, node)),
      );
      if (met !== undefined) found.push(rule("joined-sources", `${one.name} (${met}) meets ${other.name}`));
    }
  }
  return found;
}

/** The bench file says which contacts may ever see the source and which the meter. */
function outOfReach(bench: Bench, closed: ReadonlySet<string>): readonly Violation[] {
  const layout = layoutOf(bench);
  const joined = new Joined(wires(layout, closed));
  return layout.sources.flatMap(({ name, what, hot }) => {
    if (what !== "source" && what !== "meter") return [];
    const beyond = bench.contacts.filter((contact) => !bench.reach[what].includes(contact));
    const seen = beyond.find((contact) => hot.some((node) => joined.same(node, contact)));
    return seen === undefined ? [] : [rule("reach", `${name} would be joined to ${seen}, which it may never see`)];
  });
}

/** The first of the closed relays that is among some. */
function firstOf(closed: ReadonlySet<string>, among: ReadonlySet<string>): string | undefined {
  for (const id of closed) if (among.has(id)) return id;
  return undefined;
}

function tapsOpenUnderPower(bench: Bench, state: BenchState): readonly Violation[] {
  const { taps, power } = layoutOf(bench);
  const tap = firstOf(state.closed, taps);
  if (tap === undefined) return none;
  const found: Violation[] = [];
  if (state.source.on) found.push(rule("taps-under-power", `${tap} is closed while the source is on`));
  const contactor = firstOf(state.closed, power);
  if (contactor) found.push(rule("taps-under-power", `${tap} and ${contactor} are both closed`));
  return found;
}

/** Exactly one element sets the current of a loop. */
function regulation(bench: Bench, state: BenchState): readonly Violation[] {
  const { short } = layoutOf(bench);
  const mode = modeOf(bench, state);
  const shorted = anyClosed(short, state.closed);
  const found: Violation[] = [];
  const wrong = (why: string): void => {
    found.push(rule("one-regulator", why));
  };
  if (mode === "earth" && state.load.on) wrong("the load is on in the earth test, where the source sets the current");
  if (bench.topology === "short-loop") {
    if (state.load.on) wrong("the load is on, but the source sets the current of a short loop");
    if (mode === "loop" && state.source.on && !shorted) wrong("the source is on into a loop that is not closed");
    return found;
  }
  if (shorted) wrong("the loop is short-circuited, but this bench's load sets the current");
  if (mode !== "loop" || !state.source.on) return found;
  if (!state.load.on) wrong("the source is on while the load, which sets the current, is off");
  if (state.source.current_A < state.load.current_A * sourceAboveLoad) {
    const limit = `${state.source.current_A} A`;
    wrong(`source limit ${limit} must be 2 % above the load's ${state.load.current_A} A, or both regulate`);
  }
  return found;
}

/** Whether anything that a person could touch is live; then all interlocks must be healthy. */
export const isEnergised = (bench: Bench, state: BenchState): boolean =>
  state.source.on ||
  state.enable ||
  state.rails.on ||
  state.insulation.on ||
  state.insulation.charged ||
  anyClosed(layoutOf(bench).power, state.closed);

/** Nothing on, closed or charged, by what was read back: the bench may be left like this for as long as one likes. */
export const isAtRest = (bench: Bench, state: BenchState): boolean =>
  !isEnergised(bench, state) && !state.maybeCurrent && !state.load.on && !state.generator.on && state.closed.size === 0;

function interlocks(bench: Bench, state: BenchState): readonly Violation[] {
  return isEnergised(bench, state) ? openInterlocks(bench, state.lines) : [];
}

/** An interlock that is not healthy; `access` marks a lid, `watchdog` the watchdog relay: both count while live. */
export interface OpenInterlock extends Violation {
  readonly line: string;
  readonly access: boolean;
  readonly watchdog: boolean;
}

function areAllWell({ interlocks: all }: Layout, lines: Readonly<Record<string, boolean>>): boolean {
  for (const { id, well } of all) if (lines[id] !== well) return false;
  return true;
}

/** The usual answer, which is asked for several times a call. */
const noneOpen: readonly OpenInterlock[] = [];

export function openInterlocks(bench: Bench, lines: Readonly<Record<string, boolean>>): readonly OpenInterlock[] {
  if (areAllWell(layoutOf(bench), lines)) return noneOpen;
  return bench.interlocks.flatMap((id) => {
    const level = lines[id];
    const { access = false, watchdog = false } = bench.gpio.lines[id] ?? {};
    const line = { line: id, access, watchdog };
    if (level === undefined) return [{ ...rule("interlock-unknown", `${id} has not been read yet`), ...line }];
    const healthy = bench.gpio.lines[id]?.healthy === "high";
    return level === healthy ? [] : [{ ...rule("interlock-open", `${id} is ${level ? "high" : "low"}`), ...line }];
  });
}

/** Above 1 A: earth is proved (S9), and drops, shunt and thermocouples of the path are being watched. */
function highCurrent(bench: Bench, state: BenchState): readonly Violation[] {
  const driven = drivenCurrent(bench, state);
  if (driven <= noCurrent_A) return none;
  const found: Violation[] = [];
  if (!state.peProved) found.push(rule("earth-not-proved", `${driven} A before protective earth is proved at <= 1 A`));
  const watched = state.monitored.some((call) => call.kind === "daq" && call.op === "next");
  if (!watched) found.push(rule("not-monitored", `${driven} A outside a monitor of the running scan`));
  const missing = watchList(bench, state).filter((channel) => !state.scan.includes(channel.channel));
  if (missing.length > 0) {
    const names = missing.map((channel) => channel.name).join(", ");
    found.push(rule("not-monitored", `${driven} A while the scan lacks ${names}`));
  }
  return found;
}

const watchLists = new WeakMap<Bench, Partial<Record<"earth" | "power", readonly DaqChannel[]>>>();

/** What the watches need of a scan in the present mode. */
export function watchList(bench: Bench, state: BenchState): readonly DaqChannel[] {
  const mode = modeOf(bench, state) === "earth" ? "earth" : "power";
  const lists = watchLists.get(bench) ?? {};
  watchLists.set(bench, lists);
  lists[mode] ??= watchedIn(bench, mode);
  return lists[mode];
}

function watchedIn(bench: Bench, mode: "earth" | "power"): readonly DaqChannel[] {
  const { shunt, drops, thermocouples } = layoutOf(bench);
  const earth = mode === "earth";
  const carrying = earth ? ["PE"] : ["DC+", "DC-"];
  return [
    ...(shunt ? [shunt.channel] : []),
    ...drops.filter((drop) => carrying.includes(drop.pin)).map((drop) => drop.channel),
    ...thermocouples.filter((channel) => !earth || carrying.some((pin) => channel.at?.endsWith(`.${pin}`))),
  ];
}
