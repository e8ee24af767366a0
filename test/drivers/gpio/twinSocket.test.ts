import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GpioBackend, GpioEdge } from "../../../drivers/gpio/backend.ts";
import { checkSocketPath } from "../../../drivers/gpio/jsonLines.ts";
import { openGpio } from "../../../drivers/gpio/open.ts";
import { type FakeTwin, fakeTwin } from "./fakeTwin.ts";

const signal = new AbortController().signal;
let folder: string;
let twin: FakeTwin;
let gpio: GpioBackend;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gpio-"));
  twin = await fakeTwin(join(folder, "gpio.sock"), { EN: false, WD: false, ESTOP: true });
  gpio = await openGpio(`twin:${twin.path}`, signal);
});

afterEach(async () => {
  await gpio.close();
  await twin.close();
  rmSync(folder, { recursive: true });
});

describe("the twin's lines", () => {
  it("are known as soon as they are open", () => {
    expect(gpio.lines()).toEqual({ EN: false, WD: false, ESTOP: true });
  });

  it("are set in order, each when the twin says that it moved", async () => {
    await Promise.all([gpio.set("EN", true), gpio.set("WD", true), gpio.set("EN", false)]);
    expect(twin.sets).toEqual([
      { line: "EN", high: true },
      { line: "WD", high: true },
      { line: "EN", high: false },
    ]);
    expect(gpio.lines()).toMatchObject({ EN: false, WD: true });
  });

  it("tell of edges with the time stamp as text", async () => {
    const edges: GpioEdge[] = [];
    gpio.onEdge((edge) => edges.push(edge));
    twin.edge("ESTOP", false);
    await vi.waitFor(() => expect(edges).toHaveLength(1));
    expect(edges[0]).toEqual({ line: "ESTOP", high: false, kernel_ns: "1000000000000000001", seq: 1 });
    expect(gpio.lines()["ESTOP"]).toBe(false);
  });

  it("refuse a line that the twin does not have", async () => {
    await expect(gpio.set("LAMP", true)).rejects.toMatchObject({ code: "BENCH_INVALID" });
  });

  it("are lost, with everything outstanding, when the twin goes", async () => {
    twin.mute();
    const set = gpio.set("EN", true);
    twin.hangUp();
    await expect(set).rejects.toMatchObject({ code: "PORT_LOST" });
    expect(gpio.lost.aborted).toBe(true);
    await expect(gpio.set("EN", false)).rejects.toMatchObject({ code: "PORT_LOST" });
  });

  it("are lost when a set is not confirmed", async () => {
    twin.mute();
    await expect(gpio.set("EN", true)).rejects.toThrow(/did not move/);
    expect(gpio.lost.aborted).toBe(true);
  });

  it.each([
    "rubbish\n",
    '{"done":"EN","high":true}\n',
    '{"edge":"ESTOP"}\n',
    "[]\n",
    "\xff\n",
  ])("are lost when the twin sends %j", async (text) => {
    twin.raw(text);
    await vi.waitFor(() => expect(gpio.lost.aborted).toBe(true));
  });

  it("are not lost by closing them", async () => {
    await gpio.close();
    expect(gpio.lost.aborted).toBe(false);
  });
});

describe("opening lines", () => {
  it("says when nobody listens", async () => {
    await expect(openGpio(`twin:${folder}/none.sock`, signal)).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
  });

  it.each(["", "twin:", "chip:0", "EN"])("refuses %j", async (address) => {
    await expect(openGpio(address, signal)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("refuses a path that does not fit a unix socket, instead of cutting it off", async () => {
    expect(checkSocketPath(`/${"x".repeat(106)}`)).toHaveLength(107);
    expect(() => checkSocketPath(`/${"x".repeat(107)}`)).toThrow(/has 108 bytes, a unix socket takes 107/);
    expect(() => checkSocketPath(`/${"ä".repeat(54)}`)).toThrow(/has 109 bytes/);
    await expect(openGpio(`twin:/${"x".repeat(120)}`, signal)).rejects.toMatchObject({ code: "USAGE" });
  });
});
