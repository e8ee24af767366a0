/** The nominal adapter of a type with active proximity: it signals as its profile promises. */
import type { AdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import type { ActiveProfile, Window_V } from "../model/thermalSignal.ts";

/** Vehicle: 5 V through 330 ohm, 2700 ohm to PE; station's plug 150 ohm (domain.md 3). */
const [supply_V, series_ohm, pull_ohm, plug_ohm] = [5, 330, 2700, 150] as const;

/** What must be added to the plug's 150 ohm for the middle of a window, ohm; at least 0. */
function added_ohm([low, high]: Window_V): number {
  const volt = (low + high) / 2;
  const both = (series_ohm * volt) / (supply_V - volt);
  return Math.max(0, 1 / (1 / both - 1 / pull_ohm) - plug_ohm);
}

/** A healthy 500 A body stays below such thresholds in an ordinary room; this one reaches them, and soon. */
const smallBody = { t2_s: 400, body_to_ambient_K_per_W: 0.93 } as const;

/** Fields of the adapter file. `heated`: the procedure must get it hot. */
export function activeFields(
  profile: ActiveProfile,
  heated: boolean,
): { pp: Partial<AdapterUnderTest["pp"]>; thermal?: typeof smallBody } {
  const { foldback_degC, shutdown_degC, recovery_degC, windows } = profile;
  const active = {
    kind: "electronic" as const,
    at: ["evse.DC+" as const, "ev.DC+" as const, "evse.DC-" as const, "ev.DC-" as const],
    lag_s: 10,
    fold_degC: foldback_degC,
    shut_degC: shutdown_degC,
    recover_degC: recovery_degC,
    fold_ohm: added_ohm(windows.foldback),
    shut_ohm: added_ohm(windows.shutdown),
    r25_ohm: 1e5,
    sticks: false,
    chatter_s: 0,
  };
  return { pp: { topology: "ACTIVE", active }, ...(heated ? { thermal: smallBody } : {}) };
}
