import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GpioEdge } from "../../../drivers/gpio/backend.ts";
import { chipBase, type OnoffModule, openOnoff } from "../../../drivers/gpio/onoff.ts";

const LABEL = "pinctrl-rp1";
const map = { LAMP: { offset: 5, direction: "out" }, BUTTON: { offset: 6, direction: "in" } } as const;
type Watcher = (error: Error | null | undefined) => void;

let folder: string;
let made: FakeGpio[];
let busy: number | undefined;

class FakeGpio {
  readonly line: number;
  level: 0 | 1 = 0;
  stuck = false;
  broken = false;
  watcher: Watcher = () => undefined;

  constructor(line: number, direction: string, edge?: string) {
    if (line === busy) throw Object.assign(new Error("EBUSY: write"), { code: "EBUSY" });
    this.line = line;
    made.push(this);
    mkdirSync(join(folder, `gpio${line}`));
    writeFileSync(join(folder, `gpio${line}`, "direction"), `${direction} ${edge}`);
  }

  readSync(): 0 | 1 {
    if (this.broken) throw Object.assign(new Error("ENODEV: read"), { code: "ENODEV" });
    return this.level;
  }

  writeSync(value: 0 | 1): void {
    if (!this.stuck) this.level = value;
  }

  watch(callback: Watcher): void {
    this.watcher = callback;
  }

  unexport(): void {
    rmSync(join(folder, `gpio${this.line}`), { recursive: true });
  }
}

function chip(number: number, label: string, base: string): void {
  mkdirSync(join(folder, `gpiochip${number}`));
  writeFileSync(join(folder, `gpiochip${number}`, "label"), `${label}\n`);
  writeFileSync(join(folder, `gpiochip${number}`, "base"), `${base}\n`);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sysfs-"));
  made = [];
  busy = undefined;
  chip(512, "raspberrypi-exp-gpio", "512");
  chip(571, LABEL, "571");
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openOnoff(LABEL, map, { folder, load: async (): Promise<OnoffModule> => ({ Gpio: FakeGpio }) });

describe("the base of a chip in sysfs", () => {
  it("is looked up by the label", () => {
    expect(chipBase(LABEL, folder)).toBe(571);
  });

  it("is refused where it cannot be known", () => {
    expect(() => chipBase("pinctrl-bcm2711", folder)).toThrow(/"raspberrypi-exp-gpio", "pinctrl-rp1"/);
    expect(() => chipBase(LABEL, join(folder, "none"))).toThrow(/no GPIO in sysfs. Use chip:pinctrl-rp1/);
    chip(600, LABEL, "600");
    expect(() => chipBase(LABEL, folder)).toThrow(/two GPIO chips/);
    chip(601, "odd", "x");
    expect(() => chipBase("odd", folder)).toThrow(/no number/);
  });
});

describe("lines through onoff", () => {
  it("are the chip's lines, outputs low, and given back at the end", async () => {
    const gpio = await open();
    expect(made.map(({ line }) => line)).toEqual([576, 577]);
    await gpio.set("LAMP", true);
    expect(made[0]?.level).toBe(1);
    expect(gpio.lines()).toEqual({ LAMP: true, BUTTON: false });
    await gpio.close();
    expect(existsSync(join(folder, "gpio576"))).toBe(false);
    await expect(gpio.set("LAMP", false)).rejects.toMatchObject({ code: "PORT_LOST" });
  });

  it("tell an edge once, by the level that is read", async () => {
    const gpio = await open();
    const edges: GpioEdge[] = [];
    gpio.onEdge((edge) => edges.push(edge));
    const [, button] = made;
    if (button === undefined) throw new Error("no button");
    button.level = 1;
    button.watcher(null);
    button.watcher(null);
    expect(edges).toMatchObject([{ line: "BUTTON", high: true, seq: 1 }]);
    await gpio.close();
  });

  it("refuse inputs, and outputs that do not follow", async () => {
    const gpio = await open();
    await expect(gpio.set("BUTTON", true)).rejects.toMatchObject({ code: "BENCH_INVALID" });
    if (made[0] !== undefined) made[0].stuck = true;
    await expect(gpio.set("LAMP", true)).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
    await gpio.close();
  });

  it("are lost when one cannot be read", async () => {
    const gpio = await open();
    if (made[0] !== undefined) made[0].broken = true;
    await expect(gpio.set("LAMP", true)).rejects.toMatchObject({ code: "PORT_LOST" });
    expect(String(gpio.lost.reason)).toContain("ENODEV");
    expect(existsSync(join(folder, "gpio577"))).toBe(false);
  });

  it("are refused when somebody has exported or taken one, and the others are given back", async () => {
    busy = 577;
    await expect(open()).rejects.toThrow(/line 6 \(BUTTON\).*in use by another program.*PORT_OPEN_FAILED/);
    expect(existsSync(join(folder, "gpio576"))).toBe(false);
    mkdirSync(join(folder, "gpio576"));
    await expect(open()).rejects.toThrow(/line 5 \(LAMP\).*exported already.*write 576 to/);
  });
});
