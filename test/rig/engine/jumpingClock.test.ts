import { describe, expect, test } from "vitest";
import { jumpingClock } from "../../../rig/engine/clocks.ts";

const never = new AbortController().signal;

describe("a clock whose world has stopped", () => {
  const stopped = () => jumpingClock(() => Promise.reject(new Error("the twin has gone")));

  test("ends every wait with the reason, so that no tear-down hangs", async () => {
    const clock = stopped();
    const waits = [clock.sleep(1, never), clock.sleep(5, never)];
    clock.allWaiting();
    const ends = await Promise.allSettled(waits);
    expect(ends.map((end) => end.status)).toEqual(["rejected", "rejected"]);
    expect(clock.failed.aborted).toBe(true);
  });

  test("refuses a later wait", async () => {
    const clock = stopped();
    const first = clock.sleep(1, never);
    clock.allWaiting();
    await expect(first).rejects.toThrow("the twin has gone");
    await expect(clock.sleep(0.3, never)).rejects.toThrow("the twin has gone");
  });
});
