/** The guard's own process on real lines, with the machine's watchdog. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openWatchdog } from "../../rig/guard/watchdogDevice.ts";
import { test, until } from "./harness.ts";
import type { SimChip } from "./sim.ts";
import { WATCHDOG, watchdogState } from "./watchdog.ts";

const map = {
  EN: { offset: 17, direction: "out" },
  WD: { offset: 27, direction: "out" },
  ESTOP: { offset: 9, direction: "in" },
};
const program = fileURLToPath(new URL("./controller.js", import.meta.url));

interface Energised {
  readonly controller: ChildProcess;
  readonly guardPid: number;
  readonly log: () => string;
  readonly said: () => string;
}

/** Attempts at a scenario that the emulated processor was too slow for. */
const ATTEMPTS = 4;

/**
 * Runs the scenario, and again when the guard found the controller hung meanwhile: an emulated processor may well stand
 * still for the 200 ms that a beat may be late, and then the guard is right to end it.
 */
async function scenario(chip: SimChip, label: string, body: (bench: Energised) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const bench = await started(label);
    try {
      assert.equal(chip.value(17), true);
      assert.equal(watchdogState(), "active");
      await body(bench);
      return;
    } catch (error) {
      // The guard acts first and writes afterwards.
      const written = await until("the guard's word", () => bench.log().includes('"event":"triggered"'), 10_000).then(
        () => bench.log(),
        () => "",
      );
      const slow = written.includes('"event":"triggered","why":"no beat');
      if (!slow || attempt === ATTEMPTS) {
        console.log(bench.log().trimEnd().replace(/^/gm, "       guard: "));
        throw error;
      }
      console.log("       again: the emulated processor stood still for longer than a beat may be late");
      await until("the guard's end", () => bench.log().includes('"event":"exit"'));
      await until("EN free", () => watchdogState() === "inactive");
      chip.pull(9, false);
    }
  }
}

async function started(label: string): Promise<Energised> {
  const folder = mkdtempSync(join(tmpdir(), "guard-"));
  const args = [program, folder, `chip:${label}`, JSON.stringify(map), WATCHDOG];
  const controller = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  controller.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const gone = (): boolean => controller.exitCode !== null || controller.signalCode !== null;
  await until("enabled", () => /enabled \d+/.test(said) || gone(), 45_000);
  return {
    controller,
    guardPid: Number(/enabled (\d+)/.exec(said)?.[1]),
    log: () => readFileSync(join(folder, "guard.log"), "utf8"),
    said: () => said,
  };
}

/** What the kernel has written since `from`. */
function kernelLog(): string {
  const fd = openSync("/dev/kmsg", constants.O_RDONLY | constants.O_NONBLOCK);
  const record = Buffer.alloc(8192);
  let text = "";
  try {
    for (;;) text += record.toString("utf8", 0, readSync(fd, record));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    return text;
  } finally {
    closeSync(fd);
  }
}

export function guardTests(chip: SimChip, label: string): void {
  test("S4: the guard toggles WD, tells edges, and takes EN low when the controller is killed", () =>
    scenario(chip, label, async ({ controller, guardPid, said, log }) => {
      const first = chip.value(27);
      await until("an edge of WD", () => chip.value(27) !== first);
      await until("another edge of WD", () => chip.value(27) === first);
      chip.pull(9, true);
      await until("the edge", () => said().includes("edge ESTOP true 1"));
      controller.kill("SIGKILL");
      const killed_ms = performance.now();
      await until("EN low", () => !chip.value(17));
      console.log(
        `       EN low ${Math.round(performance.now() - killed_ms)} ms after the kill, on an emulated processor`,
      );
      await until("the guard's end", () => !existsSync(`/proc/${guardPid}`));
      assert.match(log(), /"event":"enable-low"/);
      assert.match(log(), /"event":"watchdog-disarmed"/);
      assert.equal(watchdogState(), "inactive");
      chip.pull(9, false);
    }));

  test("S11: when the guard itself is killed WD stands still and the machine's watchdog fires", () =>
    scenario(chip, label, async ({ controller, guardPid, said }) => {
      process.kill(guardPid, "SIGKILL");
      await until("the controller's notice", () => /lost .*GUARD_LOST/.test(said()));
      const still = chip.value(27);
      assert.equal(watchdogState(), "active");
      await until("the watchdog", () => kernelLog().includes("Reboot ignored"), 30_000);
      assert.equal(chip.value(27), still);
      openWatchdog(WATCHDOG).disarm();
      controller.kill("SIGKILL");
    }));
}
