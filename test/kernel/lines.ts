/** The GPIO character device on a simulated chip. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { GpioBackend, GpioEdge } from "../../drivers/gpio/backend.ts";
import { openChardev } from "../../drivers/gpio/chardev.ts";
import { openGpio } from "../../drivers/gpio/open.ts";
import { test, until } from "./harness.ts";
import { type SimChip, simChip } from "./sim.ts";

export const LABEL = "pinctrl-rp1";
const map = {
  EN: { offset: 17, direction: "out" },
  WD: { offset: 27, direction: "out" },
  ESTOP: { offset: 9, direction: "in" },
  LID1: { offset: 10, direction: "in" },
} as const;
const signal = new AbortController().signal;

async function withLines(body: (gpio: GpioBackend) => Promise<void>): Promise<void> {
  const gpio = await openGpio(`chip:${LABEL}`, signal, map);
  try {
    await body(gpio);
  } finally {
    await gpio.close();
  }
}

const rejects = (work: Promise<unknown>, code: string, text: RegExp): Promise<void> =>
  assert.rejects(work, (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  });

export function lineTests(chip: SimChip): void {
  test("the chip is found by its label behind another one", async () => {
    assert.notEqual(chip.name, "gpiochip0");
    await withLines(async (gpio) =>
      assert.deepEqual(gpio.lines(), { EN: false, WD: false, ESTOP: false, LID1: false }),
    );
  });

  test("an unknown label names the labels there are", async () => {
    await rejects(openChardev("pinctrl-bcm2711", map), "PORT_OPEN_FAILED", /"other-chip".*"pinctrl-rp1"/);
  });

  test("a line beyond the chip is refused by its name", async () => {
    const wrong = { LAMP: { offset: 99, direction: "out" } } as const;
    await rejects(openChardev(LABEL, wrong), "BENCH_INVALID", /LAMP is on line 99/);
  });

  test("outputs begin low, move when set and are seen by the chip", async () => {
    await withLines(async (gpio) => {
      assert.equal(chip.value(17), false);
      await gpio.set("EN", true);
      assert.equal(chip.value(17), true);
      assert.equal(chip.value(27), false);
      assert.equal(gpio.lines()["EN"], true);
      await Promise.all([gpio.set("WD", true), gpio.set("EN", false)]);
      assert.deepEqual([chip.value(17), chip.value(27)], [false, true]);
    });
  });

  test("400 edges of two lines in one burst are all told, in order, with times of the kernel", async () => {
    await withLines(async (gpio) => {
      const edges: GpioEdge[] = [];
      gpio.onEdge((edge) => edges.push(edge));
      for (let at = 0; at < 100; at += 1)
        for (const high of [true, false]) for (const line of [9, 10]) chip.pull(line, high);
      await until("400 edges", () => edges.length >= 400);
      assert.equal(edges.length, 400);
      assert.deepEqual(
        edges.map(({ seq }) => seq),
        Array.from({ length: 400 }, (_, index) => index + 1),
      );
      assert.deepEqual(
        edges.slice(0, 4).map(({ line, high }) => `${line} ${high}`),
        ["ESTOP true", "LID1 true", "ESTOP false", "LID1 false"],
      );
      const times = edges.map(({ kernel_ns }) => BigInt(kernel_ns));
      assert.ok(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0n)));
      const now = process.hrtime.bigint();
      assert.ok(
        times.every((time) => time < now && time > now - 30_000_000_000n),
        "not the monotonic clock",
      );
      assert.equal(gpio.lines()["ESTOP"], false);
    });
  });

  test("edges that the kernel had no room for are counted, and the levels are right afterwards", async () => {
    await withLines(async (gpio) => {
      const edges: GpioEdge[] = [];
      let lost = 0;
      gpio.onEdge((edge) => edges.push(edge));
      gpio.onLoss?.((loss) => {
        lost += loss.edges;
      });
      // The lid moves first, and its edge is thrown away with the oldest.
      chip.pull(10, true);
      for (let at = 0; at < 3001; at += 1) chip.pull(9, at % 2 === 0);
      await until("the lid", () => gpio.lines()["LID1"] === true);
      assert.ok(lost > 0);
      assert.equal(gpio.lines()["ESTOP"], true);
      const own = edges.at(-1);
      assert.deepEqual([own?.line, own?.high], ["LID1", true]);
      assert.equal(edges.length + lost, 3002 + 1, "the lid's edge is told again");
      assert.equal(own?.seq, 3003);
      chip.pull(9, false);
      chip.pull(10, false);
      await until("both low", () => !gpio.lines()["ESTOP"] && !gpio.lines()["LID1"]);
      assert.equal(edges.at(-1)?.seq, 3005);
    });
  });

  test("a line that is in use names its owner, and is free after close", async () => {
    await withLines(async () => {
      await rejects(openChardev(LABEL, map), "PORT_OPEN_FAILED", /line 17 \(EN\) is in use by adapter-rig/);
      await rejects(
        openChardev(LABEL, { LID1: map.LID1, LAMP: { offset: 3, direction: "out" } }),
        "PORT_OPEN_FAILED",
        /line 10 \(LID1\) is in use by adapter-rig/,
      );
      // The output taken before the input was refused is free again.
      await (await openChardev(LABEL, { LAMP: { offset: 3, direction: "out" } })).close();
    });
    await withLines(async (gpio) => gpio.set("EN", true));
  });

  test("after SIGKILL of its owner the simulator lets an output go, and the line is free", async () => {
    const owner = spawn(process.execPath, [fileURLToPath(new URL("./owner.js", import.meta.url)), LABEL], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await until("EN high", () => chip.value(17));
    const gone = new Promise((resolve) => owner.once("exit", resolve));
    owner.kill("SIGKILL");
    await gone;
    await until("EN low", () => !chip.value(17));
    await withLines(async (gpio) => assert.equal(gpio.lines()["EN"], false));
  });

  test("a chip that is taken away ends its lines with PORT_LOST", async () => {
    const mortal = simChip("mortal", "mortal-chip", 8);
    const gpio = await openChardev("mortal-chip", {
      A: { offset: 1, direction: "out" },
      B: { offset: 2, direction: "in" },
    });
    mortal.unplug();
    await until("lost", () => gpio.lost.aborted, 2000);
    assert.match(String(gpio.lost.reason), /lost the lines of mortal-chip.*PORT_LOST/);
    await rejects(gpio.set("A", true), "PORT_LOST", /mortal-chip/);
    await gpio.close();
  });
}
