import fc from "fast-check";
import { expect, test } from "vitest";
import { chart_min, charted } from "../../../procedures/analysis/controlChart.ts";

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const many = fc.array(finite, { minLength: chart_min, maxLength: 30 });

test("what is not finite is invalid, wherever it stands", () => {
  fc.assert(
    fc.property(many, odd, fc.nat(30), (earlier, bad, at) => {
      expect(charted(earlier, bad, 1).says).toBe("invalid");
      expect(charted(earlier, 1, bad).says).toBe("invalid");
      expect(charted([...earlier.slice(0, at), bad, ...earlier.slice(at)], 1, 1).says).toBe("invalid");
    }),
  );
  expect(charted([], Number.NaN, 1).says).toBe("invalid");
});

test("too few earlier answers make no chart", () => {
  expect(charted([], 1, 1).says).toBe("too-few");
  expect(
    charted(
      Array.from({ length: chart_min - 1 }, () => 1),
      1e6,
      1,
    ).says,
  ).toBe("too-few");
});

test("in control up to 2 s, a warning up to 3 s, a stop beyond", () => {
  fc.assert(
    fc.property(
      many,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      (earlier, floor, z) => {
        const { mean, s } = charted(earlier, 0, floor);
        expect(s).toBeGreaterThanOrEqual(floor);
        const far = Math.abs(z);
        if (Math.abs(far - 2) < 1e-6 || Math.abs(far - 3) < 1e-6) return;
        expect(charted(earlier, mean + z * s, floor).says).toBe(far > 3 ? "stop" : far > 2 ? "warn" : "in-control");
      },
    ),
  );
});

test("answers that are all alike do not make a chart of zero width", () => {
  const alike = Array.from({ length: 10 }, () => 1e-4);
  expect(charted(alike, 1.01e-4, 1e-6).says).toBe("in-control");
  expect(charted(alike, 1.0e-4, 0).says).toBe("invalid");
});
