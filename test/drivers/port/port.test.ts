import { describe, expect, test, vi } from "vitest";
import { untilSilence } from "../../../drivers/port/frames.ts";
import { memoryLine } from "../../../drivers/port/memory.ts";
import { type Expect, noReply } from "../../../drivers/port/port.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import { bench, bytes, line, read, settle, useVirtualTime, within } from "./memoryBench.ts";

useVirtualTime();

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
