/** Data acquisition unit without bytes: scans at the present bench time. */

import { accuracyParts, standardOf, thermocoupleU_K } from "../../../rig/model/accuracy.ts";
import type { DaqChannel } from "../../../rig/model/bench.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { invalid, type Reading, reading } from "../../../rig/model/reading.ts";
import type { Answers, TwinContext } from "./context.ts";

/** One power-line cycle of integration, as the reference bench's scan is configured. */
const plc = 1;

export function daqTwin({ role, bench, world }: TwinContext): Answers<"daq"> {
  const readers = new Map(
    Object.values(bench.channels).map((channel) => [channel.channel, channelReader(channel, world)]),
  );
  let scanning: readonly number[] | undefined;
  const check = (channels: readonly number[]): void => {
    const unknown = channels.find((channel) => !readers.has(channel));
    if (channels.length > 0 && unknown === undefined) return;
    const what = unknown === undefined ? "an empty scan list" : `no channel ${unknown}`;
    throw new RigError("SETPOINT_OUT_OF_RANGE", `${role}: ${what}`, { role });
  };
  const read = (channels: readonly number[], terse: boolean): Record<string, Reading> => {
    const readings: Record<string, Reading> = {};
    // The last channel's place first: the object then has room for all and is not made larger on the way.
    let last = 0;
    for (const channel of channels) if (channel > last) last = channel;
    readings[last] = pending;
    for (const channel of channels) readings[channel] = (readers.get(channel) as ChannelReader)(terse);
    return readings;
  };
  return {
    scan({ channels, every_s }) {
      check(channels);
      if (!(every_s > 0)) throw new RigError("SETPOINT_OUT_OF_RANGE", `${role}: a scan every ${every_s} s`, { role });
      scanning = [...channels];
      return null;
    },
    next() {
      if (scanning === undefined) {
        throw new RigError("INSTRUMENT_REFUSED", `${role}: no scan is running; start one with scan`, { role });
      }
      return read(scanning, true);
    },
    once({ channels }) {
      check(channels);
      scanning = undefined;
      return read(channels, false);
    },
  };
}

/** Stands where a reading will be. */
const pending = invalid("1", "not-read", { raw: "", t_s: 0 });

/** `terse`: without the instrument's words. Values of a running scan become points of series, which hold numbers. */
type ChannelReader = (terse: boolean) => Reading;

/** What is constant of a channel is worked out once: a scan is read every second for hours. */
function channelReader(channel: DaqChannel, world: TwinContext["world"]): ChannelReader {
  const number = channel.channel;
  if (channel.measure === "TC") {
    const u = thermocoupleU_K(channel.sensor_u_K ?? 0.3);
    return (terse) => {
      const t_s = world.now_s();
      const degC = world.daq.thermocouple(number);
      if (degC === "open") return invalid("degC", "open-thermocouple", { raw: "+9.90000000E+37", t_s });
      return reading("degC", degC, u, { raw: terse ? "" : degC.toFixed(3), t_s });
    };
  }
  const range_V = channel.range_V ?? 10;
  const { ofReading, absolute } = accuracyParts("keysight-daq970a", range_V);
  return (terse) => {
    const t_s = world.now_s();
    const volt = world.daq.volt(number, range_V, plc);
    if (volt === "overload") return invalid("V", "overload", { raw: "+9.90000000E+37", t_s });
    const u = standardOf(ofReading * Math.abs(volt) + absolute);
    return reading("V", volt, u, { raw: terse ? "" : volt.toExponential(8), t_s });
  };
}
