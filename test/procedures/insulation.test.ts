/** Insulation in nest N2: what only a high voltage shows, a bench that would hide it, and people who must be two. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseDeviations } from "../../drivers/twin/world/deviations.ts";
import { readInputs } from "../../rig/cli/inputs.ts";
import { type Between, type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import type { Instrument } from "../../rig/kinds/kinds.ts";
import type { Data } from "../../rig/model/data.ts";
import { reading } from "../../rig/model/reading.ts";
import { judge } from "../../rig/model/verdict.ts";
import type { Prompt } from "../../rig/plan/commands.ts";
import { adapterFile, benchFile, type Case, expectFail, expectPass, expectRigFault, faulty } from "./cases.ts";
import { bad, inputsOf, perform, type Scenario } from "./scenario.ts";

const procedure = "insulation";
const withstand = "insulation-withstand-ac";
const leak = (a: string, b: string, ohm: number): string => faulty(`leaks: [{ between: [${a}, ${b}], ohm: ${ohm} }]`);
const highOnly = (fields: string): string => faulty(`insulation: { ${fields} }`);

describe("healthy adapters", () => {
  test.each<[string, Scenario]>([
    ["family A", { procedure }],
    [
      "own proximity resistor, a declared part inside the bundle",
      { procedure, type: "generic-a-local", adapter: faulty("pp: { topology: LOCAL }") },
    ],
    ["family B on another bench", { procedure, type: "generic-b-pass", adapter: "adapter: b\nfamily: B\n", seed: 9 }],
    ["family C, AC", { procedure, type: "generic-c-pass", adapter: "adapter: c\nfamily: C\n" }],
    ["family D, AC", { procedure, type: "generic-d-pass", adapter: "adapter: d\nfamily: D\n" }],
    ["family E with three faces", { procedure, type: "generic-e-joined", adapter: "adapter: e\nfamily: E\n" }],
    ["withstand voltage, AC", { procedure: withstand }],
    ["withstand voltage, DC", { procedure: "insulation-withstand-dc" }],
    ["a leak of 250 Mohm", { procedure, adapter: leak("ev.DC+", "ev.PE", 2.5e8) }],
    [
      "a leak that begins at 1200 V, where only 1000 V are asked",
      { procedure, adapter: highOnly("onset: [{ between: [ev.DC+, ev.PE], ohm: 1.0e6, above_V: 1200 }]") },
    ],
  ])("%s: pass", (_, scenario) => expectPass(scenario));
});

const step = "Insulation resistance";
const faults: readonly Case[] = [
  [
    "a wet leak of 20 Mohm from DC+ to PE: the standard's 5 Mohm pass, the house limit does not",
    { procedure, adapter: adapterFile("hv-wet") },
    {
      id: "ir.pair/bundle",
      step,
      contact: "ev.DC+",
      cause: /^\d\d\.\d Mohm of insulation at 1000 V between DC\+ and PE$/,
    },
  ],
  [
    "the same from DC- to CP",
    { procedure, adapter: leak("ev.DC-", "evse.CP", 20e6) },
    { id: "ir.pair/bundle", step, contact: "ev.CP", cause: /between DC- and CP$/ },
  ],
  [
    "a leak of 3 Mohm between the poles",
    { procedure, adapter: leak("ev.DC+", "ev.DC-", 3e6) },
    { id: "ir.pair.iec/poles", step, contact: "ev.DC-", cause: /between DC\+ and DC-$/ },
  ],
  [
    "a leak that conducts only from 600 V on",
    { procedure, adapter: highOnly("onset: [{ between: [ev.DC+, ev.PE], ohm: 3.0e7, above_V: 600 }]") },
    { id: "ir.pair/bundle", step, contact: "ev.PE", cause: /between DC\+ and PE$/ },
  ],
  [
    "an arc at 800 V between the poles",
    { procedure, adapter: highOnly("breakdowns: [{ between: [ev.DC+, ev.DC-], volt: 800 }]") },
    { id: "ir.pair.iec/poles", step, contact: "ev.DC+", cause: /at 1000 V between DC\+ and DC-$/ },
  ],
  [
    "an arc at 640 V from DC+ to PE, which ends the poles' test without a current in its return: the adapter's, not the bench's",
    { procedure, adapter: highOnly("breakdowns: [{ between: [ev.DC+, ev.PE], volt: 640 }]") },
    {
      id: "ir.survived/poles",
      step,
      contact: "ev.DC+",
      cause: /^breakdown at 6\d\d V of 1000 V between DC\+ to DC-, or from its first pole to the rest$/,
    },
  ],
  [
    "breakdown at a peak of 2.5 kV, which the insulation resistance does not show",
    { procedure: withstand, adapter: adapterFile("hv-breakdown") },
    {
      id: "hv.withstand.ac1000/bundle",
      step: "Withstand voltage",
      contact: "ev.DC+",
      cause: /^breakdown at 17\d\d V AC between DC\+, DC- to PE/,
    },
  ],
  [
    "a short from DC+ to CP",
    { procedure, adapter: faulty("shorts: [{ between: [ev.DC+, ev.CP], ohm: 0.1 }]") },
    { id: "ir.pair.iec/bundle", step, contact: "ev.CP", cause: /at 1000 V between DC\+ and CP$/ },
  ],
  [
    "an arc in the last percents of the withstand voltage, where the voltmeter alone would do",
    { procedure: withstand, adapter: highOnly("breakdowns: [{ between: [ev.DC-, ev.PE], volt: 4215 }]") },
    { id: "hv.survived/bundle", step: "Withstand voltage", contact: "ev.DC-", cause: /^breakdown at 29\d\d V AC/ },
  ],
  [
    "DC+ open in the adapter: nothing is said of its insulation",
    { procedure, adapter: faulty("paths: { DC+: { open: bar } }") },
    { id: "hv.mating/ev.DC+", step: "Mating", contact: "ev.DC+", cause: /not all 2 contacts of ev.DC\+ are joined/ },
  ],
];

describe("faulty adapters", () => {
  test.each(faults)("%s", (_, scenario, expected) => expectFail(scenario, expected));

  test("a breakdown that trips is no pass, and its voltage is in the record", async () => {
    const run = await perform({
      procedure: "insulation-withstand-dc",
      adapter: highOnly("breakdowns: [{ between: [ev.DC-, ev.PP], volt: 2500 }]"),
    });
    const broke = run.measurements.find(({ id }) => id === "hv.withstand.dc1000/bundle");
    expect(run.verdict).toBe("fail");
    expect(broke?.reading.is === "value" && broke.reading.value).toBeGreaterThan(2400);
    expect(broke?.reading.is === "value" && broke.reading.value).toBeLessThan(2600);
  });

  test("a wet leak in N1's 12 V screening passes: the voltage makes the difference", async () => {
    const adapter = highOnly("onset: [{ between: [ev.DC+, ev.PE], ohm: 1.0e5, above_V: 300 }]");
    const run = await perform({ procedure: "incoming", adapter });
    expect(run.verdict).toBe("pass-screening");
  });
});

const known = "Known resistors";
const bench: readonly (readonly [string, string, string, RegExp])[] = [
  [
    "an open high-voltage lead",
    benchFile("open-hv-lead"),
    "rig.hv.standard.r/high/ev.PE",
    /known resistor at ev.PE does not/,
  ],
  [
    "a relay that does not close",
    "stuckOpen: ['HV.evse.CP.L']",
    "rig.hv.standard.r/return/evse.CP",
    /on the return side/,
  ],
  [
    "a relay to a contact that the adapter leaves unpopulated, where metal would be a fault",
    "stuckOpen: ['HV.ev.L1.L']",
    "rig.hv.standard.r/return/ev.L1",
    /on the return side/,
  ],
  ["a relay that is welded, high side", "weld: ['HV.evse.DC-.H']", "rig.hv.standard.r/high/evse.DC+", /is welded/],
  ["a relay that is welded, return", "weld: ['HV.ev.CP.L']", "rig.hv.standard.r/return/evse.DC+", /is welded/],
];

describe("faulty benches", () => {
  test.each(bench)("%s is named before an adapter is fitted", (_, deviations, id, cause) =>
    expectRigFault({ procedure, bench: deviations }, { id, step: known, cause }));

  test.each([
    ["shows a tenth less than it was asked for", 0.9],
    ["shows no voltage", Number.NaN],
  ])("a tester that %s at the end of a test has tested something else", async (_, share) => {
    const run = await dryRun(inputsOf({ procedure }), { between: showing(share) });
    expect(bad(run)[0]?.id).toBe("rig.hv.voltage/ir/poles");
    expect(run.ending).toBe("rig-error");
  });

  test("a charge that neither tester nor bleeder takes away ends the run", async () => {
    const run = await perform({ procedure, bench: "insulation: { noDischarge: true, noBleeder: true }" });
    expect(bad(run)[0]?.id).toMatch(/^rig\.hv\.discharged/);
    expect(run.ending).toBe("rig-error");
    // The relays stay closed on it: a charge is never shut in, and the safe-off does not claim success.
    expect(run.world.log.entries().filter((one) => one.what === "relay" && !one.closed)).toEqual([]);
  });

  test("the bleeder alone is enough where the tester does not discharge", async () => {
    await expectPass({ procedure, bench: "insulation: { noDischarge: true }" });
  });

  test("a tester that does not switch off ends the run, and the enable chain ends the voltage", async () => {
    const run = await perform({ procedure, bench: "insulation: { ignoresOff: true }" });
    // A test that has ended by itself is no test that ignores its stop: the lid has to open in the middle of one.
    expect(run.verdict).toBe("pass-screening");
    const [ended] = await disturbed({ bench: "insulation: { ignoresOff: true }" }, (world) =>
      world.operator.lid("LID2", false),
    );
    expect(ended.world.insulation.testing()).toBe(false);
  });
});

/** A tester whose voltmeter shows this share of the voltage when a test has passed. */
const showing = (share: number): Between => ({
  instruments: (twins) => {
    const own = twins["insulation"] as Instrument<"insulation">;
    const measure: typeof own.call.measure = async (args, io) => {
      const said = await own.call.measure(args, io);
      const { voltage: volt } = said;
      if (said.state !== "passed" || volt.is !== "value") return said;
      return { ...said, voltage: reading("V", share * volt.value, volt.u, { raw: volt.raw, t_s: volt.t_s }) };
    };
    return { ...twins, insulation: { ...own, call: { ...own.call, measure } } as unknown as Instrument };
  },
  body: (body) => body,
  ask: (inner) => inner,
  advancing: () => undefined,
  step: () => undefined,
  refused: () => undefined,
});

/** A run in which something happens while the tester drives the adapter for the first time. */
async function disturbed(
  scenario: Omit<Scenario, "procedure">,
  happens: (world: DryRun["world"]) => void,
  answers: (prompt: Prompt, world: DryRun["world"]) => Data | undefined = () => undefined,
): Promise<readonly [DryRun, number | undefined]> {
  let world: DryRun["world"] | undefined;
  let at_s: number | undefined;
  const between: Between = {
    instruments: (twins, _end, made) => {
      world = made;
      return twins;
    },
    body: (body) => body,
    ask: (inner) => async (prompt, signal) => {
      const answer = world && answers(prompt, world);
      return answer === undefined ? inner(prompt, signal) : { answer, by: "test" };
    },
    advancing: (made, to_s) => {
      if (at_s !== undefined || !made.gpio.lines()["NEST1"] || !made.insulation.testing()) return;
      at_s = to_s;
      happens(made);
    },
    step: () => undefined,
    refused: () => undefined,
  };
  const inputs = inputsOf({ procedure });
  const run = await dryRun(inputs, {
    between,
    ...(scenario.bench === undefined ? {} : { deviations: parseDeviations(scenario.bench) }),
  });
  return [run, at_s];
}

describe("while a test is on", () => {
  test.each([
    ["the lid of N2 opens", (world: DryRun["world"]) => world.operator.lid("LID2", false), /LID2/],
    ["the lid of N1 opens", (world: DryRun["world"]) => world.operator.lid("LID1", false), /LID1/],
    ["the emergency stop is pressed", (world: DryRun["world"]) => world.operator.emergencyStop(true), /ESTOP/],
  ] as const)("%s: the voltage ends with it, the run is aborted, nothing is said of the adapter", async (_, happens, cause) => {
    const [run, at_s] = await disturbed({}, happens);
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "not-judged", ending: "aborted" });
    expect(run.firstCause).toMatch(cause);
    expect(run.world.insulation.testing()).toBe(false);
    const off = run.world.log
      .entries()
      .filter((one) => one.what === "insulation")
      .at(-1);
    expect(off).toMatchObject({ on: false });
    expect(off?.t_s).toBeLessThanOrEqual(at_s ?? 0);
  });
});

test.each([
  procedure,
  withstand,
  "insulation-withstand-dc",
])("%s refuses a label above 1000 V: no class of test voltage is known for it", (id) => {
  const file = join(mkdtempSync(join(tmpdir(), "label-")), "own-1500.yaml");
  const text = readFileSync("procedures/adapters/generic-a-pass.yaml", "utf8");
  writeFileSync(
    file,
    text.replace("adapter: generic-a-pass", "adapter: own-1500").replace("voltage_V: 1000", "voltage_V: 1500"),
  );
  const read = () => readInputs({ procedure: id, adapter: file, serial: "S", operator: "test" });
  expect(read).toThrow(/own-1500: its label says 1500 V, .* up to 1000 V/);
});

describe("people", () => {
  const asked = (id: string, answer: Data) => (prompt: Prompt) => (prompt.id === id ? answer : undefined);

  test.each(["test", " Test ", "TEST"])("the operator cannot be the second person: %j", async (name) => {
    const [run] = await disturbed({}, () => undefined, asked("second-person", name));
    expect(bad(run).map(({ id }) => id)).toEqual(["rig.hv.two"]);
    expect(run.ending).toBe("rig-error");
    expect(run.world.log.entries().some((one) => one.what === "insulation")).toBe(false);
  });

  test("an adapter that was laid into N1 is never driven", async () => {
    const [run] = await disturbed(
      {},
      () => undefined,
      (prompt, world) => {
        if (prompt.id !== "fit-adapter-n2") return undefined;
        world.operator.fit(1);
        return true;
      },
    );
    expect(bad(run)[0]?.id).toBe("rig.nest/2");
    expect(run.ending).toBe("rig-error");
  });
});

test.each([80, -80])("a charge of %i V left after a test is no discharge", (volt) => {
  const row = inputsOf({ procedure }).limits.rows["rig.hv.discharged"];
  if (!row) throw new Error("no row");
  const at = { raw: `${volt} V`, t_s: 0 };
  expect(judge(row, reading("V", volt, 0.5, at))).toBe("fail");
  expect(judge(row, reading("V", volt / 2, 0.5, at))).toBe("pass");
});
