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

  test("a port whose device reads nothing closes at once, and can be opened again", async () => {
    const port = await open();
    // Nobody has the device's side open: the bytes stay in the host.
    const asked = ask(port, "X".repeat(65_536), 30_000).then(
      () => assert.fail("nobody answers"),
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const begun_ms = performance.now();
    await port.close();
    assert.ok((await asked) instanceof Error);
    const took_ms = Math.round(performance.now() - begun_ms);
    console.log(`       closed in ${took_ms} ms`);
    assert.ok(took_ms < 2000, `${took_ms} ms`);
    await (await open()).close();
    unplug();
  });
}
