import { describe, expect, test } from "vitest";
import { EdgeBuffer } from "../../../drivers/gpio/edgeBuffer.ts";
import { memoryGpio } from "../../../drivers/gpio/memory.ts";
import { gpioInstrument } from "../../../rig/guard/instrument.ts";
import type { Guard } from "../../../rig/guard/types.ts";
import type { Io } from "../../../rig/kinds/kinds.ts";

const edge = (seq: number) => ({ line: "W", high: seq % 2 === 0, kernel_ns: String(seq), seq });

describe("edges kept until they are asked for", () => {
  test("come once, in order, with the newest number", () => {
    const buffer = new EdgeBuffer();
    for (const seq of [1, 2, 5]) buffer.put(edge(seq));
    expect(buffer.take()).toEqual({
      edges: [1, 2, 5].map((seq) => ({ line: "W", high: seq % 2 === 0, ns: String(seq), seq })),
      last_seq: 5,
    });
    expect(buffer.take()).toEqual({ edges: [], last_seq: 5 });
  });

  test("beyond its bound it keeps the oldest, and the newest number tells how many are missing", () => {
    const buffer = new EdgeBuffer();
    for (let seq = 1; seq <= 10_000; seq += 1) buffer.put(edge(seq));
    const { edges, last_seq } = buffer.take();
    expect(edges.length).toBe(8192);
    expect(edges.at(-1)?.seq).toBe(8192);
    expect(last_seq).toBe(10_000);
  });

  test("the lines of the guard give them as an instrument, and none after it is closed", async () => {
    const lines = memoryGpio({ W: true });
    const guard = { onEdge: lines.onEdge.bind(lines), lost: new AbortController().signal } as unknown as Guard;
    const instrument = gpioInstrument(guard);
    const io = {} as Io;
    lines.drive("W", false);
    lines.drive("W", true);
    expect((await instrument.call.watchEvents({}, io)).edges.map(({ high }) => high)).toEqual([false, true]);
    await instrument.close();
    lines.drive("W", false);
    expect((await instrument.call.watchEvents({}, io)).edges).toEqual([]);
    instrument.fence("test");
    await expect(instrument.call.watchEvents({}, io)).rejects.toThrow(/given up/);
  });
});
