/** Contactor feedback, the watchdog relay's contact and lost edges as interlocks (S2). */
import { describe, expect, it } from "vitest";
import { RigError } from "../../../rig/model/errors.ts";
import { callOf, role } from "../../../rig/plan/words.ts";
import { calls, healthy, Rig } from "./rig.ts";

const mirrors = { "M.K1A": true, "M.K1B": true, "M.K2": true, "M.K3F": true };
const closed = { ...mirrors, "M.K1A": false, "M.K1B": false };

interface Watched {
  readonly rig: Rig;
  readonly lines: Record<string, boolean>;
  /** Passes wall time as the control loop does. */
  readonly pass: (for_ms: number) => void;
}

/** Contactors that follow at once, on a bench with real time and 300 ms of lag. */
function watched(): Watched {
  const lines: Record<string, boolean> = { ...healthy, ...mirrors };
  let wall_ms = 0;
  const clock = { bench_s: (): number => rig.now_s, wall_ms: () => wall_ms };
  const rig: Rig = new Rig(lines, { feedback_ms: 300, clock });
  return {
    rig,
    lines,
    pass: (for_ms) => {
      for (const end_ms = wall_ms + for_ms; wall_ms < end_ms; ) {
        wall_ms += 50;
        rig.safety.check();
      }
    },
  };
}

/** Source on, contactors closed, their mirror contacts low. */
function live(): Watched {
  const bench = watched();
  bench.rig.powered();
  Object.assign(bench.lines, closed);
  bench.pass(1000);
  return bench;
}

describe("S2 contactor feedback is watched all the time", () => {
  it("a contactor that drops out under power trips after the lag, and names itself", () => {
    const { rig, lines, pass } = live();
    lines["M.K1B"] = true;
    pass(300);
    expect(rig.safety.latched()).toBeUndefined();
    pass(100);
    expect(rig.reason().code).toBe("CONTACTOR_FEEDBACK");
    expect(rig.reason().message).toMatch(
      /contactor-feedback: K1B is open by its mirror contact M\.K1B, but was closed/,
    );
  });

  it("a contactor that closes by itself under power trips", () => {
    const { rig, lines, pass } = live();
    lines["M.K3F"] = false;
    pass(400);
    expect(rig.reason().message).toMatch(/K3F is closed by its mirror contact M\.K3F, but was opened/);
  });

  it("a mirror contact that bounces for less than the lag does not", () => {
    const { rig, lines, pass } = live();
    for (let n = 0; n < 5; n += 1) {
      lines["M.K1A"] = true;
      pass(200);
      lines["M.K1A"] = false;
      pass(50);
    }
    expect(rig.safety.latched()).toBeUndefined();
  });

  it("a bench at rest does not trip by it, but nothing energises until it agrees", () => {
    const { rig, lines, pass } = watched();
    lines["M.K1A"] = false;
    pass(1000);
    expect(rig.safety.latched()).toBeUndefined();
    expect(rig.refuses(calls.ohm(1))).toBe("contactor-feedback");
  });

  it("while the contactors are being moved their mirror contacts may say anything", () => {
    const { rig, lines, pass } = watched();
    rig.safety.provePe();
    rig.watched();
    const call = calls.contactors(["K1A", "K1B"]);
    expect(rig.safety.admit(call, { monitored: rig.monitored }).ok).toBe(true);
    expect(rig.safety.recheck(call).ok).toBe(true);
    Object.assign(lines, closed);
    pass(1000);
    rig.safety.settled(call, { closed: ["K1A", "K1B"] });
    pass(1000);
    expect(rig.safety.latched()).toBeUndefined();
  });

  it("a call that failed leaves its contactors unknown: neither level is wrong", () => {
    const { rig, lines, pass } = watched();
    const call = calls.contactors(["K1A", "K1B"]);
    rig.safety.provePe();
    rig.watched();
    rig.safety.admit(call, { monitored: rig.monitored });
    rig.safety.failed(call, new RigError("INSTRUMENT_TIMEOUT", "board 5 did not answer"));
    rig.do(calls.enable(true));
    for (const level of [true, false]) {
      lines["M.K1A"] = level;
      pass(1000);
    }
    expect(rig.safety.latched()).toBeUndefined();
  });

  it("a call that was admitted and called off before it left suspends nothing", () => {
    const { rig, lines, pass } = live();
    const call = callOf(role("hvtree", "matrix"), "pattern", { closed: [] });
    expect(rig.safety.admit(call, { monitored: rig.monitored }).ok).toBe(true);
    lines["M.K1B"] = true;
    pass(400);
    expect(rig.reason().code).toBe("CONTACTOR_FEEDBACK");
  });

  it("a safe-off that breaks suspends nothing either", async () => {
    const lines: Record<string, boolean> = { ...healthy };
    const rig = new Rig(lines, { safeOff: () => Promise.reject(new Error("broken")) });
    rig.powered();
    Object.assign(lines, closed, { "M.K1B": true });
    await expect(rig.safety.safeOff("test")).rejects.toThrow("broken");
    rig.safety.check();
    expect(rig.reason().code).toBe("CONTACTOR_FEEDBACK");
  });

  it("where lines follow at once it is judged at the edge itself", () => {
    const lines: Record<string, boolean> = { ...healthy, ...mirrors };
    const rig = new Rig(lines);
    rig.safety.provePe();
    rig.watched();
    Object.assign(lines, closed);
    rig.do(calls.contactors(["K1A", "K1B"]), calls.load(0), calls.input(true), calls.enable(true));
    lines["M.K1B"] = true;
    rig.safety.line({ line: "M.K1B", high: true });
    expect(rig.reason().message).toMatch(/K1B is open by its mirror contact/);
  });
});

describe("S2 the watchdog relay's own contact", () => {
  it("trips when it drops while the bench is live", () => {
    const { rig } = live();
    rig.safety.line({ line: "WDR", high: false });
    expect(rig.reason().message).toMatch(/interlock-open: WDR is low/);
  });

  it("at rest it may be open, keeps no proof of earth from standing, and refuses what energises", () => {
    const lines: Record<string, boolean> = { ...healthy, WDR: false };
    const rig = new Rig(lines);
    rig.safety.provePe();
    rig.safety.line({ line: "WDR", high: false });
    expect(rig.safety.latched()).toBeUndefined();
    expect(rig.safety.state().peProved).toBe(true);
    expect(rig.refuses(calls.ohm(1))).toBe("interlock-open");
    rig.safety.reset("A. Miller");
    lines["WDR"] = true;
    expect(rig.refuses(calls.ohm(1))).toBe("accepted");
  });
});

describe("S2 edges that nobody saw", () => {
  it("trip a live bench", () => {
    const { rig } = live();
    rig.safety.lostEdges(3);
    expect(rig.reason().message).toMatch(/interlock-lost: 3 edges of the safety lines were lost/);
  });

  it("end the proof of earth of a bench at rest: a lid may have been open", () => {
    const rig = new Rig();
    rig.safety.provePe();
    rig.safety.lostEdges(1);
    expect(rig.safety.latched()).toBeUndefined();
    expect(rig.safety.state().peProved).toBe(false);
  });
});
