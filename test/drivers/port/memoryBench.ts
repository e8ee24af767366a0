/** A port on a line in memory, with a device at its other end, on virtual time. */
import { afterEach, beforeEach, vi } from "vitest";
import { asciiLine } from "../../../drivers/port/framer.ts";
import { lines } from "../../../drivers/port/lines.ts";
import { type MemoryPeer, memoryLine } from "../../../drivers/port/memory.ts";
import type { Expect, Port, PortOptions } from "../../../drivers/port/port.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";

export const bytes = (s: string): Uint8Array => Buffer.from(s, "latin1");
export const read = (frame: Uint8Array): string => Buffer.from(frame).toString("latin1");
export const line: Expect = { framer: lines("lf", 32), check: (frame) => void asciiLine(frame) };
export const within = (ms: number, signal = new AbortController().signal) => ({
  signal,
  deadline_wall_ms: performance.now() + ms,
});

/** Timers of this file's tests stand still until they are moved. */
export function useVirtualTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export interface Bench {
  readonly port: Port;
  readonly peer: MemoryPeer;
  /** Whole requests that the device got, in order. */
  readonly got: string[];
  ask(text: string, ms?: number, expected?: Expect, signal?: AbortSignal): Promise<string>;
}

export async function bench(
  options: PortOptions = {},
  answer?: (request: string, peer: MemoryPeer) => void,
): Promise<Bench> {
  const { connector, peer } = memoryLine("/dev/rig/source");
  const got: string[] = [];
  peer.onData((data) => {
    got.push(read(data).trim());
    answer?.(read(data).trim(), peer);
  });
  const port = await connectPort(connector, "source", options, within(100));
  const ask = async (text: string, ms = 500, expected = line, signal?: AbortSignal): Promise<string> =>
    read(await port.transact(bytes(`${text}\n`), expected, within(ms, signal)));
  return { port, peer, got, ask };
}

/** What a promise ended with, the clock moved on no further than needed; "still open" after so many ms. */
export async function settle<T>(
  ms: number,
  promise: Promise<T>,
): Promise<{ value?: T; code?: string; message?: string }> {
  let outcome: { value?: T; code?: string; message?: string } = { code: "still open" };
  promise.then(
    (value) => {
      outcome = { value };
    },
    (error: { code?: string; message: string }) => {
      outcome = { code: error.code ?? "", message: error.message };
    },
  );
  for (let past_ms = 0; past_ms < ms && outcome.code === "still open"; past_ms += 1)
    await vi.advanceTimersByTimeAsync(1);
  return outcome;
}
