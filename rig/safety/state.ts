/** What the bench is believed to be: from read-back where there is one, and the worse of two where a call failed. */
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import type { Reading } from "../model/reading.ts";
import type { Call } from "../plan/commands.ts";
import { notTested, type Tested, testedAfter, testedBetween } from "./insulation.ts";
import { anyClosed, layoutOf } from "./layout.ts";

export interface BenchState {
  /** Relays of all boards that are, or may be, closed. */
  readonly closed: ReadonlySet<string>;
  readonly source: { readonly voltage_V: number; readonly current_A: number; readonly on: boolean };
  readonly load: { readonly current_A: number; readonly on: boolean };
  readonly generator: { readonly on: boolean };
  readonly rails: { readonly plus_V: number; readonly minus_V: number; readonly on: boolean };
  readonly enable: boolean;
  /** Levels of the lines as last seen. */
  readonly lines: Readonly<Record<string, boolean>>;
  /** Channels of the running scan; empty when none runs. */
  readonly scan: readonly number[];
  /** Calls that a monitor repeats. */
  readonly monitored: readonly Call[];
  /** Latest current at the shunt, A. */
  readonly shunt_A: number | undefined;
  /** More than 1 A was possible and no reading with the source off has shown less since. */
  readonly maybeCurrent: boolean;
  readonly peProved: boolean;
  readonly insulation: Tested;
}

export const atRest: BenchState = {
  closed: new Set(),
  source: { voltage_V: 0, current_A: 0, on: false },
  load: { current_A: 0, on: false },
  generator: { on: false },
  rails: { plus_V: 0, minus_V: 0, on: false },
  enable: false,
  lines: {},
  scan: [],
  monitored: [],
  shunt_A: undefined,
  maybeCurrent: false,
  peProved: false,
  insulation: notTested,
};

/** Below this the power domain counts as without current, A. */
export const noCurrent_A = 1;

/** The state after a call was done as asked; a reply, where it says what is, wins over what was asked. */
export function after(bench: Bench, state: BenchState, call: Call, reply?: Data): BenchState {
  const next = changed(bench, state, call, reply);
  const measured = call.kind === "daq" ? shuntOf(bench, call, reply) : undefined;
  const driven = drivenCurrent(bench, next) > noCurrent_A;
  const gone = measured !== undefined && !next.source.on && Math.abs(measured.A) + 2 * measured.u_A < noCurrent_A;
  const shunt_A = measured?.A ?? next.shunt_A;
  const maybeCurrent = driven || (next.maybeCurrent && !gone);
  if (shunt_A === next.shunt_A && maybeCurrent === next.maybeCurrent) return next;
  return revised(next, { maybeCurrent }, shunt_A);
}

/**
 * The state with some fields changed. Field by field: each call makes several of these, and a spread with what replaces
 * its fields takes several times as long.
 */
export const revised = (
  state: BenchState,
  change: Partial<Omit<BenchState, "shunt_A">>,
  shunt_A = state.shunt_A,
): BenchState => ({
  closed: change.closed ?? state.closed,
  source: change.source ?? state.source,
  load: change.load ?? state.load,
  generator: change.generator ?? state.generator,
  rails: change.rails ?? state.rails,
  enable: change.enable ?? state.enable,
  lines: change.lines ?? state.lines,
  scan: change.scan ?? state.scan,
  monitored: change.monitored ?? state.monitored,
  shunt_A,
  maybeCurrent: change.maybeCurrent ?? state.maybeCurrent,
  peProved: change.peProved ?? state.peProved,
  insulation: change.insulation ?? state.insulation,
});

/**
 * The state after a call that may or may not have acted. `most`: whichever gives more energy, and every relay of both;
 * what is forbidden is judged by it. `least`: the opposite; how far a current may still jump is judged by it.
 */
export function afterFailure(
  bench: Bench,
  state: BenchState,
  call: Call,
  bound: "most" | "least" = "most",
): BenchState {
  if (call.kind === "daq") return { ...state, scan: [] };
  const acted = after(bench, state, call);
  const number = bound === "most" ? Math.max : Math.min;
  const on = (a: boolean, b: boolean): boolean => (bound === "most" ? a || b : a && b);
  const closed = [...state.closed, ...acted.closed];
  return {
    ...acted,
    closed: new Set(bound === "most" ? closed : closed.filter((id) => state.closed.has(id) && acted.closed.has(id))),
    source: {
      voltage_V: number(state.source.voltage_V, acted.source.voltage_V),
      current_A: number(state.source.current_A, acted.source.current_A),
      on: on(state.source.on, acted.source.on),
    },
    load: { current_A: number(state.load.current_A, acted.load.current_A), on: on(state.load.on, acted.load.on) },
    generator: { on: on(state.generator.on, acted.generator.on) },
    rails: {
      plus_V: number(state.rails.plus_V, acted.rails.plus_V),
      minus_V: number(state.rails.minus_V, acted.rails.minus_V),
      on: on(state.rails.on, acted.rails.on),
    },
    enable: on(state.enable, acted.enable),
    insulation: testedBetween(state.insulation, acted.insulation, bound),
    maybeCurrent: state.maybeCurrent || acted.maybeCurrent,
  };
}

const sourceAt = ({ voltage_V, current_A }: Omit<BenchState["source"], "on">, on: boolean): BenchState["source"] => ({
  voltage_V,
  current_A,
  on,
});

const loadAt = ({ current_A }: Omit<BenchState["load"], "on">, on: boolean): BenchState["load"] => ({ current_A, on });

const railsAt = ({ plus_V, minus_V }: Omit<BenchState["rails"], "on">, on: boolean): BenchState["rails"] => ({
  plus_V,
  minus_V,
  on,
});

/** The state itself where the call changes nothing of it. */
function changed(bench: Bench, state: BenchState, call: Call, reply: Data | undefined): BenchState {
  switch (call.kind) {
    case "matrix": {
      const said = closedIn(reply) ?? (call.op === "readBack" ? undefined : call.args.closed);
      return said ? revised(state, { closed: withRole(bench, state.closed, call.role, said) }) : state;
    }
    case "source":
      if (call.op === "set") return revised(state, { source: sourceAt(call.args, state.source.on) });
      return call.op === "output" ? revised(state, { source: sourceAt(state.source, call.args.on) }) : state;
    case "load":
      if (call.op === "set") return revised(state, { load: loadAt(call.args, state.load.on) });
      return call.op === "input" ? revised(state, { load: loadAt(state.load, call.args.on) }) : state;
    case "generator":
      return call.op === "output" ? revised(state, { generator: { on: call.args.on } }) : state;
    case "rails":
      if (call.op === "set") return revised(state, { rails: railsAt(call.args, state.rails.on) });
      return call.op === "output" ? revised(state, { rails: railsAt(state.rails, call.args.on) }) : state;
    case "insulation":
      return revised(state, { insulation: testedAfter(bench, state.insulation, call, reply) });
    case "gpio":
      if (call.op === "enable") return revised(state, { enable: call.args.on });
      if (call.op === "watchEvents") return state;
      return revised(state, { lines: { ...state.lines, ...linesIn(reply) } });
    case "daq":
      if (call.op === "scan") return revised(state, { scan: [...call.args.channels] });
      return call.op === "once" && state.scan.length > 0 ? revised(state, { scan: [] }) : state;
    default:
      return state;
  }
}

interface Pattern {
  readonly bench: Bench;
  readonly closed: ReadonlySet<string>;
  readonly role: string;
  readonly now: readonly string[];
  readonly next: ReadonlySet<string>;
}

/** The last patterns: the same one is asked about before the call, at its departure, and twice after it. */
const patterns: Pattern[] = [];
const patterns_max = 4;

function withRole(
  bench: Bench,
  closed: ReadonlySet<string>,
  role: string,
  now: readonly string[],
): ReadonlySet<string> {
  // By what the list holds, not by which list it is: a driver may fill the same one again.
  const isIt = (one: Pattern): boolean =>
    one.closed === closed && one.role === role && one.bench === bench && areEqual(one.now, now);
  const known = patterns.find(isIt);
  if (known) return known.next;
  const next = merged(bench, closed, role, now);
  if (patterns.length >= patterns_max) patterns.shift();
  patterns.push({ bench, closed, role, now: [...now], next });
  return next;
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n += 1) if (a[n] !== b[n]) return false;
  return true;
}

function merged(bench: Bench, closed: ReadonlySet<string>, role: string, now: readonly string[]): Set<string> {
  const next = new Set<string>();
  for (const id of closed) if (bench.relays[id]?.role !== role) next.add(id);
  for (const id of now) next.add(id);
  return next;
}

function closedIn(reply: Data | undefined): readonly string[] | undefined {
  const closed = (reply as { readonly closed?: unknown } | null | undefined)?.closed;
  if (!Array.isArray(closed)) return undefined;
  return closed.every((id) => typeof id === "string") ? closed : closed.map(String);
}

function linesIn(reply: Data | undefined): Record<string, boolean> {
  if (typeof reply !== "object" || reply === null || Array.isArray(reply)) return {};
  return Object.fromEntries(
    Object.entries(reply).filter((pair): pair is [string, boolean] => typeof pair[1] === "boolean"),
  );
}

/** Readings of a scan or one-off reading, by channel number as text. */
export function readingsOf(call: Call, reply: Data | undefined): Readonly<Record<string, Reading>> | undefined {
  if (call.kind !== "daq" || call.op === "scan" || typeof reply !== "object" || reply === null) return undefined;
  return reply as unknown as Readonly<Record<string, Reading>>;
}

/** Current by the shunt and its standard uncertainty; undefined when the reply has no usable reading of it. */
function shuntOf(
  bench: Bench,
  call: Call,
  reply: Data | undefined,
): { readonly A: number; readonly u_A: number } | undefined {
  const { shunt } = layoutOf(bench);
  if (!shunt) return undefined;
  const found = readingsOf(call, reply)?.[shunt.channel.channel];
  return found?.is === "value" ? { A: found.value / shunt.ohm, u_A: found.u / shunt.ohm } : undefined;
}

/** Which way power can go at present. */
export function modeOf(bench: Bench, state: BenchState): "none" | "loop" | "earth" {
  const { loop, earth } = layoutOf(bench);
  if (anyClosed(earth, state.closed)) return "earth";
  return anyClosed(loop, state.closed) ? "loop" : "none";
}

/** Current that source and load together will drive through the adapter as they are set, A. */
export function drivenCurrent(bench: Bench, state: BenchState): number {
  if (!state.source.on) return 0;
  const mode = modeOf(bench, state);
  if (mode === "none") return 0;
  if (mode === "earth" || bench.topology === "short-loop") return state.source.current_A;
  const { short } = layoutOf(bench);
  if (anyClosed(short, state.closed)) return state.source.current_A;
  return state.load.on ? Math.min(state.load.current_A, state.source.current_A) : 0;
}
