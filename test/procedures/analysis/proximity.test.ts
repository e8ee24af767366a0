import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bothLatches,
  holdsWhenHot,
  proximityByOhm,
  proximityByVolt,
  type2Code,
  vehicleVolt,
} from "../../../procedures/analysis/proximityState.ts";
import { actuationOf, cleanActuation, latchSequence } from "../../../procedures/analysis/proximitySwitch.ts";

const noNumber = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const sure = (value: number) => ({ value, u: 0.001 });

describe("states of proximity", () => {
  test("nominal plugs make 4.46, 1.51 and 2.76 V", () => {
    expect(vehicleVolt(Number.POSITIVE_INFINITY)).toBeCloseTo(4.46, 2);
    expect(vehicleVolt(150)).toBeCloseTo(1.51, 2);
    expect(vehicleVolt(480)).toBeCloseTo(2.76, 2);
  });

  test("the voltage of a plug gives the state of its resistance, over the whole tolerance", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 135.1, max: 164.9, noNaN: true }),
        fc.double({ min: 432.1, max: 527.9, noNaN: true }),
        (a, b) => {
          for (const [ohm, state] of [
            [a, "latched"],
            [b, "pressed"],
          ] as const) {
            expect(proximityByVolt(sure(vehicleVolt(ohm)))).toEqual({ is: "state", state });
            expect(proximityByOhm(sure(ohm))).toEqual({ is: "state", state });
          }
        },
      ),
    );
  });

  test("what is no number is never a state; the edge of a window fits several", () => {
    fc.assert(
      fc.property(noNumber, (bad) => {
        for (const of of [proximityByVolt, proximityByOhm]) {
          expect(of({ value: bad, u: 0 }).is).toBe("invalid");
          expect(of({ value: 150, u: bad }).is).toBe("invalid");
        }
      }),
    );
    expect(proximityByVolt(undefined).is).toBe("invalid");
    expect(proximityByVolt({ value: 1.82, u: 0.01 })).toEqual({ is: "several", states: ["latched", "none"] });
    expect(proximityByVolt({ value: 2, u: 0.5 })).toEqual({ is: "several", states: ["latched", "pressed"] });
  });

  test("parts of the Type 2 coding are recognised, with what a vehicle takes them for (domain.md 1.3)", () => {
    expect(type2Code(680)).toMatchObject({ ampere: 20, seenAs: "pressed" });
    expect(type2Code(225)).toMatchObject({ ohm: 220, seenAs: "undefined" });
    expect(type2Code(1500)).toMatchObject({ ampere: 13, seenAs: "undefined" });
    expect(type2Code(150)).toBeUndefined();
    expect(type2Code(480)).toBeUndefined();
    fc.assert(fc.property(noNumber, (bad) => void expect(type2Code(bad)).toBeUndefined()));
  });

  test("both latches pressed give 810 ohm, 3.27 V and no state; which is pressed alone does not matter", () => {
    expect(bothLatches(true, true)).toMatchObject({ ohm: 810, state: "undefined" });
    expect(bothLatches(true, true).volt).toBeCloseTo(3.27, 2);
    expect(bothLatches(true, false)).toEqual(bothLatches(false, true));
    expect(bothLatches(false, false).state).toBe("latched");
  });

  test("hot holds only when both readings are the same sure state", () => {
    const at = (volt: number) => proximityByVolt(sure(volt));
    expect(holdsWhenHot(at(1.5), at(1.6))).toBe("yes");
    expect(holdsWhenHot(at(1.5), at(2.7))).toBe("no");
    expect(holdsWhenHot(at(1.5), at(2.1))).toBe("no");
    expect(holdsWhenHot(at(1.5), at(Number.NaN))).toBe("unclear");
    expect(holdsWhenHot(at(Number.NaN), at(1.5))).toBe("unclear");
  });
});

describe("the latch switch", () => {
  const press = (t_s: number) => ({ t_s, pressed: true });
  const release = (t_s: number) => ({ t_s, pressed: false });

  test("a press with 5 ms of bounce is one clean transition", () => {
    const a = actuationOf(false, [press(1), release(1.002), press(1.005)]);
    expect(a).toEqual({ transitions: 1, bounce_s: expect.closeTo(0.005, 9), endsPressed: true });
    expect(cleanActuation(a, true, 1e-5)).toBe(true);
    expect(cleanActuation(a, false, 1e-5)).toBe(false);
  });

  test("too much bounce, two transitions, a flicker or none are not clean", () => {
    const long = [press(1), ...[0.01, 0.02, 0.03].flatMap((d) => [release(1 + d - 0.005), press(1 + d)])];
    expect(cleanActuation(actuationOf(false, long), true, 0)).toBe(false);
    expect(actuationOf(false, [press(1), release(2), press(3)])?.transitions).toBe(3);
    expect(actuationOf(false, [press(1), release(1.003)])?.transitions).toBe(2);
    expect(cleanActuation(actuationOf(false, []), true, 0)).toBe(false);
    expect(cleanActuation(actuationOf(true, []), true, 0)).toBe(false);
  });

  test("times that are no numbers, run backwards or repeat a state give nothing; an unsure time is not clean", () => {
    expect(actuationOf(false, [press(2), release(1)])).toBeUndefined();
    expect(actuationOf(false, [press(1), press(2)])).toBeUndefined();
    fc.assert(fc.property(noNumber, (bad) => void expect(actuationOf(false, [press(bad)])).toBeUndefined()));
    const good = actuationOf(false, [press(1)]);
    fc.assert(fc.property(noNumber, (bad) => void expect(cleanActuation(good, true, bad)).toBe(false)));
    expect(cleanActuation(undefined, true, 0)).toBe(false);
  });

  test("press and release are judged alike", () => {
    const gaps = fc.array(fc.double({ min: 0.0001, max: 0.05, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(gaps, (times) => {
        const changes = (from: boolean) => {
          let t_s = 0;
          let pressed = from;
          return times.map((gap) => {
            t_s += gap;
            pressed = !pressed;
            return { t_s, pressed };
          });
        };
        const [a, b] = [actuationOf(false, changes(false)), actuationOf(true, changes(true))];
        expect(b).toEqual({ ...a, endsPressed: !a?.endsPressed });
      }),
    );
  });

  test("a plug that skips the pressed state has a broken latch", () => {
    expect(latchSequence(["open", "open", "pressed", "pressed", "latched"])).toBe("healthy");
    expect(latchSequence(["open", "latched", "latched"])).toBe("broken");
    expect(latchSequence(["open", "pressed"])).toBe("unclear");
    expect(latchSequence([])).toBe("unclear");
  });
});
