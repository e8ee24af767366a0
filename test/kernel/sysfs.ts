/** onoff on the same simulated chip, where the kernel still has GPIO in sysfs and the package is installed. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { GpioEdge } from "../../drivers/gpio/backend.ts";
import { openChardev } from "../../drivers/gpio/chardev.ts";
import { chipBase } from "../../drivers/gpio/onoff.ts";
import { openGpio } from "../../drivers/gpio/open.ts";
import { test, until } from "./harness.ts";
import type { SimChip } from "./sim.ts";

const FOLDER = "/sys/class/gpio";
const map = { LAMP: { offset: 5, direction: "out" }, BUTTON: { offset: 6, direction: "in" } } as const;
const signal = new AbortController().signal;

function installed(): boolean {
  try {
    createRequire(import.meta.url)("onoff");
    return true;
  } catch (error) {
    console.log(`NOTE   onoff is not tested: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    return false;
  }
}

export function sysfsTests(chip: SimChip, label: string): void {
  if (!existsSync(FOLDER)) {
    console.log(`NOTE   onoff is not tested: this kernel has no ${FOLDER}`);
    return;
  }
  test("the base of a chip is looked up by its label", async () => {
    const base = chipBase(label, FOLDER);
    assert.ok(base >= 512, `base ${base}`);
    const labels = readdirSync(FOLDER).filter((name) => name === `gpiochip${base}`);
    assert.equal(readFileSync(`${FOLDER}/${labels[0]}/label`, "utf8").trim(), label);
  });
  if (!installed()) return;

  test("onoff drives a lamp and sees a button", async () => {
    const gpio = await openGpio(`sysfs:${label}`, signal, map);
    const edges: GpioEdge[] = [];
    gpio.onEdge((edge) => edges.push(edge));
    await gpio.set("LAMP", true);
    assert.equal(chip.value(5), true);
    chip.pull(6, true);
    await until("the button", () => edges.length > 0);
    assert.deepEqual([edges[0]?.line, edges[0]?.high], ["BUTTON", true]);
    await gpio.set("LAMP", false);
    assert.equal(chip.value(5), false);
    await gpio.close();
    chip.pull(6, false);
  });

  test("a line has one owner, whichever of the two interfaces it goes by", async () => {
    const busy = (work: Promise<unknown>, why: RegExp): Promise<void> => assert.rejects(work, why);
    const first = await openGpio(`sysfs:${label}`, signal, map);
    await busy(openChardev(label, map), /line 5 \(LAMP\) is in use by sysfs/);
    await busy(openGpio(`sysfs:${label}`, signal, map), /exported already by another program/);
    await first.close();
    const second = await openChardev(label, map);
    await busy(openGpio(`sysfs:${label}`, signal, map), /line 5 \(LAMP\).*in use by another program/);
    await second.close();
  });
}
