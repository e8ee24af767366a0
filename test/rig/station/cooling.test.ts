/** "Do not touch": cautious, never below what was read, and never "cool" where it is not known. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CoolingParts,
  cooling_tau_s,
  coolingOf,
  isAmbient,
  isTemperature,
  latest,
  margin_K,
  sensorOf,
  touch_degC,
} from "../../../rig/station/cooling.ts";

const at = (name: string, degC: number, t_s = 100) => ({ name, degC, t_s });
const hot: CoolingParts = {
  parts: [at("T.evse.DC+", 72), at("T.ev.DC-", 60)],
  ambients: [at("T.ambient.1", 23), at("T.ambient.2", 24)],
  driven_s: 10,
  elapsed_s: 0,
};

describe("a countdown", () => {
  test("names the hottest part and ends when the cautious law is at the touch temperature", () => {
    const found = coolingOf(hot);
    expect(found).toMatchObject({ is: "hot", where: "T.evse.DC+", hottest_degC: 72, ambient_degC: 24 });
    if (found.is !== "hot") return;
    // (72 + 3 - 24) falls to (50 - 24) within this time, by hand: 3600 ln(51 / 26) = 2425 s.
    expect(found.remaining_s).toBe(Math.ceil(3600 * Math.log(51 / 26)));
    expect(coolingOf({ ...hot, elapsed_s: found.remaining_s - 1 }).is).toBe("hot");
    expect(coolingOf({ ...hot, elapsed_s: found.remaining_s + 1 })).toMatchObject({ is: "cool", by: "estimate" });
  });

  test("a clock that went back gives nobody an earlier end", () => {
    expect(coolingOf({ ...hot, elapsed_s: -5000 })).toEqual(coolingOf(hot));
  });

  test("anything hotter, in warmer air or read later, takes longer or as long; and parts are never said cool above the limit", () => {
    const degC = fc.double({ min: -20, max: 120, noNaN: true });
    fc.assert(
      fc.property(degC, degC, fc.double({ min: 0, max: 20, noNaN: true }), fc.nat(20_000), (part, ambient, more, s) => {
        const one = coolingOf({ ...hot, parts: [at("T", part)], ambients: [at("A", ambient)], elapsed_s: s });
        const other = coolingOf({ ...hot, parts: [at("T", part + more)], ambients: [at("A", ambient)], elapsed_s: s });
        if (one.is === "hot" && other.is === "hot") {
          expect(other.remaining_s).toBeGreaterThanOrEqual(one.remaining_s);
        }
        if (one.is === "hot") expect(other.is).not.toBe("cool");
        if (one.is === "cool" && s === 0) expect(part + margin_K).toBeLessThanOrEqual(touch_degC);
        if (one.is === "hot") expect(one.remaining_s).toBeLessThanOrEqual(cooling_tau_s * 10);
      }),
    );
  });
});

describe("what is not known is not called cool", () => {
  test.each([
    [
      "a sensor gave nothing at the end",
      { parts: [at("T.evse.DC+", Number.NaN), at("T.ev.DC+", 20)] },
      /T\.evse\.DC\+/,
    ],
    ["no temperature was read", { parts: [] }, /no temperature was read/],
    ["current flowed after the last reading", { driven_s: 101 }, /no temperature was read after/],
    ["no ambient", { ambients: [at("T.ambient.1", Number.NaN)] }, /ambient temperature is not known/],
    ["the air is as warm itself", { ambients: [at("T.ambient.1", 51)] }, /ambient is 51 °C itself/],
  ])("%s", (_name, part, why) => {
    const found = coolingOf({ ...hot, ...part });
    expect(found.is).toBe("unknown");
    if (found.is === "unknown") expect(found.why).toMatch(why);
  });

  test("without any current nothing was heated; parts that were read below the limit are cool by that", () => {
    expect(coolingOf({ ...hot, driven_s: undefined })).toEqual({ is: "cold" });
    const cool = coolingOf({ ...hot, parts: [at("T.evse.DC+", 46)], ambients: [] });
    expect(cool).toMatchObject({ is: "cool", by: "reading", hottest_degC: 46 });
    // Within the margin it is not.
    expect(coolingOf({ ...hot, parts: [at("T.evse.DC+", 48)] }).is).toBe("hot");
  });
});

test("the last reading of each sensor counts, from whichever series: one that was read again while it cooled, too", () => {
  expect(latest([at("T.PE", 70, 5), at("T.PE", 40, 9), at("T.PE", 60, 7)])).toEqual([at("T.PE", 40, 9)]);
  expect(["thermal/T.evse.DC+", "drop/T.evse.DC+#2"].map(sensorOf)).toEqual(["T.evse.DC+", "T.evse.DC+"]);
  expect(["thermal/T.ambient.1", "thermal/V.DC+", "thermal/T.grip.1"].map(isTemperature)).toEqual([true, false, true]);
  expect(["thermal/T.ambient.1", "thermal/T.grip.1"].map(isAmbient)).toEqual([true, false]);
});
