/** The manual panel: a closed set of commands, each admitted like a call of any plan, read back, and recorded. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callOfManual, manualBenchOf, parseManual } from "../../procedures/routines/manualCommand.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { manualInputs } from "../../rig/cli/commands/manual.ts";
import type { Inputs } from "../../rig/cli/inputs.ts";
import { manualGate } from "../../rig/cli/manualGate.ts";
import { dryRun } from "../../rig/cli/nominal.ts";
import { Findings } from "../../rig/engine/findings.ts";
import type { Data } from "../../rig/model/data.ts";
import { RigError } from "../../rig/model/errors.ts";
import { highVoltageTree } from "../../rig/model/highVoltage.ts";
import type { Prompt } from "../../rig/plan/commands.ts";
import type { AskOperator } from "../../rig/plan/parts.ts";
import { effectOf } from "../../rig/safety/effect.ts";
import { calls, Rig } from "../rig/safety/rig.ts";

const bench = loadBench("benches/rb-1.yaml");
const offered = manualBenchOf(bench);
const store = mkdtempSync(join(tmpdir(), "rig-manual-"));
let inputs: Inputs;
beforeAll(async () => {
  inputs = await manualInputs({ operator: "Egon", adapter: "generic-a-pass", store });
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

interface Told {
  readonly command: string;
  readonly done: boolean;
  readonly answer?: Data;
  readonly why?: string;
  readonly closed: Data;
}

/** The plan on kind twins, given these commands; then nobody says anything more. */
async function given(...commands: readonly string[]) {
  const left = [...commands];
  const run = await dryRun(inputs, {
    between: {
      instruments: (twins) => twins,
      body: (body) => body,
      ask: () => async (prompt) => ({ answer: left.shift() ?? prompt.otherwise ?? "", by: "Egon" }),
      advancing: () => undefined,
      step: () => undefined,
      refused: () => undefined,
    },
  });
  const notes = run.journal.events.flatMap((event) => {
    const body = event.type === "note" ? (event.body as { readonly kind?: string }) : {};
    return body.kind === "manual" ? [body as unknown as Told] : [];
  });
  return { run, notes: notes.slice(1), first: notes[0] };
}

describe("the commands", () => {
  const wrong = (text: string): string => {
    const parsed = parseManual(offered, text);
    return "wrong" in parsed ? parsed.wrong : "accepted";
  };

  test.each([
    ["", /no command/],
    ["fly", /no command/],
    ["close", /no command/],
    ["close KG KSC", /no command/],
    ["close __proto__", /no relay/],
    ["close HV.BH", /no relay HV.BH that may be switched by hand/],
    ["read insulation", /no instrument or channel/],
    ["read milliohm", /drives a current/],
    ["read constructor", /no instrument or channel/],
    ["source 4 1.01", /0 to 1 A/],
    ["source 6.1 1", /0 to 6 V/],
    ["source 1e3 1", /source 0 to/],
    ["source -1 1", /source 0 to/],
    ["source NaN 1", /source 0 to/],
    ["load 550", /load 0 to 1 A/],
    ["rails 14 12", /rails 0 to 13 V/],
    ["ohm huge", /no command/],
    ["enable maybe", /no command/],
    ["source on; off", /no command|source 0 to/],
  ])("%j is refused in words", (text, why) => {
    expect(wrong(text)).toMatch(why);
  });

  test("nothing of the insulation nest is on offer, and no command needs more than one admission", () => {
    const tree = highVoltageTree(bench)?.relays ?? new Set();
    expect(Object.keys(offered.relays).filter((relay) => tree.has(relay))).toEqual([]);
    expect(Object.values(offered.roles)).not.toContain("insulation");
    expect(Object.keys(offered.roles)).not.toContain("hvtree");
  });

  test("whatever is typed: refused, or a call within the limits of the panel", () => {
    const word = fc.oneof(
      fc.constantFrom("read", "close", "open", "ohm", "source", "load", "rails", "enable", "on", "off", "end"),
      fc.constantFrom("KG", "K1A", "SH", "power", "signal", "daq"),
      fc.double({ min: -1000, max: 1000, noNaN: false }).map(String),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const parsed = parseManual(offered, words.join(" "));
        if ("wrong" in parsed) return;
        const call = callOfManual(offered, new Map(), parsed.ok);
        if (!call) return;
        const { current_A = 0, voltage_V = 0, plus_V = 0, minus_V = 0 } = call.args as Record<string, number>;
        for (const A of [current_A]) expect(A >= 0 && A <= 1).toBe(true);
        expect(voltage_V >= 0 && voltage_V <= 6 && plus_V <= 13 && minus_V <= 13).toBe(true);
        expect(["insulation", "generator", "scope"]).not.toContain(call.kind);
      }),
    );
  });
});

describe("the plan", () => {
  test("each command is answered with its read-back, and the record says what was asked", async () => {
    const { run, notes, first } = await given(
      ...["close KG", "read matrix", "open KG", "read SH V.DC+", "read source", "rails 12 12", "rails on", "off"],
    );
    expect([run.verdict, run.ending, run.measurements]).toEqual(["not-judged", "completed", []]);
    expect(first).toMatchObject({ command: "begin", closed: { matrix: [], contactor: [] } });
    expect(notes.map(({ command, done }) => [command, done])).toEqual(
      ["close KG", "read matrix", "open KG", "read SH V.DC+", "read source", "rails 12 12", "rails on", "off"].map(
        (command) => [command, true],
      ),
    );
    expect(notes[0]).toMatchObject({ answer: { closed: ["KG"] }, closed: { matrix: ["KG"] } });
    expect(notes[2]).toMatchObject({ answer: { closed: [] } });
    expect(notes[3]).toMatchObject({ answer: { SH: { is: "value", unit: "V" }, "V.DC+": { unit: "V" } } });
    expect(notes[6]).toMatchObject({ answer: { plus: { is: "value" }, minus: { is: "value" } } });
  });

  test("a current of half an ampere through the loop, and off again, leaves nothing on", async () => {
    const { run, notes } = await given(
      ...["close K1A", "close K1B", "load 0", "load on", "enable on", "source 4 1", "source on", "load 0.5"],
      ...["read SH", "off", "read lines"],
    );
    expect(run.ending).toBe("completed");
    expect(notes.find(({ command }) => command === "off")).toMatchObject({ done: true, closed: { contactor: [] } });
    expect(run.world.powerCurrents()).toEqual({ source_A: 0, load_A: 0 });
    expect(run.world.source.state().on).toBe(false);
  });

  test("nobody says anything: the panel ends, and the bench is left safe", async () => {
    const { run } = await given("close KG", "rails 12 12", "rails on");
    expect(run.ending).toBe("completed");
    expect(run.world.pilot.state().railsOn).toBe(false);
    expect(run.world.relays.coils("matrix", 3).some(Boolean)).toBe(false);
  });

  test("what slips past the panel's own check still meets admission, which ends the session", async () => {
    const { run } = await given("close KP1.A", "close KP1.X", "close KG");
    expect([run.verdict, run.ending]).toEqual(["not-judged", "rig-error"]);
    expect(run.firstCause).toMatch(/exclusive-station-side/);
    expect(run.world.relays.coils("matrix", 3).some(Boolean)).toBe(false);
  });

  test("whatever trips, a plan that judges nothing says nothing of the adapter", () => {
    const trip = new RigError("TRIPPED", "thermal: too hot", { subject: "adapter" });
    expect(new Findings().conclude(trip, [], false)).toMatchObject({ verdict: "not-judged", ending: "aborted" });
    expect(new Findings().conclude(trip, [])).toMatchObject({ verdict: "fail" });
  });
});

describe("the gate before the plan", () => {
  const prompt = { id: "manual", title: "", text: "", kind: "text", longest: 400, timeout_s: 120 } as Prompt;
  const { signal } = new AbortController();

  async function through(rig: Rig, ...commands: readonly string[]) {
    const notes: { readonly command: string; readonly why: string }[] = [];
    const left = [...commands];
    const ask: AskOperator = async () => ({ answer: left.shift() ?? "end", by: "Egon" });
    const gated = manualGate(bench, offered, () => undefined)(ask, rig.safety, (body) => {
      notes.push(body as unknown as (typeof notes)[number]);
    });
    return { given: await gated(prompt, signal), notes };
  }

  test("a forbidden switching is told with its rule and reason, nothing is latched, and the next command goes on", async () => {
    const rig = new Rig().do(calls.relays(["KP1.A"]));
    const { given: passed, notes } = await through(rig, "close KP1.X", "close K1A", "close KG");
    expect(passed.answer).toBe("close KG");
    expect(notes.map(({ command, why }) => [command, why])).toEqual([
      ["close KP1.X", expect.stringMatching(/refused by exclusive-station-side: KP1.A and KP1.X are both closed/)],
      ["close K1A", expect.stringMatching(/a signal relay must never see the power loop/)],
    ]);
    expect([rig.safety.latched(), rig.safety.tripped.aborted]).toEqual([undefined, false]);
  });

  test("with the emergency stop pressed nothing energises; with a trip latched nothing but reading passes", async () => {
    const pressed = new Rig({ ESTOP: false, LID1: true, LID2: true, OT: true, SMOKE: true, WDR: true });
    expect((await through(pressed, "rails on", "enable on")).notes.map(({ why }) => why)).toEqual([
      expect.stringMatching(/interlock-open: ESTOP/),
      expect.stringMatching(/interlock-open: ESTOP/),
    ]);
    const tripped = new Rig();
    tripped.safety.line({ line: "ESTOP", high: false });
    const { given: passed, notes } = await through(tripped, "close KG", "read source");
    expect([notes[0]?.why, passed.answer]).toEqual([expect.stringMatching(/refused by latched/), "read source"]);
  });

  test("what it lets through is what admission admits, for any order of switching", async () => {
    const relays = fc.constantFrom("KG", "KSC", "KP1.A", "KP1.X", "KP2.A", "KP2.X", "KM.OHM", "KM.LEAK", "K1A", "K3F");
    const step = fc.tuple(fc.constantFrom("close", "open"), relays).map((words) => words.join(" "));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const rig = new Rig();
        for (const text of steps) {
          const { given: passed } = await through(rig, text);
          if (passed.answer !== text) continue;
          const parsed = parseManual(offered, text);
          const now = new Map(
            ["matrix", "contactor"].map((role) => [
              role,
              [...rig.safety.state().closed].filter((id) => offered.relays[id] === role),
            ]),
          );
          const call = "ok" in parsed ? callOfManual(offered, now, parsed.ok) : undefined;
          if (call) expect([effectOf(call), rig.refuses(call)]).toEqual(["switch", "accepted"]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
