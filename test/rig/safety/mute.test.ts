/** Safe-off behind instruments that hear but do not answer: what leaves, and when. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DriverFactory } from "../../../drivers/driver.ts";
import { itechFrame } from "../../../drivers/itech/frame.ts";
import { it8500 } from "../../../drivers/itech/it8500.ts";
import { keysight33500b } from "../../../drivers/keysight/gen33500b.ts";
import { rtuFrame, writeCoilsReply, writeCoilsRequest } from "../../../drivers/modbus.ts";
import { latin1 } from "../../../drivers/port/framer.ts";
import { type MemoryPeer, memoryLine } from "../../../drivers/port/memory.ts";
import type { Port } from "../../../drivers/port/port.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import { rigolDp832 } from "../../../drivers/rigol/dp832.ts";
import { tdkGenesys } from "../../../drivers/tdk/genesys.ts";
import { modbusRelay } from "../../../drivers/waveshare/modbusRelay.ts";
import type { Instrument, Io, Kind } from "../../../rig/kinds/kinds.ts";
import { makeSafeOff, type SafeOffEvidence } from "../../../rig/safety/safeOff.ts";
import { manualClock } from "../../drivers/opening.ts";
import { bench, value } from "./rig.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Heard {
  readonly at_ms: number;
  readonly bytes: Uint8Array;
}

/** A device that answers until it falls mute; keeps what it hears from then on. */
class Device {
  readonly heard: Heard[] = [];
  readonly fences: string[] = [];
  mute = false;
  readonly #line = memoryLine();
  readonly #answer: (bytes: Uint8Array) => Uint8Array | string | undefined;

  constructor(answer: (bytes: Uint8Array) => Uint8Array | string | undefined) {
    this.#answer = answer;
    this.peer.onData((bytes) => {
      if (this.mute) this.heard.push({ at_ms: performance.now(), bytes });
      else this.say(this.#answer(bytes));
    });
  }

  get peer(): MemoryPeer {
    return this.#line.peer;
  }

  say(answer: Uint8Array | string | undefined): void {
    if (answer !== undefined) this.peer.write(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
  }

  port(name: string): Promise<Port> {
    return connectPort(this.#line.connector, name, {}, io());
  }

  /** When these bytes were first heard, ms after `from_ms`. */
  heardAfter(from_ms: number, wanted: Uint8Array | string): number | undefined {
    const text = typeof wanted === "string" ? wanted : latin1(wanted);
    const found = this.heard.find(({ bytes }) => latin1(bytes).includes(text));
    return found && found.at_ms - from_ms;
  }
}

const io = (signal = new AbortController().signal): Io => ({
  signal,
  deadline_wall_ms: performance.now() + 2000,
  keep: () => {
    throw new Error("no waveform is kept here");
  },
});

/** The line answers of a SCPI instrument: the last set of each header is what its question gives. */
function scpi(identity: string, answers: Readonly<Record<string, string>>): Device {
  const held = new Map(Object.entries(answers));
  return new Device((bytes) => {
    const command = latin1(bytes).trim();
    if (command === "*IDN?") return `${identity}\n`;
    if (/SYST:ERR\?$/.test(command)) return '0,"No error"\n';
    if (command.endsWith("?") || command.includes("? ")) return `${held.get(command) ?? "0"}\n`;
    const [header = "", argument = ""] = command.split(" ");
    held.set(`${header}?`, argument);
    return undefined;
  });
}

const source = (): Device => scpi("TDK-LAMBDA,G10-500,SIM-SRC-1,G:01.000", {});
const load = (): Device =>
  new Device(([, , code = 0]) => {
    if (code === 0x6a) {
      const text = (ascii: string, length: number): number[] => [...Buffer.from(ascii.padEnd(length, "\0"), "latin1")];
      return itechFrame(0, code, [...text("8514", 5), 3, 2, ...text("SIM-LOAD-1", 10)]);
    }
    if (code === 0x5f) return itechFrame(0, code, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x40, 0]);
    if (code === 0x25) return itechFrame(0, code, [0x00, 0x9f, 0x24, 0x00]);
    return [0x29, 0x5e, 0x2b].includes(code) ? itechFrame(0, code, []) : itechFrame(0, 0x12, [0x80]);
  });
const outputs = (board: number): number => (board === 5 ? 8 : board === 4 ? 16 : 32);
const relays = (): Device =>
  new Device(([board = 0, code = 0]) => {
    if (code === 0x0f) return writeCoilsReply(board, outputs(board));
    const bytes = outputs(board) / 8;
    return rtuFrame([board, code, bytes, ...new Array<number>(bytes).fill(0)]);
  });

async function open<K extends Kind>(factory: DriverFactory<K>, role: string, device: Device): Promise<Instrument<K>> {
  const entry = bench.instruments[role];
  if (!entry) throw new Error(`no role ${role}`);
  const own = role === "load" ? { ...entry, ports: ["load1"] } : entry;
  const port = await device.port(role);
  const signal = new AbortController().signal;
  const opened = factory.open({ entry: own, bench, port: async () => port, clock: manualClock(), signal });
  await vi.advanceTimersByTimeAsync(2000);
  return opened;
}

/** All other instruments answer at once that nothing flows. */
function others(): Record<string, Instrument> {
  const none = { voltage: value("V", 0, 0), current: value("A", 0, 0) };
  const replies: Record<string, Record<string, unknown>> = {
    gpio: { enable: null, read: { "M.K1A": true, "M.K1B": true, "M.K2": true, "M.K3F": true } },
    source: { output: null, measure: none },
    load: { input: null, measure: none },
    rails: { output: null },
    generator: { output: null },
    daq: { once: { "101": value("V", 0, 0) } },
    matrix: { pattern: { closed: [] }, readBack: { closed: [] } },
    contactor: { pattern: { closed: [] }, readBack: { closed: [] } },
  };
  return Object.fromEntries(
    Object.entries(replies).map(([role, table]) => {
      const call = Object.fromEntries(Object.entries(table).map(([op, reply]) => [op, async () => reply]));
      return [role, { kind: bench.instruments[role]?.kind, call, fence: () => undefined } as unknown as Instrument];
    }),
  );
}

interface Outcome {
  readonly start_ms: number;
  readonly ok: boolean;
  readonly evidence: readonly SafeOffEvidence[];
}

/** The device falls mute, a transaction is aborted on its way, and the safe-off begins. */
async function safeOffDuring(
  devices: readonly Device[],
  instruments: Readonly<Record<string, Instrument>>,
  underWay: (io: Io) => Promise<unknown>,
  aborts = true,
): Promise<Outcome> {
  for (const device of devices) device.mute = true;
  const stop = new AbortController();
  const ended = underWay(io(stop.signal)).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20);
  if (aborts) stop.abort(new Error("SIGINT"));
  const start_ms = performance.now();
  const fence = (role: string, why: string): void => instruments[role]?.fence(why);
  const done = makeSafeOff({ bench, instruments: { ...others(), ...instruments }, fence })("SIGINT");
  await vi.advanceTimersByTimeAsync(6000);
  await ended;
  return { start_ms, ...((await done) as unknown as Omit<Outcome, "start_ms">) };
}

const within100 = (device: Device, { start_ms }: Outcome, wanted: Uint8Array | string): void => {
  expect(device.heardAfter(start_ms, wanted) ?? "never").toBeLessThan(100);
};

describe("S3 safe-off never waits for an answer that is owed", () => {
  it("source: poison and OUTP OFF leave though *IDN? would not be answered", async () => {
    for (const aborts of [true, false]) {
      const device = source();
      const opened = await open(tdkGenesys, "source", device);
      const done = await safeOffDuring([device], { source: opened }, (at) => opened.call.measure({}, at), aborts);
      within100(device, done, "*\nOUTP OFF\n");
      expect(done.evidence.find(({ action }) => action === "source.output off")).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/^commanded, no answer: /) as string,
      });
    }
  });

  it("nothing that was asked for before is sent after it", async () => {
    const device = source();
    const opened = await open(tdkGenesys, "source", device);
    const done = await safeOffDuring(
      [device],
      { source: opened },
      (at) => Promise.allSettled([opened.call.measure({}, at), opened.call.output({ on: true }, at)]),
      false,
    );
    within100(device, done, "*\nOUTP OFF\n");
    expect(device.heardAfter(0, "OUTP ON")).toBeUndefined();
  });

  it("generator, and both rails before one of them is asked", async () => {
    const generator = scpi("Agilent Technologies,33522B,SIM-GEN-1,1.0", { "FUNC?": "DC" });
    const made = await open(keysight33500b, "generator", generator);
    const first = await safeOffDuring([generator], { generator: made }, (at) => made.call.output({ on: true }, at));
    within100(generator, first, "*\nOUTP OFF\n");
    const applied = { ":APPL? CH1": "CH1,0,0.1", ":APPL? CH2": "CH2,0,0.1", ":OUTP? CH1": "OFF", ":OUTP? CH2": "OFF" };
    const rails = scpi("RIGOL TECHNOLOGIES,DP832,SIM-RAIL-1,1.0", applied);
    const supply = await open(rigolDp832, "rails", rails);
    const second = await safeOffDuring([rails], { rails: supply }, (at) => supply.call.measure({}, at));
    within100(rails, second, ":OUTP CH1,OFF\n");
    within100(rails, second, ":OUTP CH2,OFF\n");
  });

  it("load: input off after the idle gap, beside a source that is mute too", async () => {
    const [feed, bank] = [source(), load()];
    const fed = await open(tdkGenesys, "source", feed);
    const made = await open(it8500, "load", bank);
    const done = await safeOffDuring([feed, bank], { source: fed, load: made }, (at) =>
      Promise.allSettled([fed.call.measure({}, at), made.call.measure({}, at)]),
    );
    within100(bank, done, itechFrame(0, 0x21, [0]));
    within100(feed, done, "OUTP OFF\n");
  });

  it("contactors and every board of the matrix on one mute line, contactors first; no port is closed before", async () => {
    const device = relays();
    const port = await device.port("relays");
    const both = async (role: string): Promise<Instrument<"matrix">> => {
      const entry = bench.instruments[role];
      if (!entry) throw new Error(`no role ${role}`);
      const signal = new AbortController().signal;
      const opened = modbusRelay.open({ entry, bench, port: async () => port, clock: manualClock(), signal });
      await vi.advanceTimersByTimeAsync(2000);
      return opened;
    };
    const [matrix, contactor] = [await both("matrix"), await both("contactor")];
    const done = await safeOffDuring([device], { matrix, contactor }, (at) => matrix.call.readBack({}, at));
    const opening = (board: number): number =>
      device.heardAfter(done.start_ms, writeCoilsRequest(board, new Array<boolean>(outputs(board)).fill(false))) ??
      Number.NaN;
    expect(opening(5)).toBeLessThan(100);
    for (const board of [1, 2, 3, 4]) expect(opening(board)).toBeGreaterThan(opening(5));
  });

  it("a late answer is passed over and the read-back behind it is found", async () => {
    const device = source();
    const opened = await open(tdkGenesys, "source", device);
    const stop = new AbortController();
    device.mute = true;
    const ended = opened.call.measure({}, io(stop.signal)).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20);
    stop.abort(new Error("SIGINT"));
    device.mute = false;
    const done = makeSafeOff({ bench, instruments: { ...others(), source: opened }, fence: () => undefined })("SIGINT");
    device.say("1\n");
    await vi.advanceTimersByTimeAsync(6000);
    await ended;
    const { ok, evidence } = (await done) as unknown as Outcome;
    expect(evidence.filter((one) => !one.ok)).toEqual([]);
    expect(ok).toBe(true);
  });
});
