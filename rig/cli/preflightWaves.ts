/** Captures of a preflight: shorter, thinner, and those of the nominal path again while a forced path is still it. */
import type { Instrument, Waveform } from "../kinds/kinds.ts";

/**
 * A preflight captures this share of the span asked for and keeps so many samples of it at most: five periods instead
 * of twenty. The analysis of 200,000 samples would be most of a dry run's time.
 */
const span_share = 1 / 4;
const wave_points = 3200;

/** Waves of the nominal path by the name they were captured for. */
export type Waves = Map<string, readonly Waveform[]>;

/**
 * Captures with fewer samples, evenly taken. A forced path gives the nominal path's waves as long as it is the nominal
 * path: sampling and analysing 200,000 points is most of a dry run's time, and what is seen there cannot differ.
 */
export function thinned(
  twins: Readonly<Record<string, Instrument>>,
  waves: Waves,
  known: () => boolean,
): Readonly<Record<string, Instrument>> {
  const thin = (wave: Waveform): Waveform => {
    const every = Math.ceil(wave.values.length / wave_points);
    if (every <= 1) return wave;
    const values = new Float64Array(Math.floor(wave.values.length / every));
    for (let i = 0; i < values.length; i += 1) values[i] = wave.values[i * every] ?? Number.NaN;
    return { ...wave, dt_s: wave.dt_s * every, values };
  };
  const thinScope = (inner: Instrument<"scope">): Instrument<"scope"> => ({
    ...inner,
    call: {
      capture: async (args, io) => {
        const before = known() ? waves.get(args.as) : undefined;
        if (before) return before.map((wave) => io.keep(wave));
        const kept: Waveform[] = [];
        const reply = await inner.call.capture(
          { ...args, span_s: args.span_s * span_share },
          {
            ...io,
            keep: (wave) => {
              const small = thin(wave);
              kept.push(small);
              return io.keep(small);
            },
          },
        );
        if (!waves.has(args.as)) waves.set(args.as, kept);
        return reply;
      },
    },
  });
  return Object.fromEntries(
    Object.entries(twins).map(([role, twin]) => [
      role,
      twin.kind === "scope" ? (thinScope(twin as Instrument<"scope">) as Instrument) : twin,
    ]),
  );
}
