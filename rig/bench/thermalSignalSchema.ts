/** Thermal signalling in an adapter type's file: the profile of active proximity, and a cut-out. */
import { z } from "zod";
import type { AdapterType } from "../model/adapter.ts";
import { type ThermalSignal, thermalSignals } from "../model/thermalSignal.ts";
import type { Path } from "./document.ts";

const degC = z.number().min(30).max(150);
const window_V = z.tuple([z.number().min(0).max(5), z.number().min(0).max(5)]);

export const activeSchema = z.strictObject({
  foldback_degC: degC,
  shutdown_degC: degC,
  recovery_degC: degC,
  normal_V: window_V,
  foldback_V: window_V,
  shutdown_V: window_V,
  source: z.string().regex(/^[^\p{Cc}]{1,400}$/u, "1 to 400 printable characters"),
  confidence: z.enum(["P", "S", "D", "K", "H"]),
});

export const cutoutSchema = z.strictObject({ opens: z.enum(["CP", "PP"]), trip_degC: degC, reset_degC: degC });

type Active = z.infer<typeof activeSchema>;
type Cutout = z.infer<typeof cutoutSchema>;
type Refuse = (path: Path, what: string, remedy: string) => unknown;

interface Given {
  readonly topology: string;
  readonly active?: Active | undefined;
  readonly cutout?: Cutout | undefined;
}

/** What no single field can say; `refuse` throws. */
export function checkThermalSignal({ topology, active, cutout }: Given, refuse: Refuse): void {
  if (cutout && cutout.reset_degC >= cutout.trip_degC) {
    refuse(["thermal_cutout", "reset_degC"], "is not below trip_degC", "correct one of the two");
  }
  if (!active) return;
  const at = (field: string): Path => ["pp", "active", field];
  if (topology !== "ACTIVE") refuse(["pp", "active"], `is only for topology ACTIVE, not ${topology}`, "remove it");
  if (active.recovery_degC >= active.foldback_degC) {
    refuse(at("recovery_degC"), "is not below foldback_degC", "correct one of the two");
  }
  if (active.foldback_degC >= active.shutdown_degC) {
    refuse(at("foldback_degC"), "is not below shutdown_degC", "correct one of the two");
  }
  for (const one of thermalSignals) {
    const [low, high] = active[`${one}_V`];
    if (low >= high) refuse(at(`${one}_V`), `${low} is not below ${high}`, "write [lowest, highest]");
    const met = thermalSignals.find((other) => other !== one && overlap(active[`${one}_V`], active[`${other}_V`]));
    if (met) refuse(at(`${one}_V`), `overlaps ${met}_V, so one level would mean both`, "part the two windows");
  }
}

const overlap = (a: readonly [number, number], b: readonly [number, number]): boolean => a[0] <= b[1] && b[0] <= a[1];

/** The fields of an adapter type; absent ones stay absent. */
export function thermalSignalOf({ topology, active, cutout }: Given): Pick<AdapterType, "pp" | "thermalCutout"> {
  const pp = { topology: topology as AdapterType["pp"]["topology"] };
  return {
    pp: active ? { ...pp, active: profileOf(active) } : pp,
    ...(cutout ? { thermalCutout: cutout } : {}),
  };
}

function profileOf({ normal_V, foldback_V, shutdown_V, ...rest }: Active): NonNullable<AdapterType["pp"]["active"]> {
  const windows: Readonly<Record<ThermalSignal, readonly [number, number]>> = {
    normal: normal_V,
    foldback: foldback_V,
    shutdown: shutdown_V,
  };
  return { ...rest, windows };
}
