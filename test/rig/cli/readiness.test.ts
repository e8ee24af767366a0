/** Whatever would refuse a run is said before it, all at once, each with a remedy. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadLimits } from "../../../rig/bench/limitsFile.ts";
import { plannedRun, prepare } from "../../../rig/cli/commands/ready.ts";
import { readInputs } from "../../../rig/cli/inputs.ts";
import { nominalPath } from "../../../rig/cli/preflight.ts";
import { type ReadyDeps, type ReadyOptions, readiness } from "../../../rig/cli/readiness.ts";
import { doubtLeft, provedSafe, settleInterrupted } from "../../../rig/cli/stationLeft.ts";
import { authorise } from "../../../rig/ledger/authorisations.ts";
import type { Data } from "../../../rig/model/data.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { openRuns } from "../../../rig/store/openRuns.ts";
import type { NoteOfRun } from "../../../rig/store/types.ts";
import { newRun, ticking } from "../store/fixture.ts";

let store: string;
let options: ReadyOptions;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), "rig-ready-"));
  options = { procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1", operator: "Tina", store };
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

const look = (more: Partial<ReadyOptions> = {}, deps: Partial<ReadyDeps> = {}) =>
  readiness({ ...options, ...more }, deps);
const codes = (found: readonly { readonly code: string }[]) => found.map(({ code }) => code);

/** The reference bench with every check waived, changed by `change`. */
function benchFile(change: (text: string) => string = (text) => text): string {
  const text = readFileSync("benches/rb-1.yaml", "utf8");
  const file = join(store, "bench.yaml");
  const waived = ["golden-check", "challenge-check"].map((id) => `  - { id: check.${id}, why: "test", by: "Ann" }\n`);
  writeFileSync(file, change(text.replace("waivers: []\n", `waivers:\n${waived.join("")}`)));
  return file;
}

describe("on the reference bench itself", () => {
  test("what is overdue refuses, with what to do about it", async () => {
    const { blocks, inputs } = await look();
    expect(codes(blocks)).toContain("CHECK_OVERDUE");
    expect(blocks[0]?.remedy).toMatch(/waive it in the bench file/);
    expect(inputs).toBeUndefined();
  });

  test("an overdue calibration and an overdue proof test are both said at once", async () => {
    const bench = benchFile((text) =>
      text
        .replace(/(SIM-OHM-1"\n {4}calibration_due: )[\d-]+/, "$12020-01-01")
        .replace(/(emergency-stop: .*done: )[\d-]+, due: [\d-]+/, "$12019-01-01, due: 2020-01-01"),
    );
    const { blocks } = await look({ bench });
    expect(codes(blocks)).toContain("proof-test.emergency-stop");
    expect(codes(blocks).some((code) => code.startsWith("calibration:"))).toBe(true);
    expect(blocks.find(({ code }) => code.startsWith("calibration:"))?.remedy).toMatch(/calibrated/);
  });

  test("who is not authorised for the procedure is told so; who is may run it", async () => {
    const body = { grant: true, procedure: "incoming", until: "2099-01-01", role: "technician" };
    await authorise(store, { operator: "Ben", by: "Ann", body });
    const { blocks } = await look({ bench: benchFile(), operator: "Tina" });
    expect(blocks).toMatchObject([{ code: "OPERATOR_NOT_AUTHORISED", what: /"Tina" is not authorised/ }]);
    expect((await look({ bench: benchFile(), operator: "Ben" })).blocks).toEqual([]);
  });
});

describe("whatever the bench", () => {
  test("a type that the procedure is not for is the wrong adapter", async () => {
    const { blocks } = await look({ procedure: "ac-screening" });
    expect(blocks).toMatchObject([{ code: "WRONG_ADAPTER", what: /ac-screening is for families .*, not A/ }]);
    expect(blocks[0]?.remedy).toMatch(/Choose a procedure for this adapter/);
  });

  test("limits that are missing are named by their file", async () => {
    const read: typeof readInputs = (given) => ({
      ...readInputs(given),
      limits: loadLimits(join(store, "incoming.yaml")),
    });
    const { blocks } = await look({}, { read });
    expect(blocks).toMatchObject([{ code: "FILE_UNREADABLE", what: /incoming\.yaml/, remedy: /Check the path/ }]);
  });

  test("a latched trip, a disk that is nearly full and a folder without a twin are each said", async () => {
    writeFileSync(join(store, "latch.json"), JSON.stringify({ rule: "interlock-open", why: "LID1 is open" }));
    const { blocks } = await look({ bench: benchFile() }, { free_bytes: async () => 5e6 });
    expect(blocks).toMatchObject([
      { code: "disk-nearly-full", what: /^5 MB are free/, remedy: /Free space/ },
      { code: "latched", what: /interlock-open: LID1 is open/, remedy: /reset it by name/ },
    ]);
    const without = await look({ ports: join(store, "nobody") });
    expect(without.blocks).toMatchObject([{ what: /start the twin first/ }]);
  });

  test("a twin that has gone is told from one that is there", async () => {
    const ports = join(store, "twin");
    mkdirSync(ports);
    const { control } = { control: join(ports, "control.sock") };
    const bench = readInputs(options).bench;
    writeFileSync(
      join(ports, "ports.json"),
      JSON.stringify({ simulated: true, bench: "RB-1", speed: 1, control, gpio: "", ports: bench.ports }),
    );
    const { blocks } = await look({ ports });
    expect(blocks).toMatchObject([{ code: "PORT_OPEN_FAILED", what: /no twin answers/, remedy: /Start the twin/ }]);
  });

  test("another run that goes on is named, and so is one that was interrupted", async () => {
    const journal = await createRun(store, newRun, { clock: ticking() });
    const { blocks } = await look({ bench: benchFile() });
    expect(blocks.find(({ code }) => code === "run-going-on")?.what).toMatch(/R000001 .* is going on, process \d+/);
    await journal.close();
  });

  test("a pass that will be worth less is said: limits nobody approved, a waiver, a conditional check", async () => {
    const { notes, inputs, blocks } = await look({ bench: benchFile() });
    expect(blocks).toEqual([]);
    expect(inputs?.serial).toBe("SN-1");
    expect(notes.find(({ code }) => code === "limits-unapproved")?.remedy).toMatch(/screening at best/);
    expect(notes.find(({ code }) => code === "condition:golden-check")).toMatchObject({
      what: /accepted by Ann/,
      remedy: "A pass is conditional.",
    });
  });

  test("what conditioning will be asked for is said before, in hours", async () => {
    const { notes } = await look({ bench: benchFile(), procedure: "thermal-qualification" });
    expect(notes.find(({ code }) => code === "cond.soak")?.what).toMatch(/at least 4 h/);
  });
});

test("a preflight that is accepted is kept: the next look, and the run, need not try again", async () => {
  const told: Data[] = [];
  const asked = { ...options, bench: benchFile() };
  const first = await prepare(asked, (so_far) => void told.push(so_far.preflight.is));
  expect(told).toEqual(["trying"]);
  expect(first.preflight).toMatchObject({ is: "accepted", kept: false });
  expect(first.plan?.prompts).toEqual(["Fit the adapter", "Label"]);
  const again = await prepare(asked, () => told.push("again"));
  expect(again.preflight).toMatchObject({ is: "accepted", kept: true });
  expect([told, again.plan]).toEqual([["trying"], first.plan]);
});

test("what is energised is said by the adapter's own contacts, with amperes, volts and seconds", async () => {
  const inputs = readInputs({ ...options, procedure: "ac-screening-no-soak", adapter: "generic-c-pass" });
  const { facts, dry, prompts } = await nominalPath(inputs);
  const said = plannedRun({ facts, bench_s: dry.bench_s, prompts, planned: dry.measurements }, inputs);
  expect(said.takes_s).toBe(dry.bench_s);
  expect(said.powered).toMatchObject([
    { contacts: "PE", most_A: 25, step: "Protective earth at 25 A" },
    { contacts: "L1 L2N", most_A: 48, most_V: 4, step: "Drop resistance" },
    { contacts: "L1 L2N", most_A: 48, step: "Temperature rise" },
  ]);
  expect(said.signals).toContain("rails: 12 V");
});

describe("what a run left behind", () => {
  test("a run whose writer lives is neither closed nor taken for interrupted", async () => {
    const journal = await createRun(store, newRun, { clock: ticking() });
    expect(await settleInterrupted(store, () => undefined)).toBeUndefined();
    expect((await openRuns(store)).map(({ alive }) => alive)).toEqual([true]);
    const on = { bench: newRun.bench.id, simulated: newRun.simulated };
    expect(await doubtLeft(store, on)).toMatchObject({ held: true, why: /another program/ });
    await journal.close();
  });

  test("a safe-off from before a resume proves nothing of what came after it", () => {
    const of = (kind: string, body: NoteOfRun["body"]): NoteOfRun => ({
      ...{ seq: 1, utc: "", bench_s: 0, lane: "main", kind, body },
    });
    const off = of("safe-off", { evidence: { ok: true } });
    const resumed = of("resumed", {});
    expect([[off], [off, resumed], [off, resumed, off]].map((notes) => provedSafe({ notes }))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("a run that ended without a proved safe-off leaves the bench in doubt; one with it does not", async () => {
    const on = { bench: newRun.bench.id, simulated: newRun.simulated };
    expect(await doubtLeft(store, on)).toBeUndefined();
    const finish = async (ok: boolean | undefined) => {
      const journal = await createRun(store, newRun, { clock: ticking() });
      const body = { kind: "safe-off", why: "end", evidence: { ok: ok ?? false, evidence: [] } };
      if (ok !== undefined) journal.append({ type: "note", lane: "main", attempt: 1, body });
      await journal.finish({ verdict: "not-judged", ending: "rig-error" });
      await journal.close();
    };
    await finish(undefined);
    expect(await doubtLeft(store, on)).toMatchObject({ held: false, why: /R000001 ended \(rig-error\) without/ });
    await finish(true);
    expect(await doubtLeft(store, on)).toBeUndefined();
    await finish(false);
    expect(await doubtLeft(store, on)).toMatchObject({ why: /R000003/ });
    expect(await doubtLeft(store, { ...on, bench: "another" })).toBeUndefined();
  });
});
