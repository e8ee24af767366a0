/** Made-up but plausible samples: a thermal run of 80 min and pilot waveforms at 1 kHz. */
import type { Points } from "../../rig/store/types.ts";

/** Repeatable noise, -1 to 1. */
function* noise(seed: number): Generator<number, number> {
  let state = seed | 1;
  for (;;) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    yield (state / 0x40000000 - 1) as number;
  }
}

function points(t_s: Float64Array, values: Float64Array): Points {
  return { t_s, values, total: t_s.length };
}

const channels: readonly (readonly [string, number, number])[] = [
  ["evse.DC+", 34, 780],
  ["evse.DC-", 38.5, 800],
  ["ev.DC+", 29, 850],
  ["ev.DC-", 31, 860],
  ["grip.1", 14, 1500],
  ["ambient.1", 0.4, 3000],
  ["ambient.2", 0.3, 3000],
];

/** One sample a second from bench time 60 s. */
export function thermal(): ReadonlyMap<string, Points> {
  const t_s = Float64Array.from({ length: 80 * 60 }, (_, i) => 60 + i);
  const all = new Map<string, Points>();
  for (const [n, [name, rise_K, tau_s]] of channels.entries()) {
    const shake = noise(n + 3);
    all.set(
      `thermal/T.${name}`,
      points(
        t_s,
        t_s.map((t) => 22.7 + rise_K * (1 - Math.exp(-(t - 60) / tau_s)) + 0.08 * shake.next().value),
      ),
    );
  }
  const shake = noise(99);
  const current = t_s.map((t) => Math.min(500, (t - 60) * 50) + 0.4 * shake.next().value);
  all.set("thermal/I", points(t_s, current));
  for (const [name, ohm] of [
    ["DC+", 98e-6],
    ["DC-", 146e-6],
  ] as const) {
    all.set(
      `thermal/R.${name}`,
      points(
        t_s,
        t_s.map((t) => ohm * (1 + 0.11 * (1 - Math.exp(-(t - 60) / 800))) + 2e-7 * shake.next().value),
      ),
    );
  }
  return all;
}

/** Both faces, states B and C at 5 %, adapter and bypass; `drop` is the share of the level lost in the adapter. */
export function waveforms(drop: number): ReadonlyMap<string, Points> {
  const dt_s = 1e-6;
  const all = new Map<string, Points>();
  let seed = 7;
  for (const [state, high] of [
    ["B", 8.98],
    ["C", 5.99],
  ] as const) {
    for (const node of ["CP_S", "CP_V"] as const) {
      for (const via of ["adapter", "bypass"] as const) {
        const start_s = 100 + seed;
        const shake = noise(seed++);
        const t_s = Float64Array.from({ length: 5000 }, (_, i) => start_s + i * dt_s);
        const top = via === "adapter" ? high * (1 - drop) : high;
        let level = -11.98;
        const values = t_s.map((_, i) => {
          const target = (i + 130) % 1000 < 950 ? -11.98 : top;
          level += (target - level) * 0.55;
          return level + 0.03 * shake.next().value;
        });
        all.set(`pilot/${via}/${state}/5/${node}`, points(t_s, values));
      }
    }
  }
  return all;
}
