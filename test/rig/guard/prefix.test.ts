/**
 * S5: the controller killed at every byte of an outgoing frame. A device twin that forgets nothing between clients gets
 * each prefix of a frame, then the driver's own safe recipe from the guard: it must end off, and never with a set-point
 * that nobody sent whole.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { DriverFactory } from "../../../drivers/driver.ts";
import { itechFrame, u32 } from "../../../drivers/itech/frame.ts";
import { it8500 } from "../../../drivers/itech/it8500.ts";
import { writeCoilsRequest } from "../../../drivers/modbus.ts";
import { memoryLine } from "../../../drivers/port/memory.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import { rigolDp832 } from "../../../drivers/rigol/dp832.ts";
import { tdkGenesys } from "../../../drivers/tdk/genesys.ts";
import { Line } from "../../../drivers/twin/devices/line.ts";
import { deviceFactory } from "../../../drivers/twin/devices/registry.ts";
import { modbusRelay } from "../../../drivers/waveshare/modbusRelay.ts";
import { parseRecipes, type Recipe } from "../../../rig/guard/messages.ts";
import { runRecipes } from "../../../rig/guard/safeRun.ts";
import type { Kind, SafeRecipe } from "../../../rig/kinds/kinds.ts";
import { manualClock, rb1 } from "../../drivers/opening.ts";
import { type FakeWorld, fakeWorld } from "../../drivers/twin/devices/fakeWorld.ts";

/** A port of the bench with its device; nothing is forgotten when a client goes. */
function wired(port: string, role: string, world: FakeWorld) {
  const { connector, peer } = memoryLine(port);
  const entries = Object.values(rb1.instruments).filter(({ ports }) => ports.includes(port));
  const line = new Line({
    wire: { send: (bytes) => peer.write(bytes) },
    character_ms: 0,
    silence_ms: 4,
    wall_ms: () => performance.now(),
    after: (delay, event) => {
      const timer = setTimeout(event, delay);
      return () => clearTimeout(timer);
    },
    saw: () => undefined,
  });
  const answering = entries.map((entry) => ({
    entry,
    unit: entry.ports.indexOf(port),
    identity: () => entry.identity,
  }));
  const [first, ...others] = answering;
  if (first === undefined) throw new Error(`nobody answers on ${port}`);
  const model = rb1.instruments[role]?.model ?? "";
  line.attach(
    deviceFactory(
      model,
      port,
    )({
      world,
      bench: rb1,
      answering: [first, ...others],
      reply: (bytes) => line.fromDevice(bytes),
      after: (delay, event) => {
        const timer = setTimeout(event, delay);
        return () => clearTimeout(timer);
      },
    }),
  );
  peer.onData((bytes) => line.fromClient(bytes));
  const open = () =>
    connectPort(
      connector,
      port,
      {},
      { signal: new AbortController().signal, deadline_wall_ms: performance.now() + 500 },
    );
  return { line, open };
}

interface Target {
  readonly role: string;
  readonly port: string;
  readonly factory: DriverFactory;
  readonly frames: Readonly<Record<string, Uint8Array>>;
  readonly energise: (world: FakeWorld) => void;
  /** What the controller had sent before: a load obeys only under remote control. */
  readonly before?: Uint8Array;
  /** What is set and on, in words. */
  readonly state: (world: FakeWorld) => string;
  /** The end state, and those that a whole frame may have made of it. */
  readonly safe: readonly string[];
}

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1");
const on = (count: number): boolean[] => Array.from({ length: count }, (_, at) => at % 2 === 0);

const targets: readonly Target[] = [
  {
    role: "source",
    port: "source",
    factory: tdkGenesys as DriverFactory,
    frames: {
      "CURR 25.000": ascii("CURR 25.000\n"),
      "VOLT 4.000": ascii("VOLT 4.000\n"),
      "OUTP ON": ascii("OUTP ON\n"),
      "MEAS:CURR?": ascii("MEAS:CURR?\n"),
    },
    energise: (world) => {
      world.source.set({ voltage_V: 3, current_A: 1 });
      world.source.output(true);
    },
    state: ({ source }) => `${source.state().voltage_V} V ${source.state().current_A} A ${source.state().on}`,
    safe: ["3 V 1 A false", "3 V 25 A false", "4 V 1 A false"],
  },
  {
    role: "load",
    port: "load1",
    factory: it8500 as DriverFactory,
    before: itechFrame(0, 0x20, [1]),
    frames: {
      "33.3333 A": itechFrame(0, 0x2a, u32(333_333)),
      // Low byte 61: half of this frame and the head of the recipe's make a frame whose sum is right.
      "33.3409 A": itechFrame(0, 0x2a, u32(333_409 - (333_409 % 256) + 0x61)),
      "input on": itechFrame(0, 0x21, [1]),
    },
    energise: (world) => {
      world.load.set(0, 10);
      world.load.input(0, true);
    },
    state: ({ load }) => `${load.state(0).current_A.toFixed(4)} A ${load.state(0).on}`,
    safe: ["10.0000 A false", "33.3333 A false", `${((333_409 - (333_409 % 256) + 0x61) / 1e4).toFixed(4)} A false`],
  },
  {
    role: "contactor",
    port: "relays",
    factory: modbusRelay as DriverFactory,
    frames: { "board 5": writeCoilsRequest(5, on(8)) },
    energise: (world) => world.relays.setCoils("contactor", 5, on(8)),
    state: ({ relays }) => relays.coils("contactor", 5).filter(Boolean).length.toString(),
    safe: ["0"],
  },
  {
    role: "matrix",
    port: "relays",
    factory: modbusRelay as DriverFactory,
    frames: { "board 1": writeCoilsRequest(1, on(32)) },
    energise: (world) => world.relays.setCoils("matrix", 1, on(32)),
    state: ({ relays }) => relays.coils("matrix", 1).filter(Boolean).length.toString(),
    safe: ["0"],
  },
  {
    role: "rails",
    port: "rails",
    factory: rigolDp832 as DriverFactory,
    frames: { "OUTP CH1,ON": ascii(":OUTP CH1,ON\n") },
    energise: (world) => {
      world.pilot.rails(12, 12);
      world.pilot.railsOutput(true);
    },
    state: ({ pilot }) => String(pilot.state().railsOn),
    safe: ["false"],
  },
];

/** The driver's own recipe for one port, from a session with the twin. */
async function recipesOf({ role, port, factory }: Target): Promise<readonly Recipe[]> {
  const world = fakeWorld();
  const entry = rb1.instruments[role];
  if (entry === undefined) throw new Error(`no role ${role}`);
  const instrument = await factory.open({
    entry,
    bench: rb1,
    port: (name) => wired(name, role, world).open(),
    clock: manualClock(),
    signal: new AbortController().signal,
  });
  const mine = (recipe: SafeRecipe): boolean => JSON.stringify(recipe.port) === JSON.stringify(rb1.ports[port]);
  await (instrument as { close(): Promise<void>; kind: Kind }).close();
  return parseRecipes(instrument.safe.filter(mine));
}

describe.each(targets)("S5: the guard's recipe of $role on $port", (target) => {
  let recipes: readonly Recipe[] = [];
  beforeAll(async () => {
    recipes = await recipesOf(target);
  });

  it.each(Object.entries(target.frames))("ends safe behind every prefix of %s", async (_, frame) => {
    const prefixes = Array.from({ length: frame.length + 1 }, (_unused, at) => frame.subarray(0, at));
    const ends = await Promise.all(
      prefixes.map(async (prefix) => {
        const world = fakeWorld();
        target.energise(world);
        const { line, open } = wired(target.port, target.role, world);
        if (target.before !== undefined) line.fromClient(target.before);
        line.fromClient(prefix);
        const notes: string[] = [];
        await runRecipes(recipes, { open, note: (event) => notes.push(event), open_ms: 500 });
        // Only a complete frame may have acted; the recipe must have seen its own effect confirmed.
        return { at: prefix.length, state: target.state(world), confirmed: notes.includes("confirmed") };
      }),
    );
    for (const end of ends) {
      expect(target.safe, `after ${end.at} bytes`).toContain(end.state);
      expect(end.confirmed, `after ${end.at} bytes`).toBe(true);
    }
    expect(ends[0]?.state).toBe(target.safe[0]);
  });

  it("ends safe when the instrument had left remote control", async () => {
    const world = fakeWorld();
    target.energise(world);
    const { open } = wired(target.port, target.role, world);
    await runRecipes(recipes, { open, note: () => undefined, open_ms: 500 });
    expect(target.state(world)).toBe(target.safe[0]);
  });
});
