/**
 * Kind twins: each kind of instrument directly on the simulated bench, without bytes. Same calls, same refusals, same
 * uncertainties as the real drivers; for coverage, preflight and tests of procedures.
 */
import type { Instrument, Io, Kind, SafeRecipe } from "../../rig/kinds/kinds.ts";
import type { Bench, InstrumentEntry } from "../../rig/model/bench.ts";
import type { Clock } from "../../rig/model/clock.ts";
import { RigError } from "../../rig/model/errors.ts";
import type { TwinContext } from "./kinds/context.ts";
import { daqTwin } from "./kinds/daq.ts";
import { insulationTwin } from "./kinds/insulation.ts";
import { gpioTwin, matrixTwin } from "./kinds/lines.ts";
import { milliohmTwin } from "./kinds/milliohm.ts";
import { generatorTwin, railsTwin, scopeTwin } from "./kinds/pilot.ts";
import { loadTwin, sourceTwin } from "./kinds/power.ts";
import type { World } from "./models.ts";

type Calls = { readonly [K in Kind]: (context: TwinContext) => Instrument<K>["call"] };

/** Total by type: a new kind without a twin does not compile. */
const calls: Calls = {
  matrix: matrixTwin,
  milliohm: milliohmTwin,
  daq: daqTwin,
  load: loadTwin,
  source: sourceTwin,
  generator: generatorTwin,
  rails: railsTwin,
  scope: scopeTwin,
  insulation: insulationTwin,
  gpio: gpioTwin,
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(calls, kind);

/** Text of `deviations.identity`, when the world has one for this role. */
interface WithIdentity extends World {
  readonly deviations?: { readonly identity: Readonly<Record<string, string>> };
}

/**
 * Opens a role of the bench on the world. It leaves the instrument as it is. Errors: ROLE_MISSING (no twin for the
 * kind), IDENTITY_MISMATCH (the virtual bench has another instrument there).
 */
export function openKindTwin(
  role: string,
  entry: InstrumentEntry,
  bench: Bench,
  world: WithIdentity,
  clock: Clock,
): Instrument {
  const { kind } = entry;
  if (!isKind(kind)) throw new RigError("ROLE_MISSING", `${bench.file}: ${role}: no twin of kind "${kind}"`, { role });
  const raw = world.deviations?.identity[role] ?? `${entry.identity},${entry.serial},SIMULATED`;
  if (!raw.includes(entry.identity) || (entry.serial !== "n/a" && !raw.includes(entry.serial))) {
    const message = `${role}: "${raw}" answers where "${entry.identity}" ${entry.serial} is expected`;
    throw new RigError("IDENTITY_MISMATCH", message, { role });
  }
  return open(role, kind, { role, entry, bench, world, clock }, raw);
}

function open<K extends Kind>(role: string, kind: K, context: TwinContext, raw: string): Instrument<K> {
  let fenced: string | undefined;
  const inner = calls[kind](context) as Readonly<Record<string, (args: unknown, io: Io) => Promise<unknown>>>;
  const guarded = Object.fromEntries(
    Object.entries(inner).map(([op, call]) => [
      op,
      async (args: unknown, io: Io): Promise<unknown> => {
        if (fenced !== undefined) throw new RigError("PORT_FENCED", `${role}.${op}: ${fenced}`, { role, op });
        io.signal.throwIfAborted();
        // A due event must have happened before the instrument is asked.
        const now_s = context.clock.bench_s();
        if (now_s > context.world.now_s()) context.world.advance(now_s);
        return call(args, io);
      },
    ]),
  );
  const safe: readonly SafeRecipe[] = [];
  return {
    kind,
    identity: { model: context.entry.model, serial: context.entry.serial, firmware: "twin", raw, unverified: [] },
    safe,
    call: guarded as unknown as Instrument<K>["call"],
    fence(why) {
      fenced ??= why;
    },
    async close() {
      fenced ??= "closed";
    },
  };
}
