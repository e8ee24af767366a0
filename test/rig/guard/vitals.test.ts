import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryGpio } from "../../../drivers/gpio/memory.ts";
import { GuardCore } from "../../../rig/guard/core.ts";
import { openVitals } from "../../../rig/guard/vitals.ts";

describe("further watchdogs of the guard", () => {
  let well: number[];
  let events: string[];
  let fail = false;

  function core() {
    const gpio = memoryGpio({ EN: false, WD: false });
    const guard = new GuardCore(
      {
        gpio,
        enableLine: "EN",
        watchdogLine: "WD",
        open: () => Promise.reject(new Error("no port here")),
        note: (event) => void events.push(event),
        send: () => true,
        process: { startTime: () => "1", kill: () => "killed" },
        well: (now_ms) => {
          if (fail) throw new Error("the watchdog takes no kick");
          well.push(now_ms);
        },
      },
      0,
    );
    return { gpio, guard };
  }

  beforeEach(() => {
    vi.useFakeTimers();
    well = [];
    events = [];
    fail = false;
  });
  afterEach(() => vi.useRealTimers());

  const settle = () => vi.advanceTimersByTimeAsync(0);
  const arm = (guard: GuardCore): void => {
    guard.message({ do: "hello", id: 1, pid: 99 }, 0);
    guard.message({ do: "arm", id: 2, recipes: [] }, 0);
  };

  it("are fed while nothing is armed, and then only by edges of WD that were seen", async () => {
    const { gpio, guard } = core();
    guard.tick(10);
    expect(well).toEqual([10]);
    arm(guard);
    guard.tick(20);
    await settle();
    expect(gpio.lines()["WD"]).toBe(true);
    expect(well).toEqual([10, 20]);
    gpio.stick("WD", true);
    for (const now_ms of [70, 80, 90]) guard.tick(now_ms);
    await settle();
    expect(well).toEqual([10, 20]);
  });

  it("are fed no more when the bench was made safe", async () => {
    const { guard } = core();
    arm(guard);
    guard.trigger("test");
    await settle();
    await guard.ended;
    const before = well.length;
    guard.tick(1000);
    await settle();
    expect(well).toHaveLength(before);
  });

  it("trigger the guard when they fail", async () => {
    const { guard } = core();
    arm(guard);
    fail = true;
    guard.tick(20);
    await settle();
    expect(guard.triggered).toBe(true);
    expect(events).toContain("triggered");
  });

  it("are none where none is asked for", async () => {
    vi.stubEnv("NOTIFY_SOCKET", "");
    const vitals = await openVitals(undefined, (event) => void events.push(event));
    vitals.ready();
    vitals.well(0);
    vitals.end(false);
    expect(events).toEqual([]);
    vi.unstubAllEnvs();
  });

  it("do not fail because systemd does not listen, and say so once", async () => {
    vi.stubEnv("NOTIFY_SOCKET", "/nowhere/notify");
    vi.stubEnv("WATCHDOG_USEC", "200000");
    const vitals = await openVitals(undefined, (event) => void events.push(event));
    vitals.ready();
    for (const now_ms of [0, 100, 200]) vitals.well(now_ms);
    vitals.end(true);
    expect(events).toEqual(["systemd-refused"]);
    vi.unstubAllEnvs();
  });
});
