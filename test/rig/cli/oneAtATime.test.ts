/** However many pages ask, one process works and few wait. */
import { expect, test } from "vitest";
import { oneAtATime } from "../../../rig/cli/oneAtATime.ts";

test("work is done one after the other; what is too much is refused, and a failure holds up nobody", async () => {
  const inTurn = oneAtATime("labels", 3);
  let [now, most, done] = [0, 0, 0];
  const work = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    done += 1;
    if (done === 1) throw new Error("no label");
  };
  const asked = await Promise.allSettled([1, 2, 3, 4, 5].map(() => inTurn(work)));
  expect(asked.map((one) => (one.status === "rejected" ? String(one.reason) : "made"))).toEqual([
    "Error: no label",
    "made",
    "made",
    expect.stringMatching(/too many labels/),
    expect.stringMatching(/too many labels/),
  ]);
  await inTurn(work);
  expect([most, done]).toEqual([1, 4]);
});
