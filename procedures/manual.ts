/**
 * The manual panel as a plan: commands come one by one from a person and go the way of every other call, through admission,
 * journal, deadlines, trips and safe-off. It judges nothing (docs/decisions/0072-manual-panel.md).
 */
import type { Data } from "../rig/model/data.ts";
import { RigError } from "../rig/model/errors.ts";
import type { Plan } from "../rig/plan/commands.ts";
import type { Procedure } from "../rig/plan/procedure.ts";
import { ask, call, callOf, issue, note, now, role, step, wait } from "../rig/plan/words.ts";
import {
  callOfManual,
  type ManualBench,
  type ManualCommand,
  manualWords,
  parseManual,
} from "./routines/manualCommand.ts";
import { contactor, daq, gpio, load, rails, source } from "./routines/roles.ts";

/** Without a command for this long the panel ends and the bench is made safe, s. */
export const idle_s = 120;
/** Longest time that a panel is open, s of bench time, and most commands. */
const longest_s = 3600;
const commands_max = 2000;
/** Before the shunt is read with the source off, s (procedures/routines/power.ts). */
const decay_s = 0.3;

export const manualId = "manual";

type Closed = Map<string, readonly string[]>;

/** Needs every instrument that the panel may use. */
export const manualProcedure = (bench: ManualBench): Omit<Procedure, "limits"> => ({
  id: manualId,
  revision: 1,
  title: "Manual panel",
  families: ["A", "B", "C", "D", "E"],
  needs: bench.roles as Procedure["needs"],
  of: "bench",
  judges: false,
  body: () => panel(bench),
});

function* panel(bench: ManualBench): Plan<void> {
  yield* step("Manual panel", () => commands(bench), { deadline_s: longest_s + 60, takes_s: 600 });
}

function* commands(bench: ManualBench): Plan<void> {
  const closed: Closed = new Map();
  const from_s = yield* now();
  yield* note({
    kind: "manual",
    command: "begin",
    done: true,
    answer: yield* relaysNow(bench, closed),
    ...stateOf(closed),
  });
  for (let count = 1; count <= commands_max; count += 1) {
    const given = yield* ask({
      id: manualId,
      title: "Manual panel",
      text: manualWords,
      kind: "text",
      longest: 400,
      timeout_s: idle_s,
      otherwise: "end",
    });
    const text = String(given);
    const parsed = parseManual(bench, text);
    if ("wrong" in parsed) {
      yield* note({ kind: "manual", command: text, done: false, why: parsed.wrong, ...stateOf(closed) });
      continue;
    }
    if (parsed.ok.do === "end" || (yield* now()) - from_s > longest_s) return;
    yield* note({ kind: "manual", command: text, ...(yield* answered(bench, closed, parsed.ok)), ...stateOf(closed) });
  }
}

const stateOf = (closed: Closed): { readonly closed: Data } => ({ closed: Object.fromEntries(closed) });

type Answered = { readonly done: true; readonly answer: Data } | { readonly done: false; readonly why: string };

/** What a plan may handle is told to the person; what it may not ends the panel. */
function* answered(bench: ManualBench, closed: Closed, command: ManualCommand): Plan<Answered> {
  try {
    return { done: true, answer: yield* perform(bench, closed, command) };
  } catch (thrown) {
    if (!(thrown instanceof RigError)) throw thrown;
    return { done: false, why: thrown.message };
  }
}

function* perform(bench: ManualBench, closed: Closed, command: ManualCommand): Plan<Data> {
  if (command.do === "read") return yield* read(bench, closed, command.role);
  if (command.do === "channels") return yield* channels(bench, command.names);
  if (command.do === "off") return yield* allOff(bench, closed);
  const asked = callOfManual(bench, closed, command);
  if (!asked) return null;
  const reply = yield* issue(asked);
  if (asked.kind === "matrix") return keep(closed, asked.role, reply);
  return asked.kind === "milliohm" ? reply : yield* read(bench, closed, asked.role);
}

/** As the instrument says it, not as it was set. */
function* read(bench: ManualBench, closed: Closed, name: string): Plan<Data> {
  switch (bench.roles[name]) {
    case "matrix":
      return keep(closed, name, yield* issue(callOf(role(name, "matrix"), "readBack", {})));
    case "source":
      return yield* issue(callOf(source, "measure", {}));
    case "load":
      return yield* issue(callOf(load, "measure", {}));
    case "rails":
      return yield* issue(callOf(rails, "measure", {}));
    default:
      return yield* issue(callOf(gpio, "read", {}));
  }
}

function* channels(bench: ManualBench, names: readonly string[]): Plan<Data> {
  const replies = yield* call(daq, "once", { channels: names.map((name) => bench.channels[name] ?? 0) });
  const named = names.map((name) => [name, replies[String(bench.channels[name])] ?? null] as const);
  return Object.fromEntries(named) as unknown as Data;
}

function* relaysNow(bench: ManualBench, closed: Closed): Plan<Data> {
  for (const [name, kind] of Object.entries(bench.roles)) if (kind === "matrix") yield* read(bench, closed, name);
  return null;
}

/** Energy first, then the shunt, then contactors and relays, each with its read-back. */
function* allOff(bench: ManualBench, closed: Closed): Plan<Data> {
  const all = (name: string): boolean => Object.hasOwn(bench.roles, name);
  if (all(gpio.name)) yield* call(gpio, "enable", { on: false });
  if (all(source.name)) yield* call(source, "output", { on: false });
  if (all(load.name)) yield* call(load, "input", { on: false });
  if (all(rails.name)) yield* call(rails, "output", { on: false });
  if (all(daq.name) && Object.hasOwn(bench.channels, "SH")) {
    yield* wait(decay_s);
    yield* channels(bench, ["SH"]);
  }
  const matrices = Object.keys(bench.roles).filter((name) => bench.roles[name] === "matrix");
  // Contactors before the signal relays; of these first what carries a supply of the fixture.
  for (const name of matrices.sort((a, b) => Number(b === contactor.name) - Number(a === contactor.name))) {
    const now = closed.get(name) ?? [];
    const dry = now.filter((relay) => !bench.supplied.includes(relay));
    if (dry.length < now.length) yield* pattern(closed, name, dry);
    if (dry.length > 0) yield* pattern(closed, name, []);
  }
  return { closed: [...closed.values()].flat() };
}

function* pattern(closed: Closed, name: string, wanted: readonly string[]): Plan<void> {
  keep(closed, name, yield* issue(callOf(role(name, "matrix"), "pattern", { closed: wanted })));
}

function keep(closed: Closed, name: string, reply: Data): Data {
  const said = (reply as { readonly closed?: Data } | null)?.closed;
  closed.set(name, Array.isArray(said) ? said.map(String) : []);
  return reply;
}
