/** Our serial port on a real USB serial device that is pulled out and put in again. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lines } from "../../drivers/port/lines.ts";
import { openPort } from "../../drivers/port/open.ts";
import type { Port } from "../../drivers/port/port.ts";
import { HOST, makeGadget, plug, startDevice, unplug } from "./gadget.ts";
import { test, until } from "./harness.ts";

const open = (): Promise<Port> =>
  openPort({ kind: "serial", path: HOST, baud: 115200 }, "acm", {
    io: { signal: new AbortController().signal, deadline_wall_ms: performance.now() + 10_000 },
  });

const ask = (port: Port, text: string, within_ms: number): Promise<Uint8Array> =>
  port.transact(
    Buffer.from(text),
    { framer: lines("lf", 64) },
    { signal: new AbortController().signal, deadline_wall_ms: performance.now() + within_ms },
  );

const lost = (error: Error & { code?: string }): boolean => error.code === "PORT_LOST";

export function serialTests(): void {
  test("a USB serial device answers, and its unplugging fails what is asked at once", async () => {
    makeGadget();
    await plug();
    const device = startDevice();
    const port = await open();
    assert.equal(Buffer.from(await ask(port, "PING\n", 10_000)).toString(), "PONG");
    device.mute(true);
    const asked = ask(port, "NEVER\n", 30_000).then(
      () => assert.fail("an answer of an unplugged device"),
      (error: unknown) => error,
    );
    await until("the question", () => device.got().includes("NEVER\n"));
    const pulled_ms = performance.now();
    unplug();
    const error = await asked;
    const took_ms = Math.round(performance.now() - pulled_ms);
    console.log(`       PORT_LOST ${took_ms} ms after the unplugging, on an emulated processor`);
    assert.ok(lost(error as Error), String(error));
    assert.ok(took_ms < 1000, `${took_ms} ms`);
    assert.ok(port.lost.aborted);
    await assert.rejects(ask(port, "OFF\n", 1000), lost);
    await until("the device's file gone", () => !existsSync(HOST));
    await assert.rejects(open(), /PORT_OPEN_FAILED/);
    await port.close();
    device.close();
  });

  test("after the replug a new port answers, and nothing asked of the old one arrives", async () => {
    await plug();
    const device = startDevice();
    const port = await open();
    assert.equal(Buffer.from(await ask(port, "AGAIN\n", 10_000)).toString(), "PONG");
    assert.equal(device.got(), "AGAIN\n");
    await port.close();
    device.close();
  });

  // The kernel keeps the bytes of such a device for up to 30 s after close (closing_wait of cdc-acm, which has no way to
  // throw them away), and only then is the descriptor free; the program must not feel it.
  test("closing a port whose device reads nothing fails the question at once and holds nothing else up", async () => {
    const port = await open();
    const asked = ask(port, "X".repeat(65_536), 30_000).then(
      () => assert.fail("nobody answers"),
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const begun_ms = performance.now();
    let free_ms: number | undefined;
    const closed = port.close().then(() => {
      free_ms = performance.now() - begun_ms;
    });
    assert.ok((await asked) instanceof Error);
    const failed_ms = performance.now() - begun_ms;
    assert.ok(failed_ms < 500, `${failed_ms} ms`);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    clearInterval(timer);
    assert.ok(turns > 20, `${turns} turns of the event loop in a second`);
    console.log(`       descriptor ${free_ms === undefined ? "still taken" : "free"} 1 s after close`);
    unplug();
    await closed;
    await until("the device's file gone", () => !existsSync(HOST));
  });
}
