/** pilot-corners: each fault is found at its row. Slow because each run analyses 30 captures of 220,000 samples, twice. */
import { describe, expect, test } from "vitest";
import { adapterFile, type Case, expectFail, expectPass, expectRigFault, faulty } from "../procedures/cases.ts";
import { noteOf } from "../procedures/notes.ts";
import { bad, perform } from "../procedures/scenario.ts";

const corners = "pilot-corners";

describe("healthy adapters", () => {
  test.each([
    ["pilot-corners, family C", { procedure: corners, type: "generic-c-pass", adapter: adapterFile("healthy-c") }],
    ["pilot-corners, 75 pF", { procedure: corners, adapter: faulty("cp_pe_farad: 7.5e-11"), seed: 5 }],
  ])("%s: pass", (_, scenario) => expectPass(scenario));
});

describe("pilot-corners", () => {
  const computed = "Pilot corners / Corners computed";
  const cases: readonly Case[] = [
    [
      "PE open",
      { procedure: corners, adapter: adapterFile("pe-open") },
      { id: "pe.r.screen", step: "Protective earth at 1 A", contact: "evse.PE", cause: /^PE is open/ },
    ],
    [
      "4 Mohm from CP to PP: before 12 V come near, which proximity's electronics may not stand",
      { procedure: corners, adapter: faulty("leaks: [{ between: [ev.CP, ev.PP], ohm: 4.0e6 }]") },
      {
        id: "cp.pp.r/evse.PP",
        step: "Pilot corners / Pilot apart from proximity",
        contact: "evse.PP",
        cause: /^pilot and proximity are coupled/,
      },
    ],
    [
      "12 kohm from CP to PE: the weakest station no more sees state A",
      { procedure: corners, adapter: faulty("leaks: [{ between: [ev.CP, ev.PE], ohm: 12000 }]") },
      { id: "cp.corner.stateA", step: computed, contact: "ev.CP", cause: /state A .* at 11\.4 V, 1030 ohm$/ },
    ],
    [
      "CP open",
      { procedure: corners, adapter: faulty("paths: { CP: { open: bar } }") },
      { id: "cp.corner.stateB", step: computed, contact: "ev.CP", cause: /would not see state B/ },
    ],
    [
      "400 ohm in CP",
      { procedure: corners, adapter: faulty("paths: { CP: { bar_ohm: 400 } }") },
      {
        id: "cp.corner.stateC",
        step: computed,
        contact: "ev.CP",
        cause: /state C .* at 12\.6 V, 970 ohm, diode 0\.85 V/,
      },
    ],
    [
      "205 ohm in CP",
      { procedure: corners, adapter: faulty("paths: { CP: { bar_ohm: 205 } }") },
      { id: "cp.corner.stateD", step: computed, contact: "ev.CP", cause: /would not see state D/ },
    ],
    [
      "100 kohm from CP to PE",
      { procedure: corners, adapter: faulty("leaks: [{ between: [ev.CP, ev.PE], ohm: 100000 }]") },
      { id: "cp.corner.shift/B", step: computed, contact: "ev.CP", cause: /shifts state B too much at 12\.6 V/ },
    ],
    [
      "20 ohm in CP",
      { procedure: corners, adapter: faulty("paths: { CP: { bar_ohm: 20 } }") },
      { id: "cp.corner.shift/C", step: computed, contact: "ev.CP", cause: /shifts state C too much/ },
    ],
    [
      "10 nF from CP to PE",
      { procedure: corners, adapter: faulty("cp_pe_farad: 1.0e-8") },
      { id: "cp.corner.low", step: computed, contact: "ev.CP", cause: /does not get negative enough/ },
    ],
    [
      "200 pF from CP to PE",
      { procedure: corners, adapter: faulty("cp_pe_farad: 2.0e-10") },
      { id: "cp.cap", step: computed, contact: "ev.CP", cause: /too much capacitance/ },
    ],
  ];
  test.each(cases)("%s", (_, scenario, expected) => expectFail(scenario, expected));

  test("what is computed is also seen where the bench can drive the corner", async () => {
    const ids = async (adapter: string) =>
      bad(await perform({ procedure: corners, adapter: faulty(adapter) })).map((m) => m.id);
    expect(await ids("paths: { CP: { bar_ohm: 30 } }")).toContain("cp.corner.driven/12.6/D/evse");
    expect(await ids("diodes: [{ anode: evse.PE, cathode: evse.CP }]")).toContain("cp.corner.neg/11.4");
    expect((await ids("cp_pe_farad: 1.0e-8")).filter((id) => id.startsWith("cp.delta.duty"))).not.toEqual([]);
  });

  test("every corner is in the record with its margin, and the worst is named", async () => {
    const run = await perform({ procedure: corners });
    const notes = run.journal.events.flatMap((e) => noteOf(e, "corners"));
    expect(notes.map((body) => (body["corners"] as unknown[]).length)).toEqual([4, 16, 32, 32]);
    const b = run.measurements.find(({ id }) => id === "cp.corner.stateB");
    expect(b?.reading.raw).toMatch(/^worst corner: 11\.4 V, 1030 ohm, diode 0\.55 V, R2 -3 %$/);
  });

  test("a ladder that does not close is the bench's fault", () =>
    expectRigFault(
      { procedure: corners, bench: "stuckOpen: [KR3]\n" },
      {
        id: "rig.corner.bypass/11.4/C/evse",
        step: "Pilot corners / Bypass gives the corners",
        cause: /^the bench's own pilot is wrong/,
      },
    ));
});
