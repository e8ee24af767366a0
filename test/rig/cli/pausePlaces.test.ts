/** Where a run may pause, as the dry run on this bench finds it: declared by the plan, and with everything off there. */
import { expect, test } from "vitest";
import { readInputs } from "../../../rig/cli/inputs.ts";
import { dryRun } from "../../../rig/cli/nominal.ts";

const places = async (procedure: string): Promise<readonly string[]> => {
  const inputs = readInputs({ procedure, adapter: "generic-a-pass", serial: "SN-1", operator: "test" });
  return (await dryRun(inputs)).steps.filter(({ pause }) => pause).map(({ path }) => path);
};

test("a screening pauses before what needs no warm adapter and nothing that is half done", async () => {
  expect(await places("dc-screening-no-soak")).toEqual([
    "Fit the adapter",
    "Proximity",
    "Control pilot",
    "Drop resistance",
    "Temperature rise",
  ]);
});

test("an incoming inspection pauses too; never between a soak and what is measured while it is hot", async () => {
  expect(await places("incoming")).toEqual(["Fit the adapter", "Proximity", "Control pilot"]);
  const qualification = await places("thermal-qualification");
  expect(qualification).toContain("Temperature rise");
  expect(qualification).not.toContain("Signals while hot");
  expect(qualification).not.toContain("Ambient at the end");
});
