/** Axis ticks: steps of 1, 2 or 5 times a power of ten. */

export interface Ticks {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly at: readonly number[];
}

/** Ticks that cover low..high with about `wanted` intervals. Equal or unordered bounds are widened. */
export function niceTicks(low: number, high: number, wanted: number): Ticks {
  let a = Math.min(low, high);
  let b = Math.max(low, high);
  if (!Number.isFinite(a) || !Number.isFinite(b)) [a, b] = [0, 1];
  const least = Math.max(Math.abs(a) * 1e-9, Math.abs(b) * 1e-9, 1e-15);
  if (b - a <= least) {
    const room = Math.max(Math.abs(a) * 0.05, 1e-12);
    [a, b] = [a - room, b + room];
  }
  const rough = (b - a) / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = rough / power;
  const step = power * (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10);
  const first = Math.floor(a / step + 1e-9);
  const last = Math.ceil(b / step - 1e-9);
  const at = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { min: first * step, max: last * step, step, at };
}

/** Text of a tick with as many decimals as the step has. */
export function tickText(value: number, step: number): string {
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 12);
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}
