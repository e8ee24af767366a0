/** What each channel of the DAQ970A is set to measure, and one measurement of it. */
import type { Bench } from "../../../rig/model/bench.ts";
import type { World } from "../models.ts";
import { allChannels } from "./channelList.ts";
import type { Stored } from "./daqMemory.ts";

export interface ChannelSetting {
  kind: "VOLT" | "TEMP";
  range_V: number | "auto";
  plc: number;
  thermocouple: string;
  /** Open-thermocouple check (> 5 kohm). */
  check: boolean;
  delay_s: number | "auto";
}

export const RANGES_V = [0.1, 1, 10, 100, 300] as const;
export const OVERLOAD = 9.9e37;
/** Bits of the questionable register (Programming Guide, STATus subsystem): voltage, temperature, memory. */
export const QUESTIONABLE = { VOLT: 1, TEMP: 1 << 10, MEMORY: 1 << 12 } as const;
const FLOATING_degC = 23;

const initial = (): ChannelSetting => ({
  kind: "VOLT",
  range_V: "auto",
  plc: 1,
  thermocouple: "J",
  check: false,
  delay_s: "auto",
});

export class DaqChannels {
  readonly #world: World;
  readonly #line_Hz: number;
  readonly #wired = new Map<number, "V" | "TC">();
  #settings = new Map<number, ChannelSetting>();

  constructor(world: World, bench: Bench, line_Hz: number) {
    this.#world = world;
    this.#line_Hz = line_Hz;
    for (const { channel, measure } of Object.values(bench.channels)) this.#wired.set(channel, measure);
    this.reset();
  }

  reset(): void {
    this.#settings = new Map(allChannels().map((channel) => [channel, initial()]));
  }

  of(channel: number): ChannelSetting {
    const setting = this.#settings.get(channel);
    if (setting === undefined) throw new RangeError(`no channel ${channel} in the mainframe`);
    return setting;
  }

  /** CONFigure and MEASure? begin from the defaults of a channel. */
  configure(channel: number, kind: "VOLT" | "TEMP"): ChannelSetting {
    const setting = { ...initial(), kind };
    this.#settings.set(channel, setting);
    return setting;
  }

  /** Time one reading takes: integration (twice with auto-zero), relay and settling. UNVERIFIED: 2 ms a channel. */
  duration_s(channel: number): number {
    const { plc, delay_s } = this.of(channel);
    return plc / this.#line_Hz + 0.002 + (delay_s === "auto" ? 0 : delay_s);
  }

  /** The value and the bit of the questionable register that an overload sets. */
  measure(channel: number): { readonly value: number; readonly unit: Stored["unit"]; readonly bit: number } {
    const setting = this.of(channel);
    if (setting.kind === "VOLT") {
      const value = this.#volts(channel, setting);
      return { value, unit: "VDC", bit: Math.abs(value) >= OVERLOAD ? QUESTIONABLE.VOLT : 0 };
    }
    const value = this.#degrees(channel, setting);
    return { value, unit: "C", bit: value >= OVERLOAD ? QUESTIONABLE.TEMP : 0 };
  }

  #volts(channel: number, setting: ChannelSetting): number {
    // A channel where the bench has no voltage wired: nothing, or a thermocouple of some microvolts.
    if (this.#wired.get(channel) !== "V") return 0;
    const { range_V, plc } = setting;
    if (range_V !== "auto") return overload(this.#world.daq.volt(channel, range_V, plc));
    for (const range of RANGES_V) {
      const value = this.#world.daq.volt(channel, range, plc);
      if (value !== "overload") return value;
    }
    return OVERLOAD;
  }

  #degrees(channel: number, setting: ChannelSetting): number {
    const value = this.#wired.get(channel) === "TC" ? this.#world.daq.thermocouple(channel) : "open";
    if (value !== "open") return value;
    // Without the check an open input floats and reads something near the terminals' temperature. UNVERIFIED
    return setting.check ? OVERLOAD : FLOATING_degC;
  }
}

const overload = (value: number | "overload"): number => (value === "overload" ? OVERLOAD : value);
