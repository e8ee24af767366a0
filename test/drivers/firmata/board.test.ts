import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FirmataBoard, openFirmata } from "../../../drivers/firmata/board.ts";
import { FirmataTransport } from "../../../drivers/firmata/transport.ts";
import { openPty, type Pty } from "../../../drivers/twin/pty.ts";
import { FirmataPeer } from "./peer.ts";

const patient = { timeout: 5000, interval: 5 };
const io = (for_ms = 8000) => ({
  signal: new AbortController().signal,
  deadline_wall_ms: performance.now() + for_ms,
});

describe("an Arduino with StandardFirmata", () => {
  let folder: string;
  let pty: Pty;
  let peer: FirmataPeer;
  let board: FirmataBoard;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "firmata-"));
    pty = await openPty(join(folder, "uno"));
    peer = new FirmataPeer(pty);
    board = await openFirmata({ path: join(folder, "uno") }, io(), { greeting_ms: 5 });
  });

  afterEach(async () => {
    await board.close();
    pty.close();
    rmSync(folder, { recursive: true });
  });

  it("turns lamps on and off", async () => {
    board.lamp(13, true);
    await vi.waitFor(() => expect([peer.modes.get(13), peer.level(13)]).toEqual([1, true]), patient);
    board.lamp(12, true);
    board.lamp(13, false);
    await vi.waitFor(() => expect([peer.level(12), peer.level(13)]).toEqual([true, false]), patient);
  });

  it("tells when a button to ground is pressed and let go", async () => {
    const seen: boolean[] = [];
    const end = board.onButton(2, (pressed) => seen.push(pressed));
    // An input that is written high has its pull-up on.
    await vi.waitFor(() => expect([peer.modes.get(2), peer.level(2)]).toEqual([0, true]), patient);
    peer.port(0, 0b100);
    peer.port(0, 0b000);
    await vi.waitFor(() => expect(seen).toEqual([true]), patient);
    peer.port(0, 0b100);
    await vi.waitFor(() => expect(seen).toEqual([true, false]), patient);
    end();
    peer.port(0, 0b000);
    peer.counts = 1;
    await board.analog(1, io());
    expect(seen).toEqual([true, false]);
  });

  it("reads an analogue channel as a share of full scale", async () => {
    peer.counts = 1023;
    expect(await board.analog(0, io())).toBe(1);
    peer.counts = 204;
    expect(await board.analog(0, io())).toBeCloseTo(204 / 1023, 12);
    await expect(board.analog(6, io())).rejects.toMatchObject({ code: "BENCH_INVALID" });
    peer.answering = false;
    await expect(board.analog(0, io(30))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  });

  it("refuses a reading beyond the converter's range", async () => {
    peer.counts = 1024;
    await expect(board.analog(0, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  });

  it("is lost when it is unplugged, and takes no command afterwards", async () => {
    peer.answering = false;
    const asked = expect(board.analog(0, io())).rejects.toMatchObject({ code: "PORT_LOST" });
    pty.hangUp();
    await asked;
    expect(board.lost.reason).toMatchObject({ code: "PORT_LOST" });
    expect(() => board.lamp(13, true)).toThrow(/PORT_LOST/);
    expect(() => board.onButton(2, () => undefined)).toThrow(/PORT_LOST/);
    await expect(board.analog(0, io())).rejects.toMatchObject({ code: "PORT_LOST" });
  });

  it("takes no command when it is closed, which is no loss", async () => {
    await board.close();
    expect(() => board.lamp(13, true)).toThrow(/closed.*PORT_LOST/);
    expect(board.lost.aborted).toBe(false);
  });

  it("leaves SIGINT to us", () => {
    const before = process.listenerCount("SIGINT");
    board.lamp(13, true);
    expect(process.listeners("SIGINT").some((listener) => /reallyExit/.test(listener.toString()))).toBe(false);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("opening a board", () => {
  it("says when no Firmata answers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "firmata-"));
    const pty = await openPty(join(folder, "mute"));
    pty.onData(() => undefined);
    const [armed, cleared] = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "clearTimeout")];
    const opening = openFirmata({ path: join(folder, "mute") }, io(300), { greeting_ms: 5 });
    await expect(opening).rejects.toThrow(/no Firmata answers.*StandardFirmata.*PORT_OPEN_FAILED/);
    // johnny-five would throw after its own 10 s, long after the opening has failed.
    const patience = armed.mock.calls.findIndex(([, delay_ms]) => delay_ms === 10_000);
    expect(patience).toBeGreaterThanOrEqual(0);
    expect(cleared.mock.calls.flat()).toContain(armed.mock.results[patience]?.value);
    vi.restoreAllMocks();
    pty.close();
    rmSync(folder, { recursive: true });
  });

  it("says when there is no such port", async () => {
    await expect(openFirmata({ path: "/nowhere/uno" }, io())).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
  });

  it("keeps what comes before it is listened to, within a bound", () => {
    const seen: string[] = [];
    const early = new FirmataTransport((why) => seen.push(why));
    early.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
    early.data(Buffer.from("a"));
    early.start({ write: async () => undefined, close: async () => undefined });
    early.data(Buffer.from("b"));
    expect(seen).toEqual(["a", "b"]);
    const babbling = new FirmataTransport((why) => seen.push(why));
    babbling.data(Buffer.alloc(5000));
    expect(seen.at(-1)).toMatch(/without end/);
  });
});
