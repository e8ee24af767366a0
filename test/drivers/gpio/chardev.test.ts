import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GpioBackend, GpioEdge } from "../../../drivers/gpio/backend.ts";
import { openChardev } from "../../../drivers/gpio/chardev.ts";
import { chipFiles } from "../../../drivers/gpio/kernel.ts";
import type { LineMap } from "../../../drivers/gpio/lineMap.ts";
import { openGpio } from "../../../drivers/gpio/open.ts";
import { FakeKernel } from "./fakeKernel.ts";

const LABEL = "pinctrl-rp1";
const map: LineMap = {
  EN: { offset: 17, direction: "out" },
  ESTOP: { offset: 9, direction: "in" },
  WD: { offset: 27, direction: "out" },
  LID1: { offset: 10, direction: "in" },
};

let kernel: FakeKernel;
let gpio: GpioBackend;
let edges: GpioEdge[];
let lost: number;

beforeEach(async () => {
  vi.useFakeTimers();
  kernel = new FakeKernel({
    "/dev/gpiochip0": { label: "brcmvirt", lines: 8 },
    "/dev/gpiochip1": { label: LABEL, lines: 54 },
  });
  kernel.levels.set(9, true);
  gpio = await openChardev(LABEL, map, kernel);
  edges = [];
  lost = 0;
  gpio.onEdge((edge) => edges.push(edge));
  gpio.onLoss?.((loss) => {
    lost += loss.edges;
  });
});

afterEach(async () => {
  await gpio.close();
  vi.useRealTimers();
});

const poll = () => vi.advanceTimersByTime(5);

describe("the lines of a chip", () => {
  it("are known when open, outputs low, and hold no more than their two requests", () => {
    expect(gpio.lines()).toEqual({ EN: false, ESTOP: true, WD: false, LID1: false });
    expect([...kernel.open_fds.values()]).toEqual(["line request", "line request"]);
  });

  it("move one by one", async () => {
    await gpio.set("WD", true);
    expect([kernel.levels.get(17), kernel.levels.get(27)]).toEqual([false, true]);
    await gpio.set("EN", true);
    await gpio.set("WD", false);
    expect(gpio.lines()).toMatchObject({ EN: true, WD: false });
  });

  it("refuse an unknown line and an input", async () => {
    await expect(gpio.set("LAMP", true)).rejects.toThrow(/no line LAMP.*BENCH_INVALID/);
    await expect(gpio.set("ESTOP", true)).rejects.toThrow(/ESTOP is an input.*BENCH_INVALID/);
  });

  it("do not count as set while something else drives them", async () => {
    kernel.stuck.add(17);
    const set = expect(gpio.set("EN", true)).rejects.toThrow(/does not follow.*INSTRUMENT_TIMEOUT/);
    await vi.advanceTimersByTimeAsync(60);
    await set;
    expect(gpio.lines()["EN"]).toBe(false);
  });

  it("count as set when they follow late", async () => {
    kernel.stuck.add(17);
    const set = gpio.set("EN", true);
    await vi.advanceTimersByTimeAsync(5);
    kernel.stuck.clear();
    kernel.levels.set(17, true);
    await vi.advanceTimersByTimeAsync(5);
    await set;
    expect(gpio.lines()["EN"]).toBe(true);
  });

  it("give up a set that another one has overtaken", async () => {
    kernel.stuck.add(17);
    const first = expect(gpio.set("EN", true)).rejects.toThrow(/set otherwise meanwhile/);
    await gpio.set("EN", false);
    await vi.advanceTimersByTimeAsync(5);
    await first;
  });

  it("tell edges with the kernel's time and a number without gaps", () => {
    kernel.move(9, false, 123456789012345678n);
    kernel.move(10, true);
    poll();
    expect(edges).toEqual([
      { line: "ESTOP", high: false, kernel_ns: "123456789012345678", seq: 1 },
      { line: "LID1", high: true, kernel_ns: "1000", seq: 2 },
    ]);
    expect(gpio.lines()).toMatchObject({ ESTOP: false, LID1: true });
    expect(lost).toBe(0);
  });

  it("report what the kernel had no room for, and read the levels anew", () => {
    kernel.move(10, true);
    for (let at = 0; at < 2000; at += 1) kernel.move(9, at % 2 === 1);
    poll();
    expect(lost).toBe(2001 - 1024);
    expect(edges).toHaveLength(1025);
    expect(edges[0]?.seq).toBe(lost + 1);
    expect(edges.at(-1)).toMatchObject({ line: "LID1", high: true, seq: 2002 });
    expect(gpio.lines()).toMatchObject({ ESTOP: true, LID1: true });
    kernel.move(9, false);
    poll();
    expect(edges.at(-1)).toMatchObject({ line: "ESTOP", seq: 2003 });
  });

  it("are lost when the chip is taken away", async () => {
    kernel.gone = true;
    poll();
    expect(gpio.lost.reason).toMatchObject({ code: "PORT_LOST" });
    await expect(gpio.set("EN", true)).rejects.toMatchObject({ code: "PORT_LOST" });
    expect(kernel.open_fds.size).toBe(0);
  });

  it.each([
    ["poll", "EIO"],
    ["read", "ENODEV"],
  ])("are lost when %s fails", (call, code) => {
    kernel.move(9, false);
    kernel.fails = { call, code };
    poll();
    expect(String(gpio.lost.reason)).toContain(`lost the lines of ${LABEL}: ${code}`);
  });

  it("are lost when a set is refused", async () => {
    kernel.fails = { call: "ioctl 15", code: "ENODEV" };
    await expect(gpio.set("EN", true)).rejects.toMatchObject({ code: "PORT_LOST" });
    expect(gpio.lost.aborted).toBe(true);
  });

  it("are lost when the kernel tells of a line that is not theirs", () => {
    const event = Buffer.alloc(48);
    event.writeUInt32LE(1, 8);
    event.writeUInt32LE(33, 12);
    kernel.inject(event);
    poll();
    expect(String(gpio.lost.reason)).toMatch(/line 33, which was not asked for/);
  });

  it("are released by close, which loses nothing, and take nothing afterwards", async () => {
    await gpio.set("EN", true);
    await gpio.close();
    await gpio.close();
    expect(kernel.open_fds.size).toBe(0);
    expect(kernel.levels.get(17)).toBe(true);
    expect(gpio.lost.aborted).toBe(false);
    await expect(gpio.set("EN", false)).rejects.toMatchObject({ code: "PORT_LOST" });
  });
});

describe("opening the lines of a chip", () => {
  const failing = async (change: (fresh: FakeKernel) => void, label = LABEL, lines = map): Promise<string> => {
    const fresh = new FakeKernel({
      "/dev/gpiochip0": { label: "brcmvirt", lines: 8 },
      "/dev/gpiochip1": { label: LABEL, lines: 54 },
      "/dev/gpiochip2": { label: "twice", lines: 8 },
      "/dev/gpiochip3": { label: "twice", lines: 8 },
    });
    change(fresh);
    const message = await openChardev(label, lines, fresh).then(
      () => "no error",
      (error: Error) => error.message,
    );
    expect(fresh.open_fds.size).toBe(0);
    return message;
  };
  const nothing = () => undefined;

  it("names the line in use and its owner", async () => {
    const taken = (who: string) => failing((fresh) => fresh.taken.set(10, who));
    expect(await taken("gpiomon")).toMatch(/line 10 \(LID1\) is in use by gpiomon.*PORT_OPEN_FAILED/);
    expect(await taken("")).toMatch(/in use by a program that gives no name/);
  });

  it("names the labels there are", async () => {
    expect(await failing(nothing, "pinctrl-bcm2711")).toMatch(
      /no GPIO chip has the label "pinctrl-bcm2711".*"brcmvirt".*"pinctrl-rp1"/,
    );
    expect(await failing(nothing, "twice")).toMatch(/both carry the label/);
  });

  it("names a line that the chip does not have", async () => {
    expect(await failing(nothing, LABEL, { EN: { offset: 54, direction: "out" } })).toMatch(
      /EN is on line 54, but pinctrl-rp1 has lines 0 to 53.*BENCH_INVALID/,
    );
  });

  it("says when the user may not, the kernel is too old, or the levels cannot be read", async () => {
    const by = (call: string, code: string) =>
      failing((fresh) => {
        fresh.fails = { call, code };
      });
    expect(await by("open", "EACCES")).toMatch(/group/);
    expect(await by("ioctl 1", "ENOTTY")).toMatch(/does not answer as a GPIO chip/);
    expect(await by("ioctl 7", "EINVAL")).toMatch(/Linux 5\.10/);
    expect(await by("ioctl 14", "EIO")).toMatch(/cannot read the lines.*EIO.*PORT_OPEN_FAILED/);
  });

  it("says when there is no chip at all", async () => {
    await expect(openChardev(LABEL, map, new FakeKernel({}))).rejects.toThrow(/no \/dev\/gpiochip\*/);
  });

  it("counts a chip once that has two names", () => {
    const folder = mkdtempSync(join(tmpdir(), "gpio-"));
    for (const name of ["gpiochip0", "gpiochip10", "gpiomem"]) writeFileSync(join(folder, name), "");
    symlinkSync("gpiochip0", join(folder, "gpiochip4"));
    expect(chipFiles(folder)).toEqual([join(folder, "gpiochip0"), join(folder, "gpiochip10")]);
    rmSync(folder, { recursive: true });
  });
});

describe("an address of lines", () => {
  const signal = new AbortController().signal;

  it.each(["", "chip", "chip:", "gpiochip0", "memory:x"])('is refused: "%s"', async (address) => {
    await expect(openGpio(address, signal, map)).rejects.toThrow(/chip:<label>.*USAGE/);
  });

  it.each(["chip:pinctrl-rp1", "sysfs:pinctrl-rp1"])("needs a map: %s", async (address) => {
    await expect(openGpio(address, signal)).rejects.toThrow(/give a map.*USAGE/);
  });

  it("is not opened for somebody who has gone", async () => {
    await expect(openGpio("chip:x", AbortSignal.abort(new Error("gone")), map)).rejects.toThrow("gone");
  });
});
