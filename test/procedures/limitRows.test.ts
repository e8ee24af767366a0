/** A limits document holds what its procedures judge: a row that nothing judges reads as if it were tested. */
import { describe, expect, test } from "vitest";
import { readInputs } from "../../rig/cli/inputs.ts";
import { dryRun } from "../../rig/cli/nominal.ts";
import { procedures } from "../../rig/cli/procedures.ts";

/** Nominal runs that together come by every row, by limits document. */
const runs: Readonly<Record<string, readonly (readonly [procedure: string, type: string])[]>> = {
  "dc-screening": [
    ["dc-screening", "generic-a-series-sw"],
    ["dc-screening-no-soak", "generic-a-local"],
  ],
  "ac-screening": [
    ["ac-screening", "generic-c-series-sw"],
    ["ac-screening-no-soak", "generic-c-local"],
    ["combo-screening-no-soak", "generic-e-joined"],
  ],
  mechanics: [
    ["mechanics", "generic-a-pass"],
    ["mechanics", "generic-b-pass"],
    ["mechanics", "generic-e-joined"],
  ],
  "thermal-qualification": [
    ["thermal-qualification", "generic-a-pass"],
    ["thermal-engineering", "generic-a-pass"],
  ],
  "thermal-protection": [["thermal-protection", "generic-a-active"]],
  incoming: [
    ["incoming", "generic-a-local"],
    ["incoming", "generic-d-pass"],
    ["incoming", "generic-a-series-sw"],
  ],
  "pilot-corners": [["pilot-corners", "generic-c-pass"]],
  intermittents: [["intermittents", "generic-d-pass"]],
  "ageing-check": [
    ["ageing-check", "generic-a-pass"],
    ["drop-matings", "generic-b-pass"],
  ],
  "thermocouple-walk": [["thermocouple-walk", "generic-a-pass"]],
  insulation: [
    ["insulation-withstand-ac", "generic-a-pass"],
    ["insulation-withstand-dc", "generic-a-pass"],
    ["insulation-withstand-ac", "generic-d-pass"],
    ["insulation-withstand-dc", "generic-d-pass"],
  ],
};

/** Rows that need more than an adapter: an artefact to be checked, an earlier run to be compared with. */
const more: Readonly<Record<string, readonly string[]>> = {
  "dc-screening": ["artefact.answer", "rig.artefact.answer"],
  "ageing-check": ["age.r.growth", "age.rise.growth"],
};

describe.each(Object.entries(runs))("limits of %s", (document, all) => {
  test("each row is judged by a nominal run", { timeout: 60_000 }, async () => {
    const judged = new Set<string>(more[document]);
    const rows = new Set<string>();
    for (const [procedure, type] of all) {
      const inputs = readInputs({ procedure, adapter: type, serial: "ROWS", operator: "rows" });
      const run = await dryRun(inputs);
      expect(run.ending, `${procedure} ${type}: ${run.firstCause}`).toBe("completed");
      for (const { limit } of run.measurements) judged.add(limit);
      for (const row of Object.keys(inputs.limits.rows)) rows.add(row);
    }
    expect([...rows].filter((row) => !judged.has(row))).toEqual([]);
  });
});

test("no limits document is left out", () => {
  expect([...new Set(procedures.map(({ limits }) => limits))].sort()).toEqual(Object.keys(runs).sort());
});
