/** Rules that judge a call itself, beside those that judge the state it leads to. */
import type { Bench } from "../model/bench.ts";
import type { Call } from "../plan/commands.ts";
import type { Violation } from "./rules.ts";
import { type BenchState, modeOf } from "./state.ts";

export function unknownRelays(bench: Bench, call: Call): readonly Violation[] {
  if (call.kind !== "matrix" || call.op !== "pattern") return [];
  const wrong = call.args.closed.find((id) => bench.relays[id]?.role !== call.role);
  return wrong === undefined ? [] : [{ rule: "unknown-relay", why: `${call.role} drives no relay ${wrong}` }];
}

export function meterLimits(bench: Bench, call: Call): readonly Violation[] {
  if (call.kind !== "milliohm") return [];
  const most = bench.instruments[call.role]?.max.current_A ?? 0;
  if (call.args.current_A >= 0 && call.args.current_A <= most) return [];
  return [{ rule: "envelope-meter-current", why: `${call.args.current_A} A asked, the bench file allows ${most} A` }];
}

/** A load that is switched on into a charged output draws whatever the output capacitors give. */
export function intoChargedOutput(bench: Bench, before: BenchState, next: BenchState): readonly Violation[] {
  if (before.load.on || !next.load.on || !before.source.on || modeOf(bench, before) !== "loop") return [];
  return [
    { rule: "one-regulator", why: "the load goes on while the source is already on: switch it on first, at 0 A" },
  ];
}
