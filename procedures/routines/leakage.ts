/**
 * The leakage circuit of the bench: a rail through 100 kohm 0.1 % to the contacts on HI, the rest on LO; the voltage on
 * the 100 kohm gives R = 100 kohm x (rail - V) / V (bench.md LEAK). Above 100 Mohm it says "greater than".
 */
import type { Contact } from "../../rig/model/contacts.ts";
import { above, below, derive, type Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { call } from "../../rig/plan/words.ts";
import { daq } from "./roles.ts";
import { connect } from "./switching.ts";

const series_ohm = 100_000;
/** Tolerance of the series resistor and of the rail, each rectangular 0.1 %. */
const relative_u = Math.hypot(0.001, 0.001) / Math.sqrt(3);
/** Above this the voltage on 100 kohm is lost in offsets. */
const over_range_ohm = 100e6;

/** Largest resistance that can hide behind an overload: tolerance of rail and resistor on 100 kohm. */
const joined_ohm = 500;

/** Resistance between the contacts on HI and those on LO. The rail is switched on only when all else is connected. */
export function* leakage(
  wiring: Wiring,
  hi: readonly Contact[],
  lo: readonly Contact[],
  rail_V: 5 | 12,
): Plan<Reading<"ohm">> {
  const route = wiring.leak(hi, lo, rail_V);
  const channel = wiring.channel("LEAK");
  yield* connect(route.base);
  yield* connect(route.base, route.rail);
  const replies = yield* call(daq, "once", { channels: [channel] });
  yield* connect(route.base);
  return leakOf(replies[String(channel)], rail_V);
}

/** The reading on the series resistor as a resistance; exported for tests. */
export function leakOf(volt: Reading | undefined, rail_V: number): Reading<"ohm"> {
  if (!volt) throw new RangeError("the DAQ left out the channel that was asked");
  const smallest_V = (rail_V * series_ohm) / (over_range_ohm + series_ohm);
  if (volt.is === "invalid" && volt.code === "overload") {
    // The 10 V range ends near the 12 V rail: all of it is on the 100 kohm.
    return below("ohm", joined_ohm, { raw: `overload of ${rail_V} V on 100 kohm`, t_s: volt.t_s });
  }
  if (volt.is === "value" && volt.value - 2 * volt.u < smallest_V) {
    return above("ohm", over_range_ohm, { raw: `${volt.raw} V of ${rail_V} V on 100 kohm`, t_s: volt.t_s });
  }
  return derive("ohm", `100 kohm x (${rail_V} V - V) / V`, [volt], ([v = Number.NaN], [u = Number.NaN]) => {
    const value = (series_ohm * (rail_V - v)) / v;
    const u_reading = (series_ohm * rail_V * u) / (v * v);
    return { value: Math.max(0, value), u: Math.hypot(u_reading, (value + series_ohm) * relative_u) };
  });
}
