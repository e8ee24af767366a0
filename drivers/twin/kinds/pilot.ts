/** Generator, rails and oscilloscope without bytes. */
import type { SeriesRef } from "../../../rig/kinds/kinds.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { type Answers, measured, numberOr, type TwinContext, within } from "./context.ts";

export function generatorTwin({ role, world }: TwinContext): Answers<"generator"> {
  return {
    wave({ shape, frequency_Hz, duty_pct }) {
      within(role, "frequency_Hz", frequency_Hz, 1, 100_000);
      within(role, "duty_pct", duty_pct, 0, 100);
      world.pilot.wave(shape, frequency_Hz, duty_pct);
      return null;
    },
    output({ on }) {
      world.pilot.output(on);
      return null;
    },
  };
}

export function railsTwin({ role, entry, world }: TwinContext): Answers<"rails"> {
  const { voltage_V } = entry.max;
  return {
    set({ plus_V, minus_V }) {
      within(role, "plus_V", plus_V, 0, voltage_V);
      within(role, "minus_V", minus_V, 0, voltage_V);
      world.pilot.rails(plus_V, minus_V);
      return null;
    },
    output({ on }) {
      world.pilot.railsOutput(on);
      return null;
    },
    measure() {
      const t_s = world.now_s();
      const { plus_V, minus_V } = world.pilot.measureRails();
      return {
        plus: measured("V", plus_V, "rigol-dp832-V", 30, t_s),
        minus: measured("V", minus_V, "rigol-dp832-V", 30, t_s),
      };
    },
  };
}

/** Name of a channel's series: the node its probe is on. */
const names: Readonly<Record<number, string>> = { 1: "CP_S", 2: "CP_V" };
const points_max = 200_000;
const fastest_s = 1e-7;

/** 8 bits, in place. A function of its own: as part of a closure made anew for each capture it was never compiled well. */
function quantise(values: Float64Array, full_V: number): void {
  const step_V = full_V / 256;
  const steps_per_V = 256 / full_V;
  const lowest_V = -full_V / 2;
  const highest_V = full_V / 2 - step_V;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    const clipped = v > highest_V ? highest_V : v < lowest_V ? lowest_V : v;
    values[i] = Math.floor(clipped * steps_per_V + 0.5) * step_V;
  }
}

/** 8 bits over the full scale of `config.full_scale_V`, as the screen of the real one. */
export function scopeTwin({ role, entry, world }: TwinContext): Answers<"scope"> {
  const full_V = numberOr(entry.config["full_scale_V"], 32);
  const spacing_min_s = numberOr(entry.config["spacing_min_s"], fastest_s);
  return {
    capture({ channels, span_s, trigger_V }, io) {
      within(role, "span_s", span_s, 1e-6, 10);
      const unknown = channels.find((channel) => names[channel] === undefined);
      if (unknown !== undefined || channels.length === 0) {
        throw new RigError("SETPOINT_OUT_OF_RANGE", `${role}: channels [${channels.join()}]: 1 and 2 exist`, { role });
      }
      const dt_s = Math.max(spacing_min_s, Math.ceil(span_s / points_max / spacing_min_s - 1e-9) * spacing_min_s);
      const count = Math.max(2, Math.round(span_s / dt_s));
      const waves = world.scope.acquire(channels, dt_s, count, trigger_V);
      return channels.map((channel, n): SeriesRef<"V"> => {
        const values = waves[n] as Float64Array;
        quantise(values, full_V);
        return io.keep({ name: names[channel] as string, unit: "V", t0_s: world.now_s(), dt_s, values });
      });
    },
  };
}
