/** Proximity: what the vehicle sees on PP in each state, by the adapter's topology (domain.md 1.3, 3). */
import type { AdapterType } from "../../rig/model/adapter.ts";
import type { Reading } from "../../rig/model/reading.ts";
import { invalid } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { ask, call, judge, step } from "../../rig/plan/words.ts";
import { resistance } from "./fourWire.ts";
import { leakage } from "./leakage.ts";
import { daq } from "./roles.ts";
import { connect, disconnect } from "./switching.ts";
import type { WiringResult } from "./wiringScreen.ts";

const states = ["open", "latched", "pressed"] as const;
type State = (typeof states)[number];

const meanings: Readonly<Record<State, string>> = {
  open: "the vehicle would not see that nothing is plugged in",
  latched: "the vehicle would not see a latched plug",
  pressed: "the vehicle would not see the pressed release button",
};

export function* proximity(wiring: Wiring, adapter: AdapterType, paths: WiringResult["paths"]): Plan<void> {
  const undo = { deadline_s: 900, tearDown: () => disconnect(wiring) };
  if (adapter.pp.topology === "LOCAL") {
    yield* step("Proximity of the adapter itself", () => local(wiring), { ...undo, takes_s: 20 });
    return;
  }
  yield* step("Proximity path", () => path(wiring, adapter, paths), { ...undo, takes_s: 5 });
  yield* step("Proximity states through the adapter", () => through(wiring), { ...undo, takes_s: 5 });
}

function* path(wiring: Wiring, adapter: AdapterType, paths: WiringResult["paths"]): Plan<void> {
  const contacts = ["evse.PP", "ev.PP"] as const;
  const r = paths["PP"];
  if (r) yield* judge("pp.pass.r", r, { contacts, meaning: "PP does not pass through the adapter" });
  const leak = yield* leakage(wiring, ["ev.PP"], ["ev.PE"], 5);
  yield* judge("pp.pe.iso", leak, {
    contacts: ["ev.PP", "ev.PE"],
    meaning: "there is a part or a leak between PP and PE inside an adapter that should pass PP straight through",
  });
  if (adapter.pp.topology !== "SERIES_SW") return;
  yield* latch(true);
  const pressed = yield* resistance(wiring, "evse.PP", "ev.PP", "resistor");
  yield* judge("pp.series.pressed.r", pressed, {
    contacts,
    meaning: "pressing the adapter's latch does not put 330 ohm into PP",
  });
  yield* latch(false);
}

function* latch(pressed: boolean): Plan<void> {
  yield* ask({
    id: pressed ? "press-adapter-latch" : "release-adapter-latch",
    title: "Latch of the adapter",
    text: pressed ? "Press the adapter's own latch and hold it." : "Release the adapter's latch.",
    kind: "confirm",
    timeout_s: 300,
    action: { do: "latch", which: "adapter", pressed },
  });
}

/** Vehicle circuit on the EV face, station plug's resistors on the EVSE face: 4.46, 1.51 and 2.76 V nominal. */
function* through(wiring: Wiring): Plan<void> {
  const base = [
    wiring.route("PP_S", wiring.tapOf("evse.PP", "F")),
    wiring.route("COM_S", wiring.tapOf("evse.PE", "F")),
    ...vehicle(wiring),
  ];
  const connectPlug = wiring.route("PP_S", "PPS.1");
  const bridge = wiring.route("PPS.2", "COM_S");
  const live = [...base, supply(wiring)];
  const routes: Readonly<Record<State, readonly Route[]>> = {
    open: live,
    latched: [...live, connectPlug, bridge],
    pressed: [...live, connectPlug],
  };
  yield* connect(...base);
  for (const state of states) {
    yield* connect(...routes[state]);
    yield* judgeLevel(state, yield* level(wiring), ["evse.PP", "ev.PP"]);
  }
}

/** The adapter carries its own resistor on the EV face: 150 ohm, 480 ohm with its latch pressed. */
function* local(wiring: Wiring): Plan<void> {
  for (const state of ["latched", "pressed"] as const) {
    if (state === "pressed") yield* latch(true);
    const r = yield* resistance(wiring, "ev.PP", "ev.PE", "resistor");
    yield* judge(`pp.${state}.r`, r, {
      contacts: ["ev.PP", "ev.PE"],
      meaning: `the proximity resistor is wrong (${state}): ${meanings[state]}`,
    });
    yield* connect(...vehicle(wiring));
    yield* connect(...vehicle(wiring), supply(wiring));
    yield* judgeLevel(state, yield* level(wiring), ["ev.PP"]);
    yield* disconnect(wiring);
    if (state === "pressed") yield* latch(false);
  }
}

const vehicle = (wiring: Wiring): readonly Route[] => [
  wiring.route("PP_V", wiring.tapOf("ev.PP", "F")),
  wiring.route("COM_V", wiring.tapOf("ev.PE", "F")),
  wiring.route("PP_V", "PPV.7"),
];

/** The vehicle's 5 V: connected last and opened first, because the taps switch dry. */
const supply = (wiring: Wiring): Route => wiring.route("PPV.5", "PPV.6");

function* level(wiring: Wiring): Plan<Reading> {
  const channel = wiring.channel("PP_V");
  const replies = yield* call(daq, "once", { channels: [channel] });
  return replies[String(channel)] ?? invalid("V", "channel-missing", { raw: "", t_s: 0 });
}

function* judgeLevel(state: State, r: Reading, contacts: readonly ("evse.PP" | "ev.PP")[]): Plan<void> {
  yield* judge(`pp.${state}.v`, r, { contacts, meaning: `PP is wrong (${state}): ${meanings[state]}` });
}
