/**
 * The Monte Carlo of test/bench/thermalMonteCarlo.ts on few units: what 150 units can show. The figures of 3,000 are in
 * docs/decisions/0030-thermal-prediction.md.
 */
import { expect, test } from "vitest";
import { predictionFigures, stabilisationFigures } from "../../bench/thermalMonteCarlo.ts";

const units = 150;
const seed = 777_000;

test("150 units that are not the fitted model: none judged wrongly, few undecided, the band holds the truth", () => {
  const figures = predictionFigures(units, seed);
  expect({ pass: figures.wrongPass, fail: figures.wrongFail }).toEqual({ pass: 0, fail: 0 });
  // 5 % of 150 is 7.5; two standard deviations of a count of 7.5 are 5.5.
  expect(figures.undecided).toBeLessThanOrEqual(13);
  expect(figures.median_min).toBeLessThanOrEqual(60);
  // 95 % less two standard deviations of a share of 150.
  expect(figures.coverage_pct).toBeGreaterThanOrEqual(91.4);
}, 240_000);

test("the stabilisation rules read low on the same units, the prediction does not", () => {
  const [iec] = stabilisationFigures(40, seed);
  expect(iec?.error_K[1]).toBeLessThan(-2);
});
