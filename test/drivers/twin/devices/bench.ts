/** The part of RB-1 that devices read: instruments, ports, channels, lines. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { DeviceContext, DeviceFactory, DeviceTwin } from "../../../../drivers/twin/devices/device.ts";
import type { Bench, DaqChannel, GpioLine, InstrumentEntry, PortAddress } from "../../../../rig/model/bench.ts";
import { type FakeWorld, fakeWorld } from "./fakeWorld.ts";

interface PortText {
  serial?: string;
  baud?: number;
  tcp?: string;
  port?: number;
}

let read: Bench | undefined;

export function bench(): Bench {
  read ??= readBench();
  return read;
}

function readBench(): Bench {
  const file = parse(readFileSync("benches/rb-1.yaml", "utf8")) as {
    bench: string;
    ports: Record<string, PortText>;
    instruments: Record<string, Omit<InstrumentEntry, "role">>;
    channels: Record<string, Omit<DaqChannel, "name">>;
    gpio: { chip: string; lines: Record<string, Omit<GpioLine, "id">> };
  };
  const named = <T, K extends string>(record: Record<string, T>, key: K) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, { ...value, [key]: name }]));
  const ports = Object.entries(file.ports).map(([name, text]): [string, PortAddress] => [
    name,
    text.serial === undefined
      ? { kind: "tcp", host: text.tcp ?? "", port: text.port ?? 0 }
      : { kind: "serial", path: text.serial, baud: text.baud ?? 9600 },
  ]);
  return {
    id: file.bench,
    ports: Object.fromEntries(ports),
    instruments: named(file.instruments, "role"),
    channels: named(file.channels, "name"),
    gpio: { chip: file.gpio.chip, lines: named(file.gpio.lines, "id") },
  } as unknown as Bench;
}

/** A device of the bench on its own: what it is sent, what it has answered. */
export interface Alone {
  readonly device: DeviceTwin;
  readonly world: FakeWorld;
  /** Sends text or bytes, gives all bytes answered since the last call. */
  say(what: string | Uint8Array): Uint8Array;
  /** As `say`, as text. */
  ask(what: string): string;
  /** Runs what waits for wall time. */
  wait(): void;
}

export function alone(factory: DeviceFactory, roles: readonly string[], unit = 0, world = fakeWorld()): Alone {
  const whole = bench();
  let answered: Uint8Array[] = [];
  let waiting: (() => void)[] = [];
  const answering = roles.map((role) => {
    const entry = whole.instruments[role];
    if (entry === undefined) throw new Error(`no role ${role}`);
    return { entry, unit, identity: () => entry.identity };
  });
  const [first, ...others] = answering;
  if (first === undefined) throw new Error("no role");
  const context: DeviceContext = {
    world,
    bench: whole,
    answering: [first, ...others],
    reply: (bytes) => void answered.push(bytes),
    after: (_delay, event) => {
      waiting.push(event);
      return () => {
        waiting = waiting.filter((other) => other !== event);
      };
    },
  };
  const device = factory(context);
  const take = (): Uint8Array => {
    const all = Buffer.concat(answered);
    answered = [];
    return all;
  };
  return {
    device,
    world,
    say: (what) => {
      device.receive(typeof what === "string" ? Buffer.from(what, "latin1") : what);
      return take();
    },
    ask: (what) => {
      device.receive(Buffer.from(`${what}\n`, "latin1"));
      return Buffer.from(take()).toString("latin1");
    },
    wait: () => {
      for (const event of waiting.splice(0)) event();
    },
  };
}

export const hex = (text: string): Uint8Array => Buffer.from(text.replace(/\s/g, ""), "hex");
export const toHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("hex")
    .toUpperCase()
    .replace(/(..)(?=.)/g, "$1 ");
