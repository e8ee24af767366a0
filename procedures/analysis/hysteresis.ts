/** The loop that PP makes against contact temperature: its width, and the points of it that are worth keeping. */
import { type Look, signalOf, type Windows } from "./foldback.ts";
import type { Estimate } from "./resistance.ts";

/** Where the signal began on heating less where it ended on cooling, K. Undefined without both, or when one is no number. */
export function hysteresis_K(begins: Estimate | undefined, ends: Estimate | undefined): Estimate | undefined {
  if (!begins || !ends) return undefined;
  const [value, u] = [begins.value - ends.value, Math.hypot(begins.u, ends.u)];
  return Number.isFinite(value) && Number.isFinite(u) ? { value, u } : undefined;
}

/** One reading each `every_s` at least, and each at which the signal has changed with the one before it; in order. */
export function thinned(looks: readonly Look[], windows: Windows, every_s: number): readonly Look[] {
  const kept = new Set<Look>();
  let last_s = Number.NEGATIVE_INFINITY;
  for (const [i, look] of looks.entries()) {
    const before = looks[i - 1];
    const changed = before !== undefined && signalOf(before.pp_V, windows) !== signalOf(look.pp_V, windows);
    if (changed) kept.add(before).add(look);
    if (look.t_s - last_s < every_s) continue;
    kept.add(look);
    last_s = look.t_s;
  }
  return looks.filter((look) => kept.has(look));
}
