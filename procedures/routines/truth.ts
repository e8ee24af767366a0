/** Findings that are no measurement: whether something holds, whether a path is whole. */
import { reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { judge, now } from "../../rig/plan/words.ts";
import { resistance } from "./fourWire.ts";
import { disconnect } from "./switching.ts";

/** A truth as a reading, so that it is judged and stored like any other. */
export function* truth(limit: string, holds: boolean, raw: string, meaning: string, id?: string): Plan<void> {
  const t_s = yield* now();
  yield* judge(limit, reading("1", holds ? 1 : 0, 0, { raw, t_s }), { meaning, ...(id ? { id } : {}) });
}

/** As the `wiring.path.r` and `pe.r.screen` rows: only for telling a fault of the bench from one of the adapter. */
const whole_ohm = { signal: 5, earth: 0.005 } as const;

/** Whether the milliohm meter, which has wires of its own, finds a signal path and its return through PE whole now. */
export function* isWhole(wiring: Wiring, pin: "CP" | "PP"): Plan<boolean> {
  yield* disconnect(wiring);
  const signal = yield* resistance(wiring, `evse.${pin}`, `ev.${pin}`, "signal");
  const earth = yield* resistance(wiring, "evse.PE", "ev.PE", "power");
  yield* disconnect(wiring);
  return (
    signal.is === "value" && signal.value < whole_ohm.signal && earth.is === "value" && earth.value < whole_ohm.earth
  );
}
