/** Closing exactly the relays of some routes, and waiting until they have settled. */
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route } from "../../rig/plan/wiring.ts";
import { call, wait } from "../../rig/plan/words.ts";
import { contactor, matrix } from "./roles.ts";

/** The matrix closes the relays of these routes and opens all others; break before make is the driver's. */
export function* connect(...routes: readonly Route[]): Plan<void> {
  const closed = [...new Set(routes.flatMap((r) => r.relays))].sort();
  yield* call(matrix, "pattern", { closed });
  yield* wait(Math.max(0, ...routes.map((r) => r.settle_s)));
}

/** Opens every relay of the signal matrix. */
export function* disconnect(): Plan<void> {
  yield* call(matrix, "pattern", { closed: [] });
}

/** Opens every power contactor. */
export function* openContactors(): Plan<void> {
  yield* call(contactor, "pattern", { closed: [] });
}
