/** Golden and challenge checks: the right artefact is answered rightly, and each way of being wrong is noticed and named. */
import { describe, expect, test } from "vitest";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { parseDeviations } from "../../drivers/twin/world/deviations.ts";
import { withDeclared } from "../../rig/cli/declare.ts";
import { type Inputs, readInputs } from "../../rig/cli/inputs.ts";
import { type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { ReplayPerformer } from "../../rig/engine/replay.ts";
import type { Data } from "../../rig/model/data.ts";
import type { Declared } from "../../rig/model/declared.ts";

interface Scene {
  readonly procedure: "golden-check" | "challenge-check";
  readonly serial: string;
  /** Fields of the adapter that really lies there. */
  readonly adapter?: Readonly<Record<string, unknown>>;
  readonly bench?: string;
  readonly declared?: Declared;
}

const inputsOf = ({ procedure, serial, declared }: Scene): Inputs => {
  const inputs = readInputs({ procedure, serial, adapter: "generic-a-pass", operator: "test" });
  return declared ? withDeclared(inputs, { ...inputs.context.declared, ...declared }) : inputs;
};

/** The run, its replay (which must come to the same end), and the answer in its record. */
async function run(scene: Scene): Promise<DryRun & { readonly answer: Readonly<Record<string, Data>> | undefined }> {
  const inputs = inputsOf(scene);
  const dry = await dryRun(inputs, {
    ...(scene.adapter ? { adapter: adapterFrom({ adapter: "artefact", family: "A", ...scene.adapter }) } : {}),
    ...(scene.bench ? { deviations: parseDeviations(scene.bench) } : {}),
  });
  const performer = new ReplayPerformer(dry.journal.events, (name, from, total) =>
    dry.journal.series(name, from, total),
  );
  const again = await new Engine({
    performer,
    limits: inputs.limits,
    approved: true,
    end: new AbortController(),
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(() => inputs.procedure.body(inputs.context));
  expect([again.verdict, again.ending, again.firstCause]).toEqual([dry.verdict, dry.ending, dry.firstCause]);
  const bodies = dry.journal.events.flatMap((e) =>
    e.type === "note" ? [e.body as Readonly<Record<string, Data>>] : [],
  );
  return { ...dry, answer: bodies.find((body) => body["kind"] === "artefact-answer") };
}

describe("a right answer passes", () => {
  test.each([
    ["golden-check", "GOLD-A-1"],
    ["challenge-check", "BAD-A-1"],
    ["challenge-check", "BAD-A-3"],
  ] as const)("%s %s", async (procedure, serial) => {
    const dry = await run({ procedure, serial });
    expect([dry.verdict, dry.ending, dry.firstCause]).toEqual(["pass-screening", "completed", undefined]);
    expect(dry.answer?.["right"]).toBe(true);
  });
});

async function expectWrong(scene: Scene, row: string, says: RegExp): Promise<void> {
  const dry = await run(scene);
  expect([dry.verdict, dry.ending]).toEqual(["not-judged", "rig-error"]);
  expect({ right: dry.answer?.["right"], row: dry.answer?.["row"] }).toEqual({ right: false, row });
  expect(dry.answer?.["says"]).toMatch(says);
  expect(dry.firstCause).toMatch(says);
}

describe("a wrong answer of the golden artefact is a fault of the rig and names the row", () => {
  const golden = { procedure: "golden-check", serial: "GOLD-A-1" } as const;
  test.each([
    [
      "a pole that passes, but reads 15 uohm more",
      { paths: { "DC+": { bar_ohm: 5.5e-5 } } },
      "power.dc.r/DC+",
      /reads 11\d(\.\d)? uohm/,
    ],
    [
      "a pole that reads less: the rig would pass bad ones",
      { paths: { "DC-": { bar_ohm: 2e-5 } } },
      "power.dc.r/DC-",
      /100 uohm \+- 8 uohm is right/,
    ],
    ["a row that fails outright", { paths: { PE: { open: "bar" } } }, "pe.r.screen", /was not passed at pe.r.screen/],
  ] as const)("%s", (_, adapter, row, says) => expectWrong({ ...golden, adapter }, row, says));

  test("a reading within its tolerance, but more than 3 s from its earlier answers", async () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => 1.06e-4 + (i % 3) * 1e-8);
    const runs = values.map((_, i) => i + 1);
    await expectWrong(
      { ...golden, declared: { chart: { "power.dc.r/DC+": { runs, values } } } },
      "power.dc.r/DC+",
      /within its tolerance, but -\d+\.\d s from its earlier answers/,
    );
  });

  test("a fault that the rig sees itself is no answer of the artefact", async () => {
    const dry = await run({ ...golden, bench: "openLead: [W.evse.DC+.S]" });
    expect([dry.verdict, dry.ending]).toEqual(["not-judged", "rig-error"]);
    expect(dry.answer).toBeUndefined();
  });
});

describe("a wrong answer of a challenge artefact is a fault of the rig and names the row", () => {
  test.each([
    [
      "healthy where it must fail",
      "BAD-A-1",
      {},
      "power.dc.r/DC+",
      /must fail at power.dc.r\/DC\+, and every judgement passed/,
    ],
    [
      "failed somewhere else",
      "BAD-A-1",
      { paths: { "DC-": { bar_ohm: 3.4e-4 } } },
      "power.dc.r/DC+",
      /and power.dc.r\/DC- is fail first/,
    ],
    ["an open earth that reads whole", "BAD-A-2", {}, "pe.r.screen", /every judgement passed/],
    ["a leak that is not there", "BAD-A-3", {}, "wiring.isolation.r/0", /every judgement passed/],
  ] as const)("%s", (_, serial, adapter, row, says) =>
    expectWrong({ procedure: "challenge-check", serial, adapter }, row, says));
});

test("a serial number that no artefact has is a wrong argument that names those there are", () => {
  expect(() => inputsOf({ procedure: "golden-check", serial: "SN-1" })).toThrow(/known are GOLD-A-1/);
});

test("a golden artefact is no challenge artefact", () => {
  expect(() => inputsOf({ procedure: "challenge-check", serial: "GOLD-A-1" })).toThrow(
    /there is no challenge artefact/,
  );
});
