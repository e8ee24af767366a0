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

async function energised(chip: SimChip, label: string): Promise<Energised> {
  const folder = mkdtempSync(join(tmpdir(), "guard-"));
  const args = [program, folder, `chip:${label}`, JSON.stringify(map), WATCHDOG];
  const controller = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  controller.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  await until("enabled", () => /enabled \d+/.test(said), 45_000);
  assert.equal(chip.value(17), true);
  assert.equal(watchdogState(), "active");
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
  test("S4: the guard toggles WD, tells edges, and takes EN low when the controller is killed", async () => {
    const { controller, guardPid, said, log } = await energised(chip, label);
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
  });

  test("S11: when the guard itself is killed WD stands still and the machine's watchdog fires", async () => {
    const { controller, guardPid, said } = await energised(chip, label);
    process.kill(guardPid, "SIGKILL");
    await until("the controller's notice", () => /lost .*GUARD_LOST/.test(said()));
    const still = chip.value(27);
    assert.equal(watchdogState(), "active");
    await until("the watchdog", () => kernelLog().includes("Reboot ignored"), 30_000);
    assert.equal(chip.value(27), still);
    openWatchdog(WATCHDOG).disarm();
    controller.kill("SIGKILL");
  });
}
