/** From when the unplug sweep counts that a stalled device can be noticed. */
import { expect, test } from "vitest";
import { firstAsked } from "./unplug.ts";

const gone_ms = 1000;
const unproven = "the safe-off does not prove the bench safe: generator.output off: commanded, no answer";

test("a question of the plan counts, whatever the run ended by", () => {
  expect(firstAsked([undefined, 1300, 1200], unproven, gone_ms)).toBe(1200);
  expect(firstAsked([1300], "no answer to *IDN?", gone_ms)).toBe(1300);
});

test("without one it counts from the loss, as for a monitor's questions, which leave no event", () => {
  expect(firstAsked([undefined], "watch-scan-age: no scan from daq for 2.5 s", gone_ms)).toBe(gone_ms);
  expect(firstAsked([], "", gone_ms)).toBe(gone_ms);
});

test("a run that came to its end and found the silence only in its safe-off was not late", () => {
  expect(firstAsked([undefined], unproven, gone_ms)).toBe(Number.POSITIVE_INFINITY);
  expect(firstAsked([undefined], `no answer, after which ${unproven}`, gone_ms)).toBe(gone_ms);
});
