/**
 * Control pilot: states A to D and the duty cycle on both faces, through the adapter and through the bypass, in the
 * order reference, adapter, reference, so that drift becomes part of the uncertainty (bench.md "Pilot and proximity").
 */
import type { Contact } from "../../rig/model/contacts.ts";
import { derive, invalid, numberOf, type Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { call, judge, note, points, step, wait } from "../../rig/plan/words.ts";
import { type PilotWave, pilotWave } from "../analysis/pilotWave.ts";
import { dutyShift } from "./dutyShift.ts";
import {
  bypass,
  checkReach,
  checkReference,
  frequency_Hz,
  type Levels,
  ladderOf,
  nodeOf,
  pilotOff,
  rail_V,
  type Side,
  settle_s,
  sides,
  stateNames,
  staticLevels,
  throughAdapter,
} from "./pilotLevels.ts";
import { tellSeen } from "./pilotSeen.ts";
import { generator, rails, scope } from "./roles.ts";
import { connect, disconnect } from "./switching.ts";

/** Duty cycles of the check points, % (domain.md 2.3: digital communication, 6 A, 10 A, 30 A, 80 A). */
const duties = [5, 10, 16, 50, 96] as const;
/** Twenty whole periods and a margin (bench.md: at least 20 periods averaged). */
const span_s = 0.022;

type Waves = ReadonlyMap<number, Readonly<Record<Side, PilotWave | undefined>>>;

interface Pass {
  readonly levels: Levels;
  readonly waves: Waves;
}

const contacts: readonly Contact[] = ["evse.CP", "ev.CP"];

export function* pilot(wiring: Wiring): Plan<void> {
  const undo = function* (): Plan<void> {
    yield* pilotOff();
    yield* disconnect(wiring);
  };
  const run = (name: string, passName: string, routes: readonly Route[]) =>
    step(name, () => onePass(wiring, passName, routes), { deadline_s: 600, takes_s: 15, attempts: 2, tearDown: undo });
  const before = yield* run("Pilot through the bypass", "bypass", bypass(wiring));
  yield* step("Bypass is a pilot line", () => checkBypass(before), { deadline_s: 60, takes_s: 1 });
  const adapter = yield* run("Pilot through the adapter", "adapter", throughAdapter(wiring));
  yield* step("Pilot against the milliohm meter", () => checkReach(wiring, adapter.levels), {
    deadline_s: 60,
    takes_s: 1,
    tearDown: () => disconnect(wiring),
  });
  const after = yield* run("Pilot through the bypass again", "bypass 2", bypass(wiring));
  yield* step("Bypass is still a pilot line", () => checkSeen(after, "again"), { deadline_s: 60, takes_s: 1 });
  yield* step("Pilot judged", () => judgePilot(before, adapter, after), { deadline_s: 60, takes_s: 1 });
}

function* onePass(wiring: Wiring, name: string, routes: readonly Route[]): Plan<Pass> {
  const levels = yield* staticLevels(wiring, routes);
  yield* connect(...routes, ...ladderOf(wiring).B, wiring.route("SCOPE.CH1", "CP_S"));
  yield* call(rails, "output", { on: true });
  yield* call(generator, "output", { on: true });
  const waves = new Map<number, Record<Side, PilotWave | undefined>>();
  for (const duty_pct of duties) waves.set(duty_pct, yield* capture(`pilot/${name}/B/${duty_pct}`, duty_pct));
  yield* pilotOff();
  return { levels, waves };
}

function* capture(name: string, duty_pct: number): Plan<Record<Side, PilotWave | undefined>> {
  yield* call(generator, "wave", { shape: "square", frequency_Hz, duty_pct });
  yield* wait(settle_s);
  const kept = yield* call(scope, "capture", { channels: [1, 2], span_s, trigger_V: 0, as: name });
  const waves: Record<Side, PilotWave | undefined> = { evse: undefined, ev: undefined };
  for (const side of sides) {
    const ref = kept.find((k) => waveOf(k.series) === nodeOf[side]);
    if (!ref) continue;
    const { t_s, values } = yield* points(ref.series);
    const dt_s = ((t_s.at(-1) ?? 0) - (t_s[0] ?? 0)) / Math.max(1, t_s.length - 1);
    waves[side] = pilotWave(values, dt_s);
  }
  return waves;
}

/** Last part of a series name; the store adds `#2` to the wave of a repeated capture. */
export const waveOf = (series: string): string => (series.split("/").at(-1) ?? "").replace(/#\d+$/, "");

/** The bypass itself must give the nominal states and frequency, or nothing measured by difference to it means anything. */
function* checkBypass(reference: Pass): Plan<void> {
  yield* checkReference(reference.levels);
  yield* checkSeen(reference);
}

/** A probe that came off meanwhile would make a flat pilot look like the adapter's fault. */
function* checkSeen(reference: Pass, when?: string): Plan<void> {
  for (const side of sides) {
    yield* judge("rig.pilot.freq", frequencyOf(reference, side), {
      id: ["rig.pilot.freq", side, ...(when === undefined ? [] : [when])].join("/"),
      meaning: `the bench's own pilot has a wrong frequency or is not seen at ${nodeOf[side]}: check generator and probes`,
    });
  }
}

function* judgePilot(before: Pass, adapter: Pass, after: Pass): Plan<void> {
  yield* judge("cp.stateA", adapter.levels.A.evse, {
    contacts,
    meaning: "the station would not see state A through the adapter",
  });
  yield* judge("cp.neg", adapter.levels.low, {
    contacts,
    meaning: "the pilot's negative level is wrong through the adapter",
  });
  for (const side of sides) {
    for (const state of ["B", "C", "D"] as const) {
      const shift = difference(adapter.levels[state][side], before.levels[state][side], after.levels[state][side]);
      yield* judge(`cp.delta.state.${side}`, shift, {
        id: `cp.delta.state.${side}/${state}`,
        contacts: [`${side}.CP`],
        meaning: `the adapter shifts the pilot in state ${state} on the ${side === "evse" ? "station" : "vehicle"} side`,
      });
    }
  }
  for (const side of sides) {
    for (const duty of duties) {
      yield* judge(
        "cp.delta.duty",
        dutyShift(before.waves.get(duty)?.[side], adapter.waves.get(duty)?.[side], after.waves.get(duty)?.[side]),
        {
          id: `cp.delta.duty/${side}/${duty}`,
          contacts: [`${side}.CP`],
          meaning: `the adapter changes the duty cycle of ${duty} % on the ${side === "evse" ? "station" : "vehicle"} side`,
        },
      );
    }
  }
  yield* note({ kind: "pilot", duties: [...duties], rail_V, ...reported(adapter) });
  yield* tellSeen(adapter.levels, adapter.waves.get(50)?.evse);
}

/**
 * Values that a report gives and nothing judges (docs/decisions/0047): states B to D at the station, whose windows are far
 * wider than the difference to the bypass that is judged, and the frequency, which no passive adapter changes.
 */
function reported(adapter: Pass): {
  readonly levels_V: Record<string, number | null>;
  readonly frequency_Hz: number | null;
} {
  const levels = stateNames.map((state) => [state, numberOf(adapter.levels[state].evse) ?? null]);
  return {
    levels_V: Object.fromEntries(levels) as Record<string, number | null>,
    frequency_Hz: numberOf(frequencyOf(adapter, "ev")) ?? null,
  };
}

/** Adapter minus the mean of the two references; half their drift counts as uncertainty. */
export const difference = (adapter: Reading, before: Reading, after: Reading): Reading<"V"> =>
  derive(
    "V",
    "adapter - (before + after) / 2",
    [adapter, before, after],
    ([x = 0, b = 0, a = 0], [ux = 0, ub = 0, ua = 0]) => ({
      value: x - (b + a) / 2,
      u: Math.hypot(ux, ub / 2, ua / 2, (a - b) / 2),
    }),
  );

const origin = (raw: string) => ({ raw, t_s: 0 });

function frequencyOf(pass: Pass, side: Side): Reading<"Hz"> {
  const wave = pass.waves.get(50)?.[side];
  if (!wave) return invalid("Hz", "no-pilot-signal", origin("no whole periods in the capture"));
  // The oscilloscope's time base: 25 ppm (DS1000Z data sheet, UNVERIFIED), far below the window's width.
  const value = wave.frequency_Hz;
  return { is: "value", unit: "Hz", value, u: value * 25e-6, raw: `${wave.periods} periods`, t_s: 0 };
}
