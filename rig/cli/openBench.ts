/** Opens the instruments of a bench: one port object per line, identities read, everything left in its safe state. */
import { setMaxListeners } from "node:events";
import { openPort } from "../../drivers/port/open.ts";
import type { Port } from "../../drivers/port/port.ts";
import type { Instrument } from "../kinds/kinds.ts";
import type { Bench } from "../model/bench.ts";
import type { Clock } from "../model/clock.ts";
import { asRigError, RigError } from "../model/errors.ts";
import { registry } from "./registry.ts";

export interface OpenedBench {
  readonly instruments: Readonly<Record<string, Instrument>>;
  /** Aborted with PORT_LOST when any device goes. */
  readonly lost: AbortSignal;
  /** Each role that did not open, with why. Empty when all are there. */
  readonly failed: Readonly<Record<string, RigError>>;
  close(): Promise<void>;
}

const listeners_max = 100;

/** Roles served by the guard and not by a port. */
const guarded = "gpio";

export async function openBench(
  bench: Bench,
  roles: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenedBench> {
  // Every port, driver and open wait listens to it.
  setMaxListeners(listeners_max, signal);
  const ports = new Map<string, Promise<Port>>();
  const lost = new AbortController();
  const port = (name: string): Promise<Port> => {
    const known = ports.get(name);
    if (known) return known;
    const address = bench.ports[name];
    if (!address) throw new RigError("BENCH_INVALID", `${bench.file}: there is no port "${name}"`);
    const opening = openPort(address, name).then((opened) => {
      opened.lost.addEventListener("abort", () => lost.abort(opened.lost.reason), { once: true });
      return opened;
    });
    ports.set(name, opening);
    return opening;
  };
  const instruments: Record<string, Instrument> = {};
  const failed: Record<string, RigError> = {};
  await Promise.all(
    roles
      .filter((role) => role !== guarded)
      .map(async (role) => {
        try {
          instruments[role] = await openOne(bench, role, port, clock, signal);
        } catch (error) {
          failed[role] = asRigError(error);
        }
      }),
  );
  return {
    instruments,
    lost: lost.signal,
    failed,
    close: async () => {
      await Promise.allSettled(Object.values(instruments).map((instrument) => instrument.close()));
      const opened = await Promise.allSettled(ports.values());
      await Promise.allSettled(opened.map((p) => (p.status === "fulfilled" ? p.value.close() : undefined)));
    },
  };
}

async function openOne(
  bench: Bench,
  role: string,
  port: (name: string) => Promise<Port>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Instrument> {
  const entry = bench.instruments[role];
  if (!entry) throw new RigError("ROLE_MISSING", `${bench.file}: no instrument has the role "${role}"`);
  const driver = registry[entry.model];
  if (!driver) {
    const known = Object.keys(registry).join(", ");
    throw new RigError(
      "BENCH_INVALID",
      `${bench.file}: instruments.${role}.model: no driver "${entry.model}"; there are ${known}`,
    );
  }
  if (driver.kind !== entry.kind) {
    throw new RigError(
      "BENCH_INVALID",
      `${bench.file}: instruments.${role}: ${entry.model} is a ${driver.kind}, not a ${entry.kind}`,
    );
  }
  return driver.open({ entry, bench, port, clock, signal });
}
