/** Answers that do not come, come late or are none: what the caller gets, and that they answer nothing else. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { lines } from "../../../drivers/port/lines.ts";
import type { MemoryPeer } from "../../../drivers/port/memory.ts";
import { bench, bytes, read, settle, useVirtualTime } from "./memoryBench.ts";

useVirtualTime();

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
