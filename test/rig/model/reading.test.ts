import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { above, below, derive, invalid, numberOf, type Reading, reading } from "../../../rig/model/reading.ts";

const origin = { raw: "as it came", t_s: 12 };

/** All that an instrument, a parser or a file might hand over as a number. */
const anything = fc.oneof(
  fc.double(),
  fc.constantFrom(9.9e37, -9.9e37, 9.91e37, 1e29, -1e29, Number.POSITIVE_INFINITY, Number.NaN, 0, -0),
  fc.anything(),
);

const some: fc.Arbitrary<Reading<"V">> = fc.oneof(
  fc
    .record({ value: fc.double({ noNaN: true, min: -1e6, max: 1e6 }), u: fc.double({ noNaN: true, min: 0, max: 10 }) })
    .map(({ value, u }) => reading("V", value, u, origin)),
  fc.double({ noNaN: true, min: -10, max: 10 }).map((bound) => above("V", bound, origin)),
  fc.double({ noNaN: true, min: -10, max: 10 }).map((bound) => below("V", bound, origin)),
  fc.constant(invalid("V", "overload", origin)),
);

describe("a reading", () => {
  test("has a value only when it was given a plain finite number with an uncertainty", () => {
    fc.assert(
      fc.property(anything, anything, (value, u) => {
        const r = reading("V", value, u as number, origin);
        if (r.is === "value") {
          expect(Number.isFinite(r.value) && Math.abs(r.value) < 1e29).toBe(true);
          expect(Number.isFinite(r.u) && r.u >= 0).toBe(true);
        } else expect(r.is).toBe("invalid");
      }),
    );
  });

  test.each([
    [Number.NaN, "not-a-number"],
    [true, "not-a-number"],
    ["5.1", "not-a-number"],
    [null, "not-a-number"],
    [undefined, "not-a-number"],
    [Number.POSITIVE_INFINITY, "overload"],
    [9.9e37, "overload"],
    [-9.9e37, "overload"],
    [9.91e37, "overload"],
  ])("of %s is invalid: %s", (value, code) => {
    expect(reading("ohm", value, 0.1, origin)).toMatchObject({ is: "invalid", code, unit: "ohm", raw: origin.raw });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e-9])("with uncertainty %s is invalid", (u) => {
    expect(reading("ohm", 1, u, origin)).toMatchObject({ is: "invalid", code: "no-uncertainty" });
  });

  test("keeps number, uncertainty, words of the instrument and time as they are", () => {
    expect(reading("A", -0.5, 0.25, origin)).toEqual({ is: "value", unit: "A", value: -0.5, u: 0.25, ...origin });
  });

  test.each([above, below])("$name needs a finite bound", (bounded) => {
    expect(bounded("ohm", 1e8, origin)).toMatchObject({ is: bounded.name, bound: 1e8 });
    for (const bound of [Number.NaN, Number.POSITIVE_INFINITY, true as unknown as number]) {
      expect(bounded("ohm", bound, origin)).toMatchObject({ is: "invalid", code: "no-bound" });
    }
  });
});

describe("a number taken from a reading", () => {
  test("is there only for a value", () => {
    fc.assert(fc.property(some, (r) => (numberOf(r) !== undefined) === (r.is === "value")));
  });
});

describe("a derived reading", () => {
  const sum = (values: readonly number[], us: readonly number[]) => ({
    value: values.reduce((a, b) => a + b, 0),
    u: Math.hypot(...us, 0),
  });

  test("is a value only when all it comes from are", () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 5 }), (from) => {
        const r = derive("V", "sum", from, sum);
        expect(r.is).toBe(from.every((one) => one.is === "value") ? "value" : "invalid");
      }),
    );
  });

  test("says what spoiled it", () => {
    const good = reading("V", 1, 0, origin);
    const spoiled = derive("ohm", "U/I", [good, invalid("A", "overload", { raw: "+9.9E37", t_s: 3 })], sum);
    expect(spoiled).toMatchObject({ is: "invalid", code: "overload", raw: "U/I: +9.9E37", unit: "ohm" });
    expect(derive("ohm", "U/I", [above("V", 3, origin)], sum)).toMatchObject({ code: "above-range" });
  });

  test("of a division by zero is invalid, not infinite", () => {
    const zero = reading("A", 0, 0, origin);
    const r = derive("ohm", "1/I", [zero], ([i = 0]) => ({ value: 1 / i, u: 0 }));
    expect(r).toMatchObject({ is: "invalid", code: "overload" });
  });

  test("is as late as the latest it comes from", () => {
    const early = reading("V", 1, 0, { raw: "", t_s: 4 });
    const late = reading("V", 2, 0, { raw: "", t_s: 9 });
    expect(derive("V", "sum", [late, early], sum).t_s).toBe(9);
  });
});
