/**
 * The twin as a process' heart: each port of a bench answered by simulated devices over one world, digital lines and
 * control on unix sockets, and bench time. Nothing here knows a procedure, a step or a limit.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Bench, PortAddress } from "../../rig/model/bench.ts";
import type { Data } from "../../rig/model/data.ts";
import { RigError } from "../../rig/model/errors.ts";
import { startControlSocket } from "./control.ts";
import type { Answering, DeviceContext } from "./devices/device.ts";
import { Line, type Misbehaviour } from "./devices/line.ts";
import { serialTwinPort, type TwinPort, tcpTwinPort } from "./devices/ports.ts";
import { deviceFactory } from "./devices/registry.ts";
import { startGpioSocket } from "./gpioSocket.ts";
import type { World } from "./models.ts";
import { type TwinEvent, TwinLog } from "./twinLog.ts";
import { checkSocketPath } from "./unixSocket.ts";
import { loadAdapterUnderTest } from "./world/adapterUnderTest.ts";
import type { WorldLog } from "./world/log.ts";
import type { TwinWorld } from "./world/world.ts";

export interface TwinOptions {
  readonly bench: Bench;
  /** Its own log, where it has one, is read by the control socket too. */
  readonly world: World & { readonly log?: WorldLog } & Partial<Pick<TwinWorld, "exchange" | "adapterName">>;
  /** Folder of the links, the sockets and ports.json; made where it is missing. */
  readonly dir: string;
  /** Bench seconds a wall second; `max`: bench time moves by the control socket alone, and bytes take no time. */
  readonly speed: number | "max";
  /** Path of the control socket. Default: `<dir>/control.sock`. */
  readonly control?: string;
  /** Gets every event as it happens, for instance to write it to a file. */
  readonly log?: (event: TwinEvent) => void;
  /** Identity replies by role that differ from the bench file: an injected deviation. */
  readonly identities?: Readonly<Record<string, string>>;
}

/** What ports.json holds and the command line prints. */
export interface TwinPorts {
  readonly simulated: true;
  readonly bench: string;
  readonly speed: number | "max";
  readonly control: string;
  readonly gpio: string;
  readonly ports: Readonly<Record<string, Readonly<Record<string, Data>>>>;
}

export interface TwinHandle {
  readonly ports: TwinPorts;
  /** Path of ports.json. */
  readonly file: string;
  /** Settles when the twin has closed, by `close` or by the control socket. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

const TICK_ms = 5;
/** At speed max bytes and lines take the time that computing takes: whoever waits for lines is asked for patience. */
export const UNPACED_patience = 10;
const OTHER_IDENTITY = "ACME,OTHER-1";

interface Plugged {
  readonly port: TwinPort;
  readonly line: Line;
}

export async function startTwin(options: TwinOptions): Promise<TwinHandle> {
  checkSpeed(options.speed);
  const dir = resolve(options.dir);
  const control = options.control ?? join(dir, "control.sock");
  const gpio = join(dir, "gpio.sock");
  checkSocketPath(control);
  checkSocketPath(gpio);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const twin = new Twin(options);
  try {
    return await twin.start(dir, control, gpio);
  } catch (error) {
    await twin.close();
    throw error;
  }
}

function checkSpeed(speed: number | "max"): void {
  if (speed === "max" || (Number.isFinite(speed) && speed > 0 && speed <= 100_000)) return;
  throw new RigError("USAGE", `speed ${speed}: give a number above 0 and at most 100000, or max`);
}

class Twin {
  readonly #options: TwinOptions;
  readonly #log: TwinLog;
  readonly #plugged = new Map<string, Plugged>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closers: (() => Promise<void>)[] = [];
  #tellClosed: () => void = () => undefined;
  readonly #closed = new Promise<void>((tell) => {
    this.#tellClosed = tell;
  });
  #closing: Promise<void> | undefined;
  #base = { wall_ms: 0, bench_s: 0 };

  constructor(options: TwinOptions) {
    this.#options = options;
    this.#log = new TwinLog(
      () => options.world.now_s(),
      () => performance.now(),
      options.log ?? (() => undefined),
    );
  }

  async start(dir: string, control: string, gpio: string): Promise<TwinHandle> {
    const { bench, world, speed } = this.#options;
    // First, because it finds out whether another twin serves this folder.
    const lines = await startGpioSocket(
      gpio,
      world.gpio,
      bench.gpio.lines,
      (event) => this.#log.add("gpio", event),
      speed === "max" ? UNPACED_patience : 1,
    );
    this.#closers.push(() => lines.close());
    const addresses: Record<string, Readonly<Record<string, Data>>> = {};
    for (const [name, address] of Object.entries(bench.ports)) {
      const plugged = await this.#plug(dir, name, address);
      this.#plugged.set(name, plugged);
      this.#closers.push(() => plugged.port.close());
      addresses[name] = plugged.port.address;
    }
    const socket = await startControlSocket(control, {
      world,
      log: this.#log,
      history: (from) => world.log?.entries(from) ?? [],
      misbehave: (port, mode, late_ms) => this.#misbehave(port, mode, late_ms),
      misbehaving: () => this.#misbehaving(),
      ports: Object.keys(bench.ports),
      exchange: (path) => this.#exchange(path),
      adapterName: () => world.adapterName?.() ?? "",
      advanced: () => this.#rebase(),
      // The answer goes out before the socket closes.
      shutdown: () => void setImmediate(() => void this.close()),
    });
    this.#closers.push(() => socket.close());
    const ports: TwinPorts = { simulated: true, bench: bench.id, speed, control, gpio, ports: addresses };
    const file = join(dir, "ports.json");
    writeFileSync(file, `${JSON.stringify(ports)}\n`);
    this.#closers.push(async () => rmSync(file, { force: true }));
    this.#run(speed);
    return { ports, file, closed: this.#closed, close: () => this.close() };
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    for (const { line } of this.#plugged.values()) line.drop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const results = await Promise.allSettled(this.#closers.map((close) => close()));
    this.#tellClosed();
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Bench time follows the wall clock; a long step of it is made up for by one long advance. */
  #run(speed: number | "max"): void {
    if (speed === "max") return;
    this.#rebase();
    const { world } = this.#options;
    const timer = setInterval(() => {
      const passed_s = (performance.now() - this.#base.wall_ms) / 1000;
      const to_s = this.#base.bench_s + passed_s * speed;
      if (to_s > world.now_s()) world.advance(to_s);
    }, TICK_ms);
    this.#timers.add(timer);
  }

  #rebase(): void {
    this.#base = { wall_ms: performance.now(), bench_s: this.#options.world.now_s() };
  }

  readonly #after = (delay_ms: number, event: () => void): (() => void) => {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      event();
    }, delay_ms);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  };

  async #plug(dir: string, name: string, address: PortAddress): Promise<Plugged> {
    let port: TwinPort | undefined;
    const line = new Line({
      wire: { send: (bytes) => port?.send(bytes) },
      ...timing(address, this.#options.speed),
      wall_ms: () => performance.now(),
      after: this.#after,
      saw: (way, bytes) => this.#log.bytes(way, name, bytes),
    });
    this.#attach(name, line);
    const events = { line, client: () => this.#log.add("client", { port: name }) };
    port =
      address.kind === "serial"
        ? await serialTwinPort(dir, name, address.baud, events)
        : await tcpTwinPort(name, events);
    return { port, line };
  }

  /** A port without an instrument stays silent. */
  #attach(name: string, line: Line): void {
    const { bench, world } = this.#options;
    const [first, ...others] = this.#answering(name, line);
    if (first === undefined) return;
    const odd = others.find(({ entry }) => entry.model !== first.entry.model);
    if (odd !== undefined)
      throw new RigError(
        "BENCH_INVALID",
        `port ${name}: ${first.entry.role} is a ${first.entry.model} and ${odd.entry.role} a ${odd.entry.model}`,
      );
    const context: DeviceContext = {
      world,
      bench,
      answering: [first, ...others],
      reply: (bytes) => line.fromDevice(bytes),
      after: this.#after,
    };
    line.attach(deviceFactory(first.entry.model, name)(context));
  }

  #answering(name: string, line: Line): readonly Answering[] {
    const found: Answering[] = [];
    for (const entry of Object.values(this.#options.bench.instruments)) {
      const unit = entry.ports.indexOf(name);
      if (unit < 0) continue;
      const own = this.#options.identities?.[entry.role] ?? entry.identity;
      found.push({ entry, unit, identity: () => (line.mode === "identity" ? OTHER_IDENTITY : own) });
    }
    return found;
  }

  #misbehaving(): Readonly<Record<string, Misbehaviour>> {
    const odd = [...this.#plugged].filter(([, { line }]) => line.mode !== "none");
    return Object.fromEntries(odd.map(([name, { line }]) => [name, line.mode]));
  }

  #exchange(file: string): void {
    const { world } = this.#options;
    if (!world.exchange) throw new RigError("USAGE", "this world has one adapter only");
    world.exchange(loadAdapterUnderTest(file));
  }

  async #misbehave(name: string, mode: Misbehaviour, late_ms: number): Promise<void> {
    const plugged = this.#plugged.get(name);
    if (plugged === undefined) throw new Error(`no port "${name}"; there are ${[...this.#plugged.keys()].join(", ")}`);
    const { port, line } = plugged;
    line.misbehave(mode, late_ms);
    if (mode === "hang-up") port.unplug();
    else await port.plugIn();
    port.stall(mode === "stalled");
  }
}

/** Bits of a character: start, eight data, parity, stop. Silence: 3.5 characters of 11 bits, at least 1.75 ms. */
function timing(address: PortAddress, speed: number | "max"): { character_ms: number; silence_ms: number } {
  if (address.kind === "tcp") return { character_ms: 0, silence_ms: 4 };
  const bits = 9 + (address.parity === undefined || address.parity === "none" ? 0 : 1) + (address.stopBits ?? 1);
  const silence_ms = Math.max(1.75, (3.5 * 11 * 1000) / address.baud);
  return { character_ms: speed === "max" ? 0 : (bits * 1000) / address.baud, silence_ms };
}
