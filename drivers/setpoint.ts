/** Checks that every set shares: refused before a byte leaves, and read back afterwards. */
import { RigError } from "../rig/model/errors.ts";

/** @throws RigError SETPOINT_OUT_OF_RANGE unless `value` is a number from `min` to `max`. */
export function checkSetpoint(role: string, what: string, value: number, min: number, max: number): void {
  if (Number.isFinite(value) && value >= min && value <= max) return;
  throw new RigError(
    "SETPOINT_OUT_OF_RANGE",
    `${role}: ${what} ${value} is not within ${min} to ${max}: nothing was sent`,
    {
      role,
      what,
      value: Number.isFinite(value) ? value : String(value),
      min,
      max,
    },
  );
}

/** @throws RigError READ_BACK_DIFFERS when what was read is further than `tolerance` from what was set. */
export function checkReadBack(role: string, what: string, set: number, read: number, tolerance: number): void {
  if (Math.abs(read - set) <= tolerance) return;
  throw new RigError("READ_BACK_DIFFERS", `${role}: ${what} was set to ${set}, but ${read} is read back`, {
    role,
    what,
    set,
    read,
    tolerance,
  });
}

/** A switch as SCPI instruments answer it; undefined for anything else. */
export function parseSwitch(text: string): boolean | undefined {
  const bare = text.trim().toUpperCase();
  if (bare === "1" || bare === "ON") return true;
  if (bare === "0" || bare === "OFF") return false;
  return undefined;
}
