import { existsSync, lstatSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeFrames } from "../../../drivers/port/framer.ts";
import { lines } from "../../../drivers/port/lines.ts";
import { openPort } from "../../../drivers/port/open.ts";
import { type Expect, noReply, type Port } from "../../../drivers/port/port.ts";
import { openPty, type Pty } from "../../../drivers/twin/pty.ts";

const bytes = (s: string): Uint8Array => Buffer.from(s, "latin1");
const line: Expect = { framer: lines("lf", 4096) };
const within = (ms: number, signal = new AbortController().signal) => ({
  signal,
  deadline_wall_ms: performance.now() + ms,
});

let folder = "";
let link = "";
const open: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pty-"));
  link = join(folder, "source");
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(folder, { recursive: true });
});

/** A device that answers each line by `answer`. */
async function device(answer: (line: string, pty: Pty) => void): Promise<Pty> {
  const pty = await openPty(link);
  const framer = lines("lf", 4096)();
  pty.onData((chunk) => {
    for (const frame of takeFrames(framer, chunk)) answer(Buffer.from(frame).toString("latin1"), pty);
  });
  open.push(pty);
  return pty;
}

async function client(name = "source"): Promise<Port> {
  const port = await openPort({ kind: "serial", path: link, baud: 115200 }, name);
  open.push(port);
  return port;
}

const lossOf = (port: Port): Promise<unknown> =>
  new Promise((resolve) => {
    if (port.lost.aborted) resolve(port.lost.reason);
    port.lost.addEventListener("abort", () => resolve(port.lost.reason), { once: true });
  });

const ask = async (port: Port, text: string): Promise<string> =>
  Buffer.from(await port.transact(bytes(`${text}\n`), line, within(5000))).toString("latin1");

describe("a serial port on a pseudo-terminal", () => {
  test("makes 1,000 round trips, and every byte value passes unchanged", async () => {
    await device((text, pty) => pty.write(bytes(`${text}!\n`)));
    const port = await client();
    for (let index = 0; index < 1000; index += 1) expect(await ask(port, `MEAS ${index}?`)).toBe(`MEAS ${index}?!`);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a)).toString(
      "latin1",
    );
    expect(await ask(port, all)).toBe(`${all}!`);
    expect(port.counters).toMatchObject({ transactions: 1001, unsolicited_bytes: 0 });
  });

  test("carries a reply longer than the terminal's buffer", async () => {
    const long = "x".repeat(200_000);
    await device((_text, pty) => pty.write(bytes(`${long}\n`)));
    const port = await client();
    const reply = await port.transact(bytes("TRAC?\n"), { framer: lines("lf", 300_000) }, within(5000));
    expect(reply).toHaveLength(long.length);
  });

  test.each([
    "idle",
    "right after a reply",
    "in the middle of a reply",
    "while a reply is read",
  ])("notices a hang-up at once: %s", async (moment) => {
    const pty = await device((_text, it) => {
      it.write(bytes(moment === "in the middle of a reply" ? "12." : "12.5\n"));
      if (moment === "while a reply is read") it.hangUp();
    });
    const port = await client();
    const lost = lossOf(port);
    const reply = port.transact(bytes("MEAS?\n"), line, within(60_000)).catch((error: { code: string }) => error.code);
    if (moment === "in the middle of a reply") setImmediate(() => pty.hangUp());
    const outcome = await reply;
    if (moment === "idle") await new Promise((resolve) => setImmediate(resolve));
    pty.hangUp();
    expect(await lost).toMatchObject({ code: "PORT_LOST" });
    if (moment === "in the middle of a reply") expect(outcome).toBe("PORT_LOST");
    await expect(port.transact(bytes("INP ON\n"), noReply, within(1000))).rejects.toMatchObject({ code: "PORT_LOST" });
  });

  test("opened anew after a hang-up gets no stale bytes, and the device gets none either", async () => {
    const first = await device((_text, pty) => pty.write(bytes("half a rep")));
    const one = await client();
    const cut = one.transact(bytes("MEAS?\n"), line, within(60_000)).catch((error: { code: string }) => error.code);
    const lost = lossOf(one);
    setImmediate(() => first.hangUp());
    await lost;
    expect(await cut).toBe("PORT_LOST");
    await expect(one.transact(bytes("INP ON\n"), noReply, within(1000))).rejects.toMatchObject({ code: "PORT_LOST" });
    await one.close();
    const got: string[] = [];
    await device((text, pty) => {
      got.push(text);
      pty.write(bytes("whole\n"));
    });
    const two = await client();
    expect(await ask(two, "MEAS?")).toBe("whole");
    expect(got).toEqual(["MEAS?"]);
  });

  test("what the device says while nobody is connected answers nothing after the next opening", async () => {
    const pty = await device((_text, it) => it.write(bytes("right\n")));
    const one = await client();
    await ask(one, "x");
    await one.close();
    pty.write(bytes("stale\n"));
    const two = await client();
    expect(await ask(two, "y")).toBe("right");
  });

  test("is locked against a second opening, and free again after close and after a fence", async () => {
    await device((_text, pty) => pty.write(bytes("1\n")));
    const one = await client("one");
    await expect(client("two")).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
    await one.close();
    const two = await client("two");
    two.fence("enough");
    await two.close();
    expect(await ask(await client("three"), "x")).toBe("1");
  });

  test("ends at its deadline when the device takes no bytes, and closes with bytes still unsent", async () => {
    await openPty(link).then((pty) => open.push(pty));
    const port = await client();
    const big = new Uint8Array(1 << 20);
    await expect(port.transact(big, noReply, within(100))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
    expect(port.lost.aborted).toBe(true);
    await port.close();
  });
});

describe("the link of a pseudo-terminal", () => {
  test("replaces a stale link, refuses any other file, and goes with its own terminal only", async () => {
    symlinkSync("/nowhere", link);
    const one = await openPty(link);
    expect(readlinkSync(link)).toBe(one.path);
    const two = await openPty(link);
    one.close();
    expect(readlinkSync(link)).toBe(two.path);
    two.close();
    two.close();
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(link, "precious");
    await expect(openPty(link)).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
    expect(existsSync(link)).toBe(true);
  });

  test("a client that never reads makes the write fail at 1 MiB, not the memory", async () => {
    const pty = await openPty(link);
    open.push(pty);
    const flood = (): void => {
      for (let count = 0; count < 40; count += 1) pty.write(new Uint8Array(1 << 16));
    };
    expect(flood).toThrow(expect.objectContaining({ code: "REPLY_TOO_LONG" }));
  });
});

test("a missing device and a bad address are refused with their name", async () => {
  const missing = openPort({ kind: "serial", path: link, baud: 9600 }, "load");
  await expect(missing).rejects.toMatchObject({ code: "PORT_OPEN_FAILED", message: expect.stringContaining(link) });
  const bad = openPort({ kind: "serial", path: link, baud: 9600.5 }, "load");
  await expect(bad).rejects.toMatchObject({ code: "BENCH_INVALID" });
});
