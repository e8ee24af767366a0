/** The kernel's software watchdog, told to write a line instead of starting the machine anew (soft_noboot). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openWatchdog } from "../../rig/guard/watchdogDevice.ts";
import { test } from "./harness.ts";

export const WATCHDOG = "/dev/watchdog";

/** active: it counts down to the reset. */
export const watchdogState = (): string => readFileSync("/sys/class/watchdog/watchdog0/state", "utf8").trim();

export function watchdogTests(): void {
  test("the watchdog runs from its opening, with our time, until it is disarmed", async () => {
    assert.equal(watchdogState(), "inactive");
    const device = openWatchdog(WATCHDOG);
    assert.equal(watchdogState(), "active");
    assert.equal(device.timeout_s, 10);
    assert.equal(readFileSync("/sys/class/watchdog/watchdog0/timeout", "utf8").trim(), "10");
    for (const now_ms of [0, 500, 1000]) device.kick(now_ms);
    assert.throws(() => openWatchdog(WATCHDOG), /one owner.*PORT_OPEN_FAILED/);
    device.disarm();
    assert.equal(watchdogState(), "inactive");
  });
}
