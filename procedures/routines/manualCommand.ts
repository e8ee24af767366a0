/**
 * Commands of the manual panel as text: the same at a terminal, on a page and in the record. A closed set; each leads to at
 * most one call that switches or energises, so that admission answers for the command as a whole.
 */
import type { Bench } from "../../rig/model/bench.ts";
import { highVoltageTree } from "../../rig/model/highVoltage.ts";
import type { Call } from "../../rig/plan/commands.ts";
import { callOf, role } from "../../rig/plan/words.ts";
import { type Range, ranges } from "./fourWire.ts";
import { gpio, load, milliohm, rails, source } from "./roles.ts";

/** What the panel knows of a bench. Nothing of nest N2 is in it: high voltage is never driven by hand. */
export interface ManualBench {
  /** Kind by role. */
  readonly roles: Readonly<Record<string, string>>;
  /** Role by relay. */
  readonly relays: Readonly<Record<string, string>>;
  /** Relays that may change with their supply on: opened before the dry ones. */
  readonly supplied: readonly string[];
  /** Number by name of a DAQ channel. */
  readonly channels: Readonly<Record<string, number>>;
  readonly limits: ManualLimits;
}

export interface ManualLimits {
  readonly source_V: number;
  /** Of source and load: above 1 A a monitor and a proof of earth are needed, which no panel has. */
  readonly current_A: number;
  readonly rails_V: number;
}

/** Above this admission asks for monitor and proof of earth, A (rig/safety/state.ts). */
const unwatched_A = 1;
/** The generator has no command: it is opened for safe-off, which switches it off. */
const kinds = ["matrix", "milliohm", "daq", "load", "source", "rails", "gpio", "generator"];

export function manualBenchOf(bench: Bench): ManualBench {
  const tree = highVoltageTree(bench)?.relays ?? new Set<string>();
  const relays = Object.values(bench.relays).filter(({ id }) => !tree.has(id));
  const driving = new Set(relays.map((relay) => relay.role));
  const entries = Object.values(bench.instruments).filter(
    (entry) => kinds.includes(entry.kind) && (entry.kind !== "matrix" || driving.has(entry.role)),
  );
  return {
    roles: Object.fromEntries(entries.map((entry) => [entry.role, entry.kind])),
    relays: Object.fromEntries(relays.map((relay) => [relay.id, relay.role])),
    supplied: relays.filter((relay) => (bench.relayClasses[relay.class]?.hotSwitch_A ?? 0) > 0).map(({ id }) => id),
    channels: Object.fromEntries(Object.values(bench.channels).map(({ name, channel }) => [name, channel])),
    limits: {
      source_V: bench.envelope.power_voltage_V,
      current_A: Math.min(unwatched_A, bench.envelope.power_current_A),
      rails_V: entries.find(({ kind }) => kind === "rails")?.max.voltage_V ?? 0,
    },
  };
}

export type ManualCommand =
  | { readonly do: "read"; readonly role: string }
  | { readonly do: "channels"; readonly names: readonly string[] }
  | { readonly do: "close" | "open"; readonly relay: string }
  | { readonly do: "ohm"; readonly range: Range }
  | { readonly do: "source"; readonly voltage_V: number; readonly current_A: number }
  | { readonly do: "load"; readonly current_A: number }
  | { readonly do: "rails"; readonly plus_V: number; readonly minus_V: number }
  | { readonly do: "switch"; readonly what: "source" | "load" | "rails" | "enable"; readonly on: boolean }
  | { readonly do: "off" }
  | { readonly do: "end" };

type Parsed = { readonly ok: ManualCommand } | { readonly wrong: string };

export const manualWords =
  "read ROLE or CHANNEL..., close RELAY, open RELAY, ohm power|signal|resistor, source V A, load A, rails V V, " +
  "source|load|rails|enable on|off, off, end";

export function parseManual(bench: ManualBench, text: string): Parsed {
  const [verb = "", ...rest] = text.trim().split(/ +/);
  const [first = "", second = ""] = rest;
  if (rest.length === 0 && (verb === "off" || verb === "end")) return { ok: { do: verb } };
  if (verb === "read" && rest.length > 0) return reading(bench, rest);
  if ((verb === "close" || verb === "open") && rest.length === 1) {
    return Object.hasOwn(bench.relays, first)
      ? { ok: { do: verb, relay: first } }
      : { wrong: `there is no relay ${first} that may be switched by hand` };
  }
  if (verb === "ohm" && rest.length === 1 && Object.hasOwn(ranges, first)) {
    return has(bench, milliohm.name, { do: "ohm", range: first as Range });
  }
  const gear = verb === "source" || verb === "load" || verb === "rails" || verb === "enable" ? verb : undefined;
  if (gear && rest.length === 1 && (first === "on" || first === "off")) {
    return has(bench, gear === "enable" ? gpio.name : gear, { do: "switch", what: gear, on: first === "on" });
  }
  const { source_V, current_A, rails_V } = bench.limits;
  if (verb === "source" && rest.length === 2) {
    const [V, A] = [within(first, source_V), within(second, current_A)];
    if (V === undefined || A === undefined) return { wrong: `by hand: source 0 to ${source_V} V, 0 to ${current_A} A` };
    return has(bench, source.name, { do: "source", voltage_V: V, current_A: A });
  }
  if (verb === "load" && rest.length === 1) {
    const A = within(first, current_A);
    if (A === undefined) return { wrong: `by hand: load 0 to ${current_A} A` };
    return has(bench, load.name, { do: "load", current_A: A });
  }
  if (verb === "rails" && rest.length === 2) {
    const [plus, minus] = [within(first, rails_V), within(second, rails_V)];
    if (plus === undefined || minus === undefined) return { wrong: `by hand: rails 0 to ${rails_V} V each` };
    return has(bench, rails.name, { do: "rails", plus_V: plus, minus_V: minus });
  }
  return { wrong: `this is no command: ${manualWords}` };
}

function reading(bench: ManualBench, names: readonly string[]): Parsed {
  const [name = ""] = names;
  const kind = Object.hasOwn(bench.roles, name) ? bench.roles[name] : undefined;
  if (names.length === 1 && kind === "daq") return { ok: { do: "channels", names: Object.keys(bench.channels) } };
  if (names.length === 1 && kind === "milliohm")
    return { wrong: `${name} drives a current: ohm power|signal|resistor` };
  if (names.length === 1 && kind === "generator") return { wrong: `${name} says nothing that could be read` };
  if (names.length === 1 && kind !== undefined) return { ok: { do: "read", role: name } };
  const wrong = names.find((one) => !Object.hasOwn(bench.channels, one));
  if (wrong !== undefined) return { wrong: `there is no instrument or channel ${wrong}` };
  return { ok: { do: "channels", names: [...new Set(names)] } };
}

const has = (bench: ManualBench, name: string, command: ManualCommand): Parsed =>
  Object.hasOwn(bench.roles, name) ? { ok: command } : { wrong: `this bench has no ${name}` };

/** A plain decimal number from 0 to `most`. */
function within(text: string, most: number): number | undefined {
  const value = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : undefined;
}

/** The call that must be admitted; undefined for a command that only reads or lowers. `closed`: by role, as read back. */
export function callOfManual(
  bench: ManualBench,
  closed: ReadonlyMap<string, readonly string[]>,
  command: ManualCommand,
): Call | undefined {
  switch (command.do) {
    case "close":
    case "open": {
      const drives = bench.relays[command.relay] ?? "";
      const others = (closed.get(drives) ?? []).filter((id) => id !== command.relay);
      const next = command.do === "close" ? [...others, command.relay].sort() : others;
      return callOf(role(drives, "matrix"), "pattern", { closed: next });
    }
    case "ohm":
      return callOf(milliohm, "read", ranges[command.range]);
    case "source":
      return callOf(source, "set", { voltage_V: command.voltage_V, current_A: command.current_A });
    case "load":
      return callOf(load, "set", { current_A: command.current_A });
    case "rails":
      return callOf(rails, "set", { plus_V: command.plus_V, minus_V: command.minus_V });
    case "switch":
      return switchCall(command.what, command.on);
    default:
      return undefined;
  }
}

function switchCall(what: "source" | "load" | "rails" | "enable", on: boolean): Call {
  if (what === "source") return callOf(source, "output", { on });
  if (what === "load") return callOf(load, "input", { on });
  return what === "rails" ? callOf(rails, "output", { on }) : callOf(gpio, "enable", { on });
}
