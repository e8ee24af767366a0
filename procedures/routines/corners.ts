/**
 * The extremes of a legal station and vehicle through this adapter: computed from its measured resistance, leak and
 * capacitance; driven by hardware as far as the bench can (both rails, each ladder, the shortest halves of the pilot).
 */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import { numberOf, type Reading, reading } from "../../rig/model/reading.ts";
import { isPass } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { judge, note, now, step } from "../../rig/plan/words.ts";
import {
  type CornerResult,
  cornerName,
  cornerStates,
  lowestLevel,
  rails_V,
  throughCorners,
  worstMargin,
  worstShift,
} from "../analysis/pilotCorners.ts";
import { timeConstant } from "../analysis/pilotEdges.ts";
import type { Level } from "../analysis/pilotState.ts";
import {
  checkBypass,
  extremes_pct,
  key,
  measureParameters,
  onePass,
  type Parameters,
  type Pass,
  source_ohm,
} from "./cornerPasses.ts";
import { dutyShift } from "./dutyShift.ts";
import { leakage } from "./leakage.ts";
import { difference } from "./pilot.ts";
import { bypass, pilotOff, type Side, sides, throughAdapter } from "./pilotLevels.ts";
import { disconnect } from "./switching.ts";

const contacts: readonly Contact[] = ["evse.CP", "ev.CP"];

/**
 * Of a difference of two edges' time constants: a crossing of 90 % is found within 0.29 of an 8-bit step of 0.125 V at some
 * 3 V/us, 12 ns, in rise and fall and in three passes, over ln 9 (derived).
 */
const u_tau_s = (12e-9 * Math.sqrt(0.5) * Math.sqrt(1.5)) / Math.log(9);

/** Reference, adapter, reference; then everything is judged at once. */
export function* corners(wiring: Wiring, netlist: AdapterNetlist): Plan<void> {
  const undo = function* (): Plan<void> {
    yield* pilotOff();
    yield* disconnect(wiring);
  };
  const run = (name: string, passName: string, routes: readonly Route[]) =>
    step(name, () => onePass(wiring, passName, routes), { deadline_s: 600, takes_s: 20, attempts: 2, tearDown: undo });
  const apart = yield* step("Pilot apart from proximity", () => apartFromProximity(wiring, netlist), {
    deadline_s: 60,
    takes_s: 1,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  if (!apart) return;
  const parameters = yield* step("Parameters of the pilot path", () => measureParameters(wiring, netlist), {
    deadline_s: 120,
    takes_s: 5,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  const before = yield* run("Corners through the bypass", "corner bypass", bypass(wiring));
  yield* step("Bypass gives the corners", () => checkBypass(before), { deadline_s: 60, takes_s: 1 });
  const adapter = yield* run("Corners through the adapter", "corner adapter", throughAdapter(wiring));
  const after = yield* run("Corners through the bypass again", "corner bypass 2", bypass(wiring));
  const judging = { deadline_s: 60, takes_s: 1 };
  const capacitance = capacitanceOf(before, adapter, after, yield* now());
  yield* step("Corners computed", () => judgeComputed(parameters, capacitance), judging);
  yield* step("Corners driven", () => judgeDriven(before, adapter, after), judging);
}

/**
 * Before 12 V come near: a pilot that leaks to proximity changes both. Where electronics for 5 V may sit behind proximity
 * (domain.md 9) its other end is asked too, which a fault may exchange with the pilot's; without them an own resistor there
 * would add what leaks to earth.
 */
function* apartFromProximity(wiring: Wiring, netlist: AdapterNetlist): Plan<boolean> {
  let apart = true;
  for (const end of netlist.electronics ? (["evse.PP", "ev.PP"] as const) : (["evse.PP"] as const)) {
    const coupling = yield* leakage(wiring, ["evse.CP"], [end], 5);
    const verdict = yield* judge("cp.pp.r", coupling, {
      id: `cp.pp.r/${end}`,
      contacts: ["evse.CP", end],
      meaning: "pilot and proximity are coupled: a station or a vehicle would see wrong levels on both",
    });
    apart = isPass(verdict) && apart;
  }
  return apart;
}

/** Capacitance from CP to PE that the adapter adds, F: what it adds to an edge's time constant, over the station's resistor. */
function capacitanceOf(before: Pass, adapter: Pass, after: Pass, t_s: number): Reading<"F"> {
  const origin = { raw: "edges: (adapter - (before + after) / 2) / ln 9 / 1000 ohm", t_s };
  const [b, x, a] = [before, adapter, after].map(({ edges }) => edges.evse && timeConstant(edges.evse));
  if (!b || !x || !a) return reading("F", Number.NaN, 0, origin);
  const u_s = Math.hypot(x.u, b.u / 2, a.u / 2, (a.value - b.value) / 2, u_tau_s);
  return reading("F", (x.value - (b.value + a.value) / 2) / source_ohm, u_s / source_ohm, origin);
}

function* judgeComputed(parameters: Parameters, capacitance: Reading<"F">): Plan<void> {
  const t_s = yield* now();
  const volt = (level: Level, raw: string): Reading<"V"> => reading("V", level.value, level.u, { raw, t_s });
  const results = cornerStates.map((state) => ({ state, of: throughCorners(state, parameters) }));
  for (const { state, of } of results) {
    yield* note({ kind: "corners", state, corners: of.map(told) });
    const worst = worstMargin(of);
    if (!worst) continue;
    const at = cornerName(state, worst.corner);
    yield* judge(`cp.corner.state${state}`, volt(worst.level, `worst corner: ${at}`), {
      contacts,
      meaning: `a legal station would not see state ${state} of a legal vehicle at ${at}`,
    });
  }
  for (const { state, of } of results) {
    const moved = worstShift(of);
    // Without a vehicle only a leak shifts the level, and least of all.
    if (!moved || state === "A") continue;
    const at = cornerName(state, moved.corner);
    yield* judge("cp.corner.shift", volt(moved.shift, `most shifted corner: ${at}`), {
      id: `cp.corner.shift/${state}`,
      contacts,
      meaning: `the adapter shifts state ${state} too much at ${at}`,
    });
  }
  const farad = numberOf(capacitance);
  const lowest = lowestLevel({
    value: farad ?? Number.NaN,
    u: capacitance.is === "value" ? capacitance.u : Number.NaN,
  });
  yield* judge("cp.corner.low", volt(lowest, "96 % at 1020 Hz with the largest legal capacitance"), {
    contacts,
    meaning: "the pilot does not get negative enough in its shortest low half: the adapter adds capacitance",
  });
  yield* judge("cp.cap", capacitance, { contacts, meaning: "the adapter adds too much capacitance from CP to PE" });
}

const told = ({ state, corner, level, margin_V, shift }: CornerResult) => ({
  corner: cornerName(state, corner),
  level_V: finite(level.value),
  margin_V: finite(margin_V),
  shift_V: finite(shift.value),
});
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function* judgeDriven(before: Pass, adapter: Pass, after: Pass): Plan<void> {
  const lost: { corner: string; shift_V: number | null }[] = [];
  for (const rail_V of rails_V) {
    for (const state of cornerStates) {
      for (const side of sides) {
        const at = key(rail_V, state, side);
        const three = [adapter.levels[at], before.levels[at], after.levels[at]];
        if (!three.every((r) => r !== undefined)) continue;
        const shift = difference(three[0] as Reading, three[1] as Reading, three[2] as Reading);
        lost.push({ corner: at, shift_V: numberOf(shift) ?? null });
        yield* judge("cp.corner.driven", shift, {
          id: `cp.corner.driven/${at}`,
          contacts: [`${side}.CP`],
          meaning: `the adapter shifts the pilot in state ${state} at rails of ${rail_V} V, ${faceWords(side)}`,
        });
      }
    }
    const low = adapter.low[key(rail_V)];
    if (low) {
      yield* judge("cp.corner.neg", low, {
        id: `cp.corner.neg/${rail_V}`,
        contacts,
        meaning: `the negative level is wrong through the adapter at rails of ${rail_V} V`,
      });
    }
    for (const duty of extremes_pct) {
      for (const side of sides) {
        const at = key(rail_V, duty, side);
        yield* judge("cp.delta.duty", dutyShift(before.duty[at], adapter.duty[at], after.duty[at], yield* now()), {
          id: `cp.delta.duty/${at}`,
          contacts: [`${side}.CP`],
          meaning: `the adapter changes the duty cycle of ${duty} % at rails of ${rail_V} V, ${faceWords(side)}`,
        });
      }
    }
  }
  yield* note({ kind: "corners-driven", corners: lost });
}

const faceWords = (side: Side): string => (side === "evse" ? "station side" : "vehicle side");
