/**
 * Proximity and pilot through the adapter while it is still hot from a temperature rise: a cut-out or a joint that opens when
 * warm is good in every cold test (domain.md 1.4; 3 PP.HOT). The loop must be open and without current.
 */
import type { AdapterType } from "../../rig/model/adapter.ts";
import { invalid } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { call, judge } from "../../rig/plan/words.ts";
import { resistance } from "./fourWire.ts";
import { connectPp } from "./protection.ts";
import { supply, vehicle } from "./proximity.ts";
import { daq } from "./roles.ts";
import { connect, disconnect } from "./switching.ts";

export function* hotSignals(wiring: Wiring, { pp }: AdapterType): Plan<void> {
  if (pp.topology === "LOCAL") {
    yield* connect(...vehicle(wiring));
    yield* connect(...vehicle(wiring), supply(wiring));
  } else yield* connectPp(wiring);
  const channel = wiring.channel("PP_V");
  const replies = yield* call(daq, "once", { channels: [channel] });
  yield* disconnect(wiring);
  const level = replies[String(channel)] ?? invalid("V", "channel-missing", { raw: "", t_s: 0 });
  yield* judge("pp.hot.v", level, {
    contacts: ["evse.PP", "ev.PP"],
    meaning: "the vehicle would not see a latched plug while the adapter is hot",
  });
  yield* hotPilot(wiring);
}

/** The pilot's resistance by the milliohm meter; every matrix relay is open afterwards. */
export function* hotPilot(wiring: Wiring): Plan<void> {
  const pilot = yield* resistance(wiring, "evse.CP", "ev.CP", "signal");
  yield* disconnect(wiring);
  yield* judge("cp.hot.r", pilot, {
    contacts: ["evse.CP", "ev.CP"],
    meaning: "the pilot opens or gets too much resistance when the adapter is hot",
  });
}
