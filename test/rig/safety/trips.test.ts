/** Trips that outlive a call, a scan that does not come, a process; and the presses that are no trips. */
import { describe, expect, it } from "vitest";
import { Findings } from "../../../rig/engine/findings.ts";
import type { Data } from "../../../rig/model/data.ts";
import { RigError } from "../../../rig/model/errors.ts";
import type { Reading } from "../../../rig/model/reading.ts";
import type { Prompt } from "../../../rig/plan/commands.ts";
import type { AskOperator } from "../../../rig/plan/parts.ts";
import { announced } from "../../../rig/safety/announced.ts";
import type { LatchStore } from "../../../rig/safety/latch.ts";
import type { Violation } from "../../../rig/safety/rules.ts";
import { calls, healthy, Rig, scanReply, value } from "./rig.ts";

const lost = (unit: Reading["unit"]): Reading => ({ is: "invalid", unit, code: "overload", raw: "9.9E37", t_s: 0 });
const without = (scan: Record<string, Reading>, channel: number): Record<string, Reading> =>
  Object.fromEntries(Object.entries(scan).filter(([key]) => key !== String(channel)));

describe("S10 what cannot be seen is not taken for good", () => {
  const scans = (change: (scan: Record<string, Reading>) => Record<string, Reading>, number: number): Rig => {
    const rig = new Rig().powered(500);
    for (let n = 0; n < number; n += 1) {
      rig.now_s += 1;
      rig.read(change(scanReply(rig.now_s, 500)));
    }
    return rig;
  };
  // 101 is the shunt, 102 and 103 the drops of the loop, 202 a thermocouple.
  it("two bad scans of shunt or drop trip, one does not", () => {
    for (const channel of [101, 102, 103]) {
      const bad = (scan: Record<string, Reading>) => ({ ...scan, [channel]: lost("V") });
      expect(scans(bad, 1).safety.latched()).toBeUndefined();
      expect(scans(bad, 2).safety.latched()?.rule).toBe("watch-lost");
    }
  });
  it("two scans in which a watched channel is missing trip, one does not", () => {
    for (const channel of [101, 103, 202, 211]) {
      expect(scans((scan) => without(scan, channel), 1).safety.latched()).toBeUndefined();
      expect(scans((scan) => without(scan, channel), 2).safety.latched()?.rule).toMatch(/watch-(lost|thermocouple)/);
    }
  });
  it("neither the drop of the path that carries nothing, nor a reading of one channel, nor a bench at rest trips", () => {
    expect(scans((scan) => ({ ...scan, 104: lost("V") }), 3).safety.latched()).toBeUndefined();
    const rig = new Rig().powered(50).do(calls.load(0), calls.output(false));
    for (let n = 0; n < 3; n += 1) rig.read({ "101": value("V", 0, 1) }, calls.once([101]));
    for (let n = 0; n < 3; n += 1) rig.read(without(scanReply(9, 0), 102));
    expect(rig.safety.latched()).toBeUndefined();
  });

  it("no settled scan for 2.5 s of wall time while a current may flow trips, with a real clock only", () => {
    for (const realTime of [true, false]) {
      let wall_ms = 0;
      const rig: Rig = new Rig(healthy, { realTime, clock: { bench_s: () => rig.now_s, wall_ms: () => wall_ms } });
      const pass = (for_ms: number): void => {
        for (const end_ms = wall_ms + for_ms; wall_ms < end_ms; ) {
          wall_ms += 50;
          rig.safety.check();
        }
      };
      pass(10_000);
      rig.powered(100);
      pass(2400);
      rig.read(scanReply(rig.now_s, 100));
      pass(2400);
      expect(rig.safety.latched()).toBeUndefined();
      pass(200);
      if (realTime) expect(rig.reason().message).toMatch(/watch-scan-age: no scan from daq for 2\.\d s/);
      else expect(rig.safety.latched()).toBeUndefined();
    }
  });
});

describe("whose limit it was", () => {
  const trip = (degC: number, change: (t_s: number) => Record<number, Reading>, ohm = 1e-4): RigError => {
    const rig = new Rig().powered(500);
    rig.now_s += 5;
    rig.read(scanReply(rig.now_s, 500));
    rig.now_s += 60;
    rig.read(scanReply(rig.now_s, 500, degC, change(rig.now_s), ohm));
    if (!rig.safety.latched()) rig.read(scanReply(rig.now_s + 1, 500, degC, change(rig.now_s), ohm));
    return rig.reason();
  };
  it("contact, grip and rising resistance are the adapter's: a fail, aborted", () => {
    for (const error of [
      trip(25, (t_s) => ({ 201: value("degC", 100, t_s) })),
      trip(25, (t_s) => ({ 209: value("degC", 85, t_s) })),
      trip(25, () => ({}), 1.3e-4),
    ]) {
      expect(error.facts["subject"]).toBe("adapter");
      expect(new Findings().conclude(error, ["x"])).toMatchObject({ verdict: "fail", ending: "aborted" });
    }
  });
  it("ambient, lost sensors and the source's current are not", () => {
    for (const error of [
      trip(25, (t_s) => ({ 211: value("degC", 46, t_s) })),
      trip(25, () => ({ 202: lost("degC") })),
      trip(25, () => ({ 101: lost("V") })),
      trip(25, (t_s) => ({ 101: value("V", 0.0563, t_s) })),
    ]) {
      expect(error.facts["subject"]).toBeUndefined();
      expect(new Findings().conclude(error, ["x"]).verdict).toBe("not-judged");
    }
  });
});

describe("S1 between admission and settled", () => {
  it("a lid that opens after enable was admitted trips when the call settles", () => {
    const lines = { ...healthy };
    const rig = new Rig(lines);
    expect(rig.safety.admit(calls.enable(true), { monitored: [] }).ok).toBe(true);
    lines.LID1 = false;
    rig.safety.settled(calls.enable(true), null);
    expect(rig.reason()).toMatchObject({ code: "INTERLOCK_OPEN" });
  });
  it("a recheck sees the lid before the frame leaves, and is silent about what only reads", () => {
    const lines = { ...healthy };
    const rig = new Rig(lines);
    expect(rig.safety.recheck(calls.enable(true))).toEqual({ ok: true });
    lines.LID1 = false;
    expect(rig.safety.recheck(calls.relays(["KR2"]))).toEqual({ ok: true });
    expect(rig.safety.recheck(calls.next())).toEqual({ ok: true });
    expect(rig.safety.recheck(calls.contactors(["K1A"]))).toMatchObject({ ok: false });
    expect(rig.reason()).toMatchObject({ code: "INTERLOCK_OPEN" });
    expect(rig.safety.recheck(calls.relays(["KR2"]))).toMatchObject({ ok: false, rule: "latched" });
  });
});

describe("S2 a trip outlives the process", () => {
  const store = (): LatchStore & { held: Violation | undefined } => {
    const made = {
      held: undefined as Violation | undefined,
      load: () => made.held,
      save: (violation: Violation | undefined) => {
        made.held = violation;
      },
    };
    return made;
  };
  it("until a named person resets it, which is recorded", () => {
    const latch = store();
    const first = new Rig(healthy, { latch });
    first.safety.line({ line: "OT", high: false });
    expect(latch.held?.why).toBe("OT is low");
    const notes: Data[] = [];
    const next = new Rig(healthy, { latch, note: (body) => notes.push(body) });
    expect(next.reason().message).toMatch(/earlier run.*OT is low/);
    expect(next.refuses(calls.enable(true))).toBe("latched");
    expect(next.refuses(calls.ohm(0.1))).toBe("latched");
    next.safety.reset("A. Person");
    expect(latch.held).toBeUndefined();
    expect(notes).toEqual([{ kind: "reset", by: "A. Person", rule: "interlock-open", why: "OT is low" }]);
    expect(new Rig(healthy, { latch }).refuses(calls.ohm(0.1))).toBe("accepted");
  });
  it("a refused call latches the process, not the next one", () => {
    const latch = store();
    expect(new Rig(healthy, { latch }).refuses(calls.load(600))).toBe("envelope-load-current");
    expect(latch.held).toBeUndefined();
  });
  it("a store that cannot keep it stops no trip, and is named; one that cannot clear it leaves it latched", () => {
    const save = (): never => {
      throw new Error("no space left");
    };
    const rig = new Rig(healthy, { latch: { load: () => undefined, save } });
    rig.safety.line({ line: "OT", high: false });
    expect(rig.reason().message).toMatch(/OT is low.*could not be saved.*no space left/);
    expect(() => rig.safety.reset("A. Person")).toThrow(/no space left/);
    expect(rig.safety.latched()).toBeDefined();
  });
});

describe("S2 the emergency stop", () => {
  const press = (rig: Rig, lines: Record<string, boolean>, pressed: boolean): void => {
    lines["ESTOP"] = !pressed;
    rig.safety.line({ line: "ESTOP", high: !pressed });
  };
  it("pressed at rest latches, and stays so when it is released", () => {
    const lines = { ...healthy };
    const rig = new Rig(lines);
    press(rig, lines, true);
    expect(rig.reason().message).toMatch(/ESTOP is low/);
    press(rig, lines, false);
    expect(rig.refuses(calls.ohm(0.1))).toBe("latched");
  });

  const prompt = (pressed: boolean): Prompt =>
    ({ id: "p", title: "", text: "", kind: "confirm", timeout_s: 1, action: { do: "estop", pressed } }) as Prompt;
  const { signal } = new AbortController();

  it("its announced check does not latch, and the person who confirms the release is recorded", async () => {
    const lines = { ...healthy };
    const notes: Data[] = [];
    const rig = new Rig(lines, { note: (body) => notes.push(body) });
    const person: AskOperator = async (asked) => {
      press(rig, lines, (asked.action as { readonly pressed: boolean }).pressed);
      return { answer: true, by: "A. Person" };
    };
    const ask = announced(person, rig.safety);
    await ask(prompt(true), signal);
    rig.safety.settled(calls.lines(), { ...lines });
    expect(rig.safety.latched()).toBeUndefined();
    await ask(prompt(false), signal);
    expect(rig.safety.latched()).toBeUndefined();
    expect(notes).toEqual([
      { kind: "reset", by: "A. Person", rule: "interlock-open", why: "ESTOP was pressed for its check" },
    ]);
    press(rig, lines, true);
    expect(rig.safety.latched()).toBeDefined();
  });
  it("announced or not, it trips while anything is live", () => {
    const rig = new Rig().powered(100);
    rig.safety.expectPress("ESTOP", true);
    rig.safety.line({ line: "ESTOP", high: false });
    expect(rig.reason()).toMatchObject({ code: "INTERLOCK_OPEN" });
  });
  it("a release that nobody confirms, or that is none, latches", async () => {
    const silent: AskOperator = () => Promise.reject(new RigError("PROMPT_TIMEOUT", "nobody answered"));
    const confirms: AskOperator = async () => ({ answer: true, by: "A. Person" });
    for (const release of [silent, confirms]) {
      const lines = { ...healthy };
      const rig = new Rig(lines);
      await announced(confirms, rig.safety)(prompt(true), signal);
      press(rig, lines, true);
      expect(rig.safety.latched()).toBeUndefined();
      await announced(release, rig.safety)(prompt(false), signal).catch((error: unknown) => error);
      if (release === confirms) rig.safety.settled(calls.lines(), { ...lines });
      expect(rig.safety.latched()?.why).toBe("ESTOP is low");
    }
  });
});
