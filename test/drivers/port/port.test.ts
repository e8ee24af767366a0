import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { asciiLine } from "../../../drivers/port/framer.ts";
import { untilSilence } from "../../../drivers/port/frames.ts";
import { lines } from "../../../drivers/port/lines.ts";
import { type MemoryPeer, memoryLine } from "../../../drivers/port/memory.ts";
import { type Expect, noReply, type Port, type PortOptions } from "../../../drivers/port/port.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";

const bytes = (s: string): Uint8Array => Buffer.from(s, "latin1");
const read = (frame: Uint8Array): string => Buffer.from(frame).toString("latin1");
const line: Expect = { framer: lines("lf", 32), check: (frame) => void asciiLine(frame) };
const within = (ms: number, signal = new AbortController().signal) => ({
  signal,
  deadline_wall_ms: performance.now() + ms,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Bench {
  readonly port: Port;
  readonly peer: MemoryPeer;
  /** Whole requests that the device got, in order. */
  readonly got: string[];
  ask(text: string, ms?: number, expected?: Expect, signal?: AbortSignal): Promise<string>;
}

async function bench(options: PortOptions = {}, answer?: (request: string, peer: MemoryPeer) => void): Promise<Bench> {
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
async function settle<T>(ms: number, promise: Promise<T>): Promise<{ value?: T; code?: string; message?: string }> {
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

describe("a transaction", () => {
  test("resolves with the frame of the reply, in however many pieces it comes", async () => {
    const { ask } = await bench({}, (_request, peer) => {
      for (const piece of ["1", "2.5", "\n"]) peer.write(bytes(piece));
    });
    expect(await ask("MEAS:VOLT?")).toBe("12.5");
  });

  test("without a reply resolves with no bytes once the line has taken the request", async () => {
    const { port, peer, got } = await bench();
    peer.stall(true);
    const sent = port.transact(bytes("INP OFF\n"), noReply, within(500));
    expect(await settle(100, sent)).toEqual({ code: "still open" });
    peer.stall(false);
    expect(await sent).toHaveLength(0);
    expect(got).toEqual(["INP OFF"]);
  });

  test("waits its turn: never two requests on the line, answers in order", async () => {
    let open = 0;
    const { ask } = await bench({}, (request, peer) => {
      open += 1;
      expect(open).toBe(1);
      setTimeout(() => {
        open -= 1;
        peer.write(bytes(`${request}!\n`));
      }, 10);
    });
    const all = Promise.all(["a", "b", "c", "d"].map((text) => ask(text)));
    expect((await settle(100, all)).value).toEqual(["a!", "b!", "c!", "d!"]);
  });

  test("past its deadline sends nothing", async () => {
    const { ask, got } = await bench();
    await expect(ask("INP ON", 0)).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
    expect(got).toEqual([]);
  });

  test("keeps the gap between commands and the silence before a request", async () => {
    const times: number[] = [];
    const { port } = await bench({}, () => times.push(performance.now()));
    const gap: Expect = { gap_ms: 40 };
    const quiet: Expect = { quiet_ms: 70 };
    const all = Promise.all([gap, gap, quiet].map((expected) => port.transact(bytes("x\n"), expected, within(500))));
    await settle(300, all);
    const [first = 0, second = 0, third = 0] = times;
    expect([second - first, third - second]).toEqual([40, 70]);
  });

  test("with a null request only listens", async () => {
    const { port, peer, got } = await bench();
    const heard = port.transact(null, line, within(100));
    peer.write(bytes("event 7\n"));
    expect(read(await heard)).toBe("event 7");
    expect(got).toEqual([]);
  });

  test("takes a reply that only silence ends when the line has been silent, not before", async () => {
    const { ask } = await bench({}, (_request, peer) => {
      for (const at_ms of [10, 14, 18]) setTimeout(() => peer.write(bytes(`${at_ms},`)), at_ms);
    });
    const asked = ask("x", 500, { framer: untilSilence(32), silence_ms: 5 });
    expect(await settle(20, asked)).toEqual({ code: "still open" });
    expect(await settle(10, asked)).toEqual({ value: "10,14,18," });
  });

  test("on a line that echoes takes the echo out, and refuses one that differs", async () => {
    const { ask, port } = await bench({ echo: true }, (request, peer) => {
      peer.write(bytes(request === "bad" ? "bAd\n1\n" : `${request}\n`));
      if (request === "ok") peer.write(bytes("2\n"));
    });
    expect(await ask("ok")).toBe("2");
    expect(await port.transact(bytes("set\n"), noReply, within(100))).toHaveLength(0);
    await expect(ask("bad")).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  });
});

describe("unsolicited bytes", () => {
  test("are dropped, counted, and answer nothing", async () => {
    const { ask, peer, port } = await bench({}, (_request, device) => device.write(bytes("right\nmore")));
    peer.write(bytes("wrong\n"));
    await vi.advanceTimersByTimeAsync(1);
    expect(await ask("x")).toBe("right");
    expect(port.counters.unsolicited_bytes).toBe("wrong\n".length + "more".length);
  });
});

describe("an answer that does not come", () => {
  test("is an error that names port, place, request and time", async () => {
    const { ask } = await bench();
    const { code, message } = await settle(600, ask("MEAS:VOLT?"));
    expect(code).toBe("INSTRUMENT_TIMEOUT");
    expect(message).toContain('no answer to "MEAS:VOLT?" from source (/dev/rig/source) within 500 ms');
  });

  test("while the peer takes no bytes ends at the deadline, and the port is lost: nothing is sent later", async () => {
    const { ask, peer, port, got } = await bench();
    peer.stall(true);
    const first = settle(500, ask("INP ON"));
    const second = ask("MEAS:VOLT?", 5000);
    const failed = expect(second).rejects.toMatchObject({ code: "PORT_LOST" });
    expect(await first).toMatchObject({
      code: "INSTRUMENT_TIMEOUT",
      message: expect.stringContaining("was not taken"),
    });
    await failed;
    expect(port.lost.aborted).toBe(true);
    peer.stall(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(got).toEqual([]);
  });

  test("in the queue says that it never had its turn, and is never sent", async () => {
    const { ask, got } = await bench();
    const first = ask("slow", 1000).catch(() => "failed");
    expect(await settle(200, ask("INP ON", 100))).toMatchObject({
      code: "INSTRUMENT_TIMEOUT",
      message: expect.stringContaining("never had its turn"),
    });
    await vi.advanceTimersByTimeAsync(3000);
    expect(await first).toBe("failed");
    expect(got).toEqual(["slow"]);
  });
});

describe("a late answer", () => {
  const late = (after_ms: number) => (request: string, peer: MemoryPeer) => {
    if (request === "first") setTimeout(() => peer.write(bytes("answer to first\n")), after_ms);
    else setTimeout(() => peer.write(bytes(`answer to ${request}\n`)), 700);
  };

  test.each([
    [101, 500],
    [300, 500],
    [590, 500],
  ])("coming after %i ms never answers the next question, within late_ms %i", async (after_ms, late_ms) => {
    const { ask, port } = await bench({ resync: { late_ms } }, late(after_ms));
    expect(await settle(100, ask("first", 100))).toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
    expect((await settle(2000, ask("second", 2000))).value).toBe("answer to second");
    expect(port.counters.resyncs).toBe(1);
  });

  test("later than any gap is kept apart by a probe", async () => {
    let owed: string[] = [];
    const inOrder = (request: string, peer: MemoryPeer): void => {
      owed.push(request === "*IDN?" ? "ACME,1\n" : `answer to ${request}\n`);
      setTimeout(
        () => {
          for (const text of owed) peer.write(bytes(text));
          owed = [];
        },
        request === "first" ? 900 : 1500,
      );
    };
    const probe = { request: bytes("*IDN?\n"), framer: lines("lf", 32), is: (f: Uint8Array) => read(f) === "ACME,1" };
    const { ask, got } = await bench({ resync: { probe } }, inOrder);
    expect(await settle(100, ask("first", 100))).toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
    expect((await settle(6000, ask("second", 6000))).value).toBe("answer to second");
    expect(got).toEqual(["first", "*IDN?", "second"]);
  });

  test("in the same chunk as the probe's answer does not hide it", async () => {
    const probe = { request: bytes("*IDN?\n"), framer: lines("lf", 32), is: (f: Uint8Array) => read(f) === "ACME,1" };
    const { ask } = await bench({ resync: { probe } }, (request, peer) => {
      if (request === "*IDN?") peer.write(bytes("answer to first\nACME,1\n"));
      if (request === "second") peer.write(bytes("2\n"));
    });
    await settle(100, ask("first", 100));
    expect((await settle(1000, ask("second", 1000))).value).toBe("2");
  });

  test("is left behind on the old connection when the port's option says reconnect", async () => {
    const { ask, peer } = await bench({ resync: { by: "reconnect" } }, late(150));
    await settle(100, ask("first", 100));
    expect((await settle(2000, ask("second", 2000))).value).toBe("answer to second");
    expect(peer.connections).toBe(2);
  });

  test("never answers another question, whatever the delays", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 550 }), { minLength: 1, maxLength: 8 }),
        async (delays_ms) => {
          let turn = 0;
          const { ask } = await bench({ resync: { late_ms: 500 } }, (request, peer) => {
            const delay_ms = delays_ms[turn++] ?? 0;
            setTimeout(() => peer.write(bytes(`${request}\n`)), delay_ms);
          });
          for (const [index] of delays_ms.entries()) {
            const outcome = await settle(
              3000,
              ask(`question ${index}`, 1500).catch((error: { code: string }) => error.code),
            );
            expect([`question ${index}`, "INSTRUMENT_TIMEOUT"]).toContain(outcome.value);
            const short = await settle(
              2000,
              ask(`short ${index}`, 60).catch((error: { code: string }) => error.code),
            );
            expect([`short ${index}`, "INSTRUMENT_TIMEOUT"]).toContain(short.value);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a bad reply", () => {
  test("of unprintable bytes is refused with port and request, and the rest of it answers nothing", async () => {
    const { ask } = await bench({}, (request, peer) => {
      if (request !== "bad") return peer.write(bytes("good\n"));
      peer.write(Uint8Array.from([0x31, 0x00, 0xff, 0x0a]));
      setTimeout(() => peer.write(bytes("tail of the garbage\n")), 30);
    });
    const { code, message } = await settle(1, ask("bad"));
    expect(code).toBe("REPLY_MALFORMED");
    expect(message).toContain('"bad" from source (/dev/rig/source)');
    expect((await settle(500, ask("next"))).value).toBe("good");
  });

  test("without an end is refused at the bound, not at the deadline", async () => {
    const { ask } = await bench({}, (_request, peer) => peer.write(new Uint8Array(33).fill(0x41)));
    expect(await settle(1, ask("x", 60_000))).toMatchObject({ code: "REPLY_TOO_LONG" });
  });

  test("that never stops is reported as babble, and the next request is not sent into it", async () => {
    let babble = true;
    const { ask, got } = await bench({ resync: { cap_ms: 300 } }, (request, peer) => {
      const again = (): void => {
        peer.write(new Uint8Array(8).fill(0xff));
        if (babble) setTimeout(again, 10);
      };
      if (request === "first") again();
      else peer.write(bytes("good\n"));
    });
    await settle(20, ask("first", 100));
    expect(await settle(400, ask("INP ON", 1000))).toMatchObject({
      code: "REPLY_MALFORMED",
      message: expect.stringContaining("does not fall silent within 300 ms"),
    });
    expect(got).toEqual(["first"]);
    babble = false;
    expect((await settle(500, ask("second"))).value).toBe("good");
  });
});

describe("S7: a lost device", () => {
  test("fails the open transaction and the queue at once, half a frame or not, and is not called again", async () => {
    const { ask, peer, port, got } = await bench({}, (_request, device) => device.write(bytes("12.")));
    const open = expect(ask("MEAS:VOLT?", 60_000)).rejects.toMatchObject({ code: "PORT_LOST" });
    const queued = expect(ask("INP ON", 60_000)).rejects.toMatchObject({ code: "PORT_LOST" });
    await vi.advanceTimersByTimeAsync(1);
    peer.hangUp();
    await open;
    await queued;
    expect(port.lost.aborted).toBe(true);
    expect(port.lost.reason).toMatchObject({ code: "PORT_LOST" });
    peer.plugIn();
    await expect(ask("INP ON")).rejects.toMatchObject({ code: "PORT_LOST" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(got).toEqual(["MEAS:VOLT?"]);
    expect(peer.connections).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an abort", () => {
  test("answers the caller at once with its reason; the answer it leaves behind answers nothing", async () => {
    const stop = new AbortController();
    const { ask } = await bench({}, (request, peer) => {
      setTimeout(() => peer.write(bytes(`answer to ${request}\n`)), 20);
    });
    const asked = ask("first", 500, line, stop.signal);
    const failed = expect(asked).rejects.toThrow("stopped by the operator");
    await vi.advanceTimersByTimeAsync(10);
    stop.abort(new Error("stopped by the operator"));
    await failed;
    expect((await settle(500, ask("second"))).value).toBe("answer to second");
  });

  test("takes a request out of the queue: it is never sent", async () => {
    const stop = new AbortController();
    const { ask, got } = await bench({}, (request, peer) => {
      setTimeout(() => peer.write(bytes(`${request}\n`)), 20);
    });
    const first = ask("first");
    const queued = expect(ask("INP ON", 500, line, stop.signal)).rejects.toThrow("enough");
    stop.abort(new Error("enough"));
    await queued;
    await expect(ask("INP ON", 500, line, stop.signal)).rejects.toThrow("enough");
    expect((await settle(100, first)).value).toBe("first");
    expect(got).toEqual(["first"]);
  });

  test("during a write that is stuck loses the port at the deadline", async () => {
    const stop = new AbortController();
    const { ask, peer, port } = await bench();
    peer.stall(true);
    const failed = expect(ask("INP ON", 500, line, stop.signal)).rejects.toThrow("enough");
    stop.abort(new Error("enough"));
    await failed;
    expect(port.lost.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(501);
    expect(port.lost.aborted).toBe(true);
  });
});

describe("the queue", () => {
  test("is bounded: the 65th that would wait is refused", async () => {
    const { ask } = await bench({}, (request, peer) => peer.write(bytes(`${request}\n`)));
    const all = Array.from({ length: 65 }, (_, index) => ask(`${index}`));
    await expect(ask("one too many")).rejects.toMatchObject({
      message: expect.stringContaining("64 requests already"),
    });
    expect(await Promise.all(all)).toHaveLength(65);
  });
});

describe("fence and close", () => {
  test("a fence fails all that is outstanding, refuses what comes later, and is no loss", async () => {
    const { ask, port, got } = await bench();
    const open = expect(ask("MEAS:VOLT?")).rejects.toMatchObject({ code: "PORT_FENCED" });
    const queued = expect(ask("INP ON")).rejects.toMatchObject({ code: "PORT_FENCED" });
    port.fence("it does not answer");
    await open;
    await queued;
    await expect(ask("INP ON")).rejects.toThrow("source (/dev/rig/source) was given up: it does not answer");
    await port.close();
    expect(port.lost.aborted).toBe(false);
    expect(got).toEqual(["MEAS:VOLT?"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a fence during a resynchronisation sends nothing more", async () => {
    const { ask, port, got } = await bench();
    await settle(100, ask("first", 100));
    const waiting = expect(ask("INP ON", 5000)).rejects.toMatchObject({ code: "PORT_FENCED" });
    await vi.advanceTimersByTimeAsync(20);
    port.fence("enough");
    await waiting;
    await vi.advanceTimersByTimeAsync(5000);
    expect(got).toEqual(["first"]);
  });

  test("close may be called twice, and the line can be opened by another port", async () => {
    const { connector } = memoryLine();
    const one = await connectPort(connector, "one", {}, within(100));
    await expect(connectPort(connector, "two", {}, within(100))).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
    await one.close();
    await one.close();
    await expect(connectPort(connector, "two", {}, within(100))).resolves.toBeDefined();
    await expect(one.transact(bytes("x"), noReply, within(10))).rejects.toMatchObject({ code: "PORT_LOST" });
  });
});
