/** Reference halves as a person fits them: read from their labels, judged, and exchanged between matings. */
import { describe, expect, test, vi } from "vitest";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { type Between, dryRun } from "../../rig/cli/nominal.ts";
import type { Data } from "../../rig/model/data.ts";
import { bad, inputsOf } from "./scenario.ts";

vi.setConfig({ testTimeout: 120_000 });

const scenario = { procedure: "ac-screening-no-soak", type: "generic-c-pass" };
const straight: Between = {
  instruments: (twins) => twins,
  body: (body) => body,
  ask: (ask) => ask,
  advancing: () => undefined,
  step: () => undefined,
  refused: () => undefined,
};

/** The person answers otherwise to one prompt. */
const answering = (id: string, answer: Data): Between => ({
  ...straight,
  ask: (ask) => async (prompt, signal) => {
    const given = await ask(prompt, signal);
    return prompt.id === id ? { ...given, answer } : given;
  },
});

describe("a reference half", () => {
  test.each([
    "RH-S-CCS1",
    "another, or none",
  ])("whose label reads %s ends the run before anything is energised", async (label) => {
    const run = await dryRun(inputsOf(scenario), { between: answering("half-evse-J1772", label) });
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "not-judged", ending: "rig-error" });
    expect(bad(run)[0]).toMatchObject({ id: "rig.half/evse", subject: "rig" });
    expect(run.firstCause).toMatch(/must be RH-S-J1772, its label says/);
  });

  test("that was not qualified for the label's current is a fault of the rig", async () => {
    const inputs = inputsOf(scenario);
    const halves = (inputs.context.halves ?? []).map((half) => ({ ...half, max_A: 40 }));
    const run = await dryRun({ ...inputs, context: { ...inputs.context, halves } });
    expect(bad(run)[0]).toMatchObject({ id: "rig.half.rating/evse" });
    expect(run.firstCause).toMatch(/^RH-S-J1772 was qualified for 40 A, the label asks for 48 A/);
  });

  test("that was confirmed and not exchanged is known by its label alone: the earth that is measured is the other inlet's", async () => {
    const idle: Between = {
      ...straight,
      ask: (ask) => (prompt, signal) => {
        const { action, ...rest } = prompt;
        const left = prompt.id === "half-evse-J1772";
        return ask(left || action === undefined ? (rest as typeof prompt) : prompt, signal);
      },
    };
    const run = await dryRun(inputsOf({ ...scenario, type: "generic-e-joined" }), {
      between: idle,
      adapter: adapterFrom({ adapter: "e", family: "E", paths2: { PE: { open: "bar" } } }),
    });
    // The CCS1 half is still there, and its earth is good: only the label tells, so the record keeps who confirmed it.
    expect(run.measurements.find((m) => m.id === "pe.r.screen")?.verdict).toBe("pass-screening");
  });
});

describe("a resumed AC run", () => {
  test.each([
    "generic-c-pass",
    "generic-e-joined",
  ])("of %s reads the halves again and proves the earth", async (type) => {
    const inputs = inputsOf({ ...scenario, type });
    const { recheck } = inputs.procedure;
    if (!recheck) throw new Error("the procedure cannot be resumed");
    let may = false;
    const body = function* () {
      may = yield* recheck(inputs.context);
    };
    const run = await dryRun({ ...inputs, procedure: { ...inputs.procedure, body } });
    expect(bad(run)).toEqual([]);
    expect(may).toBe(true);
    const ids = run.measurements.map((m) => m.id);
    expect(ids).toContain("rig.half/evse/resumed");
    expect(run.measurements.find((m) => m.id === "pe.r.screen")?.contacts).toEqual(
      type === "generic-e-joined" ? ["evse2.PE", "ev.PE"] : ["evse.PE", "ev.PE"],
    );
  });
});

describe("mechanics", () => {
  test.each([
    ["no", "fail"],
    ["not checked", "inconclusive"],
  ])("answered %s gives %s", async (answer, verdict) => {
    const inputs = inputsOf({ procedure: "mechanics", type: "generic-e-joined" });
    const run = await dryRun(inputs, { between: answering("me.touch.exposed", answer) });
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict, ending: "completed" });
    expect(bad(run).map((m) => m.id)).toEqual(["me.touch.exposed"]);
    expect(run.measurements.length).toBe(6);
  });

  test.each([
    "generic-a-pass",
    "generic-b-pass",
    "generic-c-pass",
    "generic-d-pass",
  ])("of %s drives nothing", async (type) => {
    const run = await dryRun(inputsOf({ procedure: "mechanics", type }));
    expect(run.verdict).toBe("pass-screening");
    expect(run.measurements.every((m) => m.limit.startsWith("me."))).toBe(true);
  });
});

describe("a new mating", () => {
  test("of which the earth is not proved admits no power, though the earth of the last one was", async () => {
    const inputs = inputsOf({ procedure: "combo-screening-no-soak", type: "generic-e-joined" });
    const run = await dryRun(inputs, {
      adapter: adapterFrom({ adapter: "e", family: "E", paths2: { PE: { open: "evse" } } }),
    });
    expect(bad(run)[0]).toMatchObject({ id: "pe.r.screen@J1772", contacts: ["evse2.PE", "ev.PE"] });
    const at = run.journal.events.findIndex(
      (event) => event.type === "judged" && JSON.stringify(event.body).includes("pe.r.screen@J1772"),
    );
    const after = run.journal.events.slice(at).flatMap((e) => (e.type === "issued" ? [JSON.stringify(e.command)] : []));
    expect(at).toBeGreaterThan(0);
    expect(after.filter((text) => /"role":"(source|load)"/.test(text) && text.includes('"op":"set"'))).toEqual([]);
  });
});
