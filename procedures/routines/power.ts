/**
 * The power loop: order of contactors, enable, source and load; ramps; always inside a monitor of shunt, drops and
 * thermocouples. On: contactors close at 0 A, enable, ramp. Off: ramp, enable off, I < 1 A, contactors open (bench.md).
 */
import type { Body, Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { call, callOf, monitor, wait } from "../../rig/plan/words.ts";
import { contactor, daq, gpio, load, source } from "./roles.ts";
import { disconnect, openContactors } from "./switching.ts";

/** Shunt SH of the bench, ohm (600 A / 60 mV). */
export const shunt_ohm = 0.0001;
/** Ramp steps: 20 A each 0.5 s is 40 A/s, below the 50 A/s of the bench. */
const ramp_step_A = 20;
const ramp_every_s = 0.5;
/** Offsets are means over this many scans at zero current. */
export const offset_scans = 4;

export const drops = ["V.DC+", "V.DC-", "V.PE"] as const;
export const contactsTC = ["T.evse.DC+", "T.ev.DC+", "T.evse.DC-", "T.ev.DC-"] as const;
export const bars = ["T.bar.DC+", "T.bar.DC-"] as const;
export const grips = ["T.grip.1", "T.grip.2"] as const;
export const ambients = ["T.ambient.1", "T.ambient.2"] as const;
const others = ["T.PE", "T.signal"] as const;

/** All that a power run watches, in one scan. */
export const watched: readonly string[] = ["SH", ...drops, ...contactsTC, ...bars, ...others, ...grips, ...ambients];

/** Runs the body with everything watched once a second; series are called `<name>/<channel name>`. */
export function* watching<R>(wiring: Wiring, name: string, body: Body<R>): Plan<R> {
  const channels = watched.map((channel) => wiring.channel(channel));
  const series = Object.fromEntries(watched.map((channel) => [String(wiring.channel(channel)), `${name}/${channel}`]));
  yield* call(daq, "scan", { channels, every_s: 1 });
  return yield* monitor({ name, call: callOf(daq, "next", {}), every_s: 1, series }, body);
}

export type Loop = "power" | "earth";

const relaysOf = (wiring: Wiring, loop: Loop, current_A: number): readonly Route[] =>
  loop === "earth"
    ? [wiring.route("P1", wiring.tapOf("evse.PE", "F"), { current_A })]
    : [
        wiring.route("P1", wiring.tapOf("evse.DC+", "F"), { current_A }),
        wiring.route(wiring.tapOf("evse.DC-", "F"), "SRC1-", { current_A }),
      ];

/** Closes the loop at 0 A and enables the source; no current flows yet. */
export function* closeLoop(wiring: Wiring, loop: Loop, current_A: number): Plan<void> {
  yield* disconnect(wiring);
  const routes = relaysOf(wiring, loop, current_A);
  yield* call(source, "set", { voltage_V: 0, current_A: 0 });
  yield* call(contactor, "pattern", { closed: [...new Set(routes.flatMap((r) => r.relays))].sort() });
  yield* wait(Math.max(...routes.map((r) => r.settle_s)));
  if (loop === "power") {
    // The load bank alone sets the current, on at 0 A before the source; the source holds the loads' minimum voltage.
    yield* call(load, "set", { current_A: 0 });
    yield* call(load, "input", { on: true });
    yield* call(gpio, "enable", { on: true });
    yield* call(source, "set", { voltage_V: loop_V, current_A: Math.min(current_A * 1.08, 550) });
    yield* call(source, "output", { on: true });
  } else {
    yield* call(gpio, "enable", { on: true });
    yield* call(source, "set", { voltage_V: earth_V, current_A: 0 });
    yield* call(source, "output", { on: true });
  }
}

/** Loop voltage in CV, V: above minimum operating voltage of the loads plus the loop's drop at 550 A (bench.md 3-5 V). */
const loop_V = 4;
/** Voltage limit of the earth test in CC, V (<= 10 V). */
const earth_V = 4;

/** Moves the current in steps within the bench's ramp. */
export function* ramp(loop: Loop, from_A: number, to_A: number): Plan<void> {
  const up = to_A > from_A;
  let current_A = from_A;
  while (current_A !== to_A) {
    current_A = up ? Math.min(to_A, current_A + ramp_step_A) : Math.max(to_A, current_A - ramp_step_A);
    if (loop === "power") yield* call(load, "set", { current_A });
    else yield* call(source, "set", { voltage_V: earth_V, current_A });
    yield* wait(ramp_every_s);
  }
}

/** Enable, source and load off. The contactors stay for the tear-down, which first reads that no current flows. */
export function* powerOff(): Plan<void> {
  yield* call(gpio, "enable", { on: false });
  yield* call(source, "output", { on: false });
  yield* call(load, "input", { on: false });
}

/** Tear-down of every power step; may come at any current. The shunt, not the source, says that it is gone. */
export function* openLoop(wiring: Wiring): Plan<void> {
  yield* powerOff();
  yield* wait(0.3);
  yield* call(daq, "once", { channels: [wiring.channel("SH")] });
  yield* openContactors();
}
