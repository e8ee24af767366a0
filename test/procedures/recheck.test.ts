/** S9 holds for a resumed run too: its new mating carries 25 A before any power, or the run does not go on. */
import { expect, test } from "vitest";
import { parseAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { recheck } from "../../procedures/routines/recheck.ts";
import { dryRun } from "../../rig/cli/nominal.ts";
import { inputsOf } from "./scenario.ts";

test.each([
  ["healthy", "", true],
  ["an earth of 0.2 ohm, which ends it at 1 A already", "paths:\n  PE: { bar_ohm: 0.2 }\n", false],
] as const)("%s", async (_, fields, goesOn) => {
  const inputs = inputsOf({});
  let answer: boolean | undefined;
  const procedure = {
    ...inputs.procedure,
    body: function* (context: typeof inputs.context) {
      answer = yield* recheck(context);
    },
  };
  const adapter = parseAdapterUnderTest(`adapter: resumed\nfamily: A\n${fields}`);
  const run = await dryRun({ ...inputs, procedure }, { adapter, planned: [] });
  expect(answer).toBe(goesOn);
  expect(run.measurements.some(({ id }) => id === "pe.r")).toBe(goesOn);
});
