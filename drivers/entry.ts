/** What a driver reads from its entry in the bench file, and the check that the right instrument answers. */
import type { InstrumentEntry } from "../rig/model/bench.ts";
import { RigError } from "../rig/model/errors.ts";

/** A number of `entry.config`, within bounds. @throws RigError BENCH_INVALID */
export function configNumber(
  entry: InstrumentEntry,
  key: string,
  bounds: { readonly min: number; readonly max: number; readonly default?: number },
): number {
  const value = entry.config[key] ?? bounds.default;
  if (typeof value === "number" && value >= bounds.min && value <= bounds.max) return value;
  const got = value === undefined ? "missing" : JSON.stringify(value);
  throw new RigError(
    "BENCH_INVALID",
    `instruments.${entry.role}.config.${key} is ${got}: a number from ${bounds.min} to ${bounds.max} is needed`,
    { role: entry.role, key },
  );
}

/** The only port of an instrument. @throws RigError BENCH_INVALID */
export function onlyPort(entry: InstrumentEntry): string {
  const [name, ...more] = entry.ports;
  if (name !== undefined && more.length === 0) return name;
  throw new RigError(
    "BENCH_INVALID",
    `instruments.${entry.role}.ports: ${entry.model} has exactly one port, not ${entry.ports.length}`,
    { role: entry.role },
  );
}

const named = (text: string): boolean => text !== "" && text !== "n/a";

/**
 * The identity as received must contain the model and the serial number of the bench file; "" and "n/a" ask nothing.
 * @throws RigError IDENTITY_MISMATCH
 */
export function checkIdentity(entry: InstrumentEntry, where: string, raw: string, serial = entry.serial): void {
  for (const wanted of [entry.identity, serial]) {
    if (!named(wanted) || raw.includes(wanted)) continue;
    throw new RigError("IDENTITY_MISMATCH", `${entry.role} on ${where} must be "${wanted}", but "${raw}" answers`, {
      role: entry.role,
      wanted,
      raw,
    });
  }
}
