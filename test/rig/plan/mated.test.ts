import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { loadLimits } from "../../../rig/bench/limitsFile.ts";
import type { AdapterType } from "../../../rig/model/adapter.ts";
import { matingFor } from "../../../rig/model/halves.ts";
import { reading } from "../../../rig/model/reading.ts";
import type { Body, Command, Plan } from "../../../rig/plan/commands.ts";
import { inWordsOf, told, type Words } from "../../../rig/plan/mated.ts";
import { rewritten } from "../../../rig/plan/rewrite.ts";
import { call, judge, monitor, note, now, points, role, step, wait } from "../../../rig/plan/words.ts";
import { adapterType } from "../../reports/fixture.ts";

const halves = loadBench("benches/rb-1.yaml").halves ?? [];
const limits = loadLimits("procedures/limits/ac-screening.yaml");
const rows = { "power.dc.r": "power.ac.r" };
const poles = { "DC+": "L1", "DC-": "L2N" };
const words = (family: AdapterType["family"], station: "evse" | "evse2" = "evse"): Words => ({
  mating: matingFor({ ...adapterType, family }, halves, station),
  limits,
  rows,
  poles,
});

/** All commands that a body yields, bodies of steps and monitors included. */
function commandsOf(body: Body<unknown>): Command[] {
  const plan = body();
  const all: Command[] = [];
  for (let next = plan.next(); !next.done; next = plan.next(undefined)) {
    all.push(next.value);
    if (next.value.do === "step" || next.value.do === "monitor") all.push(...commandsOf(next.value.body));
  }
  return all;
}

const one = (body: Body<unknown>): Command => commandsOf(body)[0] as Command;
const ohm = reading("ohm", 1e-4, 1e-6, { raw: "", t_s: 0 });

describe("a body that speaks of terminals, in the adapter's words", () => {
  test("judges by the row of the AC pole, under the adapter's contacts", () => {
    const body = (): Plan<unknown> =>
      judge("power.dc.r", ohm, {
        id: "power.dc.r/DC+",
        contacts: ["evse.DC+", "ev.DC+"],
        meaning: "DC+ between evse.DC+ and ev.DC+ is bad",
      });
    expect(one(inWordsOf(words("C"), body))).toMatchObject({
      limit: "power.ac.r",
      about: {
        id: "power.ac.r/L1",
        contacts: ["evse.L1", "ev.DC+"],
        meaning: "L1 between evse.L1 and ev.DC+ is bad",
      },
    });
    expect(one(inWordsOf(words("D"), body))).toMatchObject({ about: { contacts: ["evse.DC+", "ev.L1"] } });
    expect(one(inWordsOf(words("E", "evse2"), body))).toMatchObject({ about: { contacts: ["evse2.L1", "ev.DC+"] } });
  });

  test("leaves rows of the rig at the terminals, where the wires are", () => {
    const about = { id: "rig.drop.agreement/DC+", contacts: ["evse.DC+"] as const, meaning: "look at DC+" };
    const command = one(inWordsOf({ ...words("C"), suffix: "@J1772" }, () => judge("rig.drop.agreement", ohm, about)));
    expect(command).toMatchObject({ about: { ...about, id: "rig.drop.agreement/DC+@J1772" } });
  });

  test("never changes what an instrument is asked", () => {
    const milliohm = role("milliohm", "milliohm");
    const body = (): Plan<unknown> => call(milliohm, "read", { range_ohm: 1, current_A: 1, lowPower: false });
    expect(one(inWordsOf({ ...words("C"), series: "J1772" }, body))).toEqual(one(body));
  });

  test("keeps the series of a pass apart, and asks a capture for the name it was kept under", () => {
    const scope = role("scope", "scope");
    const daq = role("daq", "daq");
    const watch = { name: "drop", every_s: 1, series: { "101": "drop/SH" } };
    const body = function* (): Plan<void> {
      yield* monitor({ ...watch, call: one(() => call(daq, "next", {})) as never }, function* () {
        yield* points("drop/SH");
      });
      yield* call(scope, "capture", { channels: [1], span_s: 0.02, trigger_V: 0, as: "pilot/a" });
      yield* points("J1772/pilot/a/CP_S");
    };
    const commands = commandsOf(inWordsOf({ ...words("C"), series: "J1772" }, body));
    expect(commands).toMatchObject([
      { do: "monitor", name: "J1772/drop", series: { "101": "J1772/drop/SH" } },
      { do: "points", series: "J1772/drop/SH" },
      { do: "call", args: { as: "J1772/pilot/a" } },
      { do: "points", series: "J1772/pilot/a/CP_S" },
    ]);
  });

  test("writes the wiring map with the adapter's contacts, and other notes as they are", () => {
    const map = {
      kind: "wiring",
      expected: [["evse.DC+", "ev.DC+"]],
      found: [{ a: "evse.CP", b: "ev.CP", is: "path" }],
    };
    expect(one(inWordsOf(words("E", "evse2"), () => note(map)))).toEqual({
      do: "note",
      body: {
        kind: "wiring",
        expected: [["evse2.L1", "ev.DC+"]],
        found: [{ a: "evse2.CP", b: "ev.CP", is: "path" }],
      },
    });
    const other = { kind: "halves", contacts: ["evse.DC+"] };
    expect(one(inWordsOf(words("C"), () => note(other)))).toEqual({ do: "note", body: other });
  });

  test("of a DC adapter is the very same body", () => {
    const body = (): Plan<void> => wait(1);
    expect(inWordsOf({ mating: words("A").mating, limits }, body)).toBe(body);
  });

  test("never leaves the name of a terminal that the adapter does not have", () => {
    const mated = words("C");
    fc.assert(
      fc.property(fc.array(fc.constantFrom("evse.DC+", "evse.DC-", "DC+", "DC-", "evse.PE", "is", ",")), (parts) => {
        expect(told(mated, parts.join(" "))).not.toMatch(/evse\.DC|(?<![.\w])DC/);
      }),
    );
  });
});

describe("a rewritten plan", () => {
  test("gives replies and errors to the plan as they come, and returns what it returns", () => {
    const body = function* (): Plan<string> {
      try {
        yield* wait(1);
      } catch (error) {
        return `caught ${String(error)}`;
      }
      return "done";
    };
    const calm = rewritten(body, (command) => command)();
    calm.next();
    expect(calm.next(undefined)).toEqual({ done: true, value: "done" });
    const hit = rewritten(body, (command) => command)();
    hit.next();
    expect(hit.throw("x")).toEqual({ done: true, value: "caught x" });
  });

  test("goes on with the answer that a command gets in its place, and does not yield it", () => {
    const body = function* (): Plan<unknown> {
      const first = yield* now();
      yield* wait(1);
      return first;
    };
    const plan = rewritten(body, (command) => (command.do === "now" ? { do: "answered", reply: 7 } : command))();
    expect(plan.next()).toEqual({ done: false, value: { do: "wait", for_s: 1 } });
    expect(plan.next(undefined)).toEqual({ done: true, value: 7 });
  });

  test("ends the inner plan by one return, and reaches into steps and their tear-downs", () => {
    let ended = 0;
    const body = function* (): Plan<void> {
      try {
        yield* wait(1);
      } finally {
        ended += 1;
      }
    };
    const plan = rewritten(body, (command) => command)();
    plan.next();
    plan.return(undefined);
    expect(ended).toBe(1);
    const longer = rewritten(
      () => step("s", () => wait(1), { deadline_s: 9, takes_s: 1, tearDown: () => wait(2) }),
      (command) => (command.do === "wait" ? { ...command, for_s: command.for_s + 10 } : command),
    );
    const inner = one(longer);
    if (inner.do !== "step" || !inner.tearDown) throw new Error("the step is gone");
    expect([one(inner.body), one(inner.tearDown)]).toEqual([
      { do: "wait", for_s: 11 },
      { do: "wait", for_s: 12 },
    ]);
  });
});
