/** Growth of resistance and temperature rise over mating cycles (domain.md 5.1 R.AGE, 4.2 ageing loop). */
import { standard } from "../../rig/model/uncertainty.ts";
import type { Estimate } from "./resistance.ts";

const none: Estimate = { value: Number.NaN, u: Number.NaN };
const usable = (e: Estimate): boolean => Number.isFinite(e.value) && Number.isFinite(e.u) && e.u >= 0;

/**
 * Growth of a resistance from before to now, %, with its standard uncertainty from those of both (ohm, k = 1). NaN when
 * either is not finite or `before` is not above zero: never a growth of nothing.
 */
export function growth_pct(before: Estimate, now: Estimate): Estimate {
  if (!usable(before) || !usable(now) || before.value <= 0) return none;
  const ratio = now.value / before.value;
  const value = 100 * (ratio - 1);
  const u = 100 * Math.hypot(now.u / before.value, (ratio * before.u) / before.value);
  const parts = [
    standard("resistance now", now.u, { unit: "ohm", sensitivity: 100 / before.value }),
    standard("resistance before", before.u, { unit: "ohm", sensitivity: (-100 * ratio) / before.value }),
  ];
  return usable({ value, u }) ? { value, u, parts } : none;
}

/** Growth of a temperature rise from before to now, K; NaN when either is not finite. */
export function growth_K(before: Estimate, now: Estimate): Estimate {
  if (!usable(before) || !usable(now)) return none;
  const parts = [
    standard("rise now", now.u, { unit: "K" }),
    standard("rise before", before.u, { unit: "K", sensitivity: -1 }),
  ];
  const growth = { value: now.value - before.value, u: Math.hypot(now.u, before.u), parts };
  return usable(growth) ? growth : none;
}
