/**
 * What frames every test of an adapter: fitting it, the earth of its mating, ambient at both ends.
 */
import type { Plan } from "../../rig/plan/commands.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { ask, call, note, step } from "../../rig/plan/words.ts";
import { minutes } from "./durations.ts";
import { earthAtOneAmpere } from "./earth.ts";
import { ambients } from "./power.ts";
import { daq } from "./roles.ts";
import { nestCode } from "./selfCheck.ts";
import { disconnect } from "./switching.ts";

export const needs = {
  matrix: "matrix",
  contactor: "matrix",
  milliohm: "milliohm",
  daq: "daq",
  source: "source",
  load: "load",
  generator: "generator",
  rails: "rails",
  scope: "scope",
  gpio: "gpio",
} as const;

/** The earth of this mating, proved at 1 A. */
export const earthStep = (wiring: Wiring, name: string, id = "pe.r.screen"): Plan<boolean> =>
  step(name, () => earthAtOneAmpere(wiring, id), {
    deadline_s: minutes(2),
    takes_s: 2,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });

/** Ambient at both ends of the run (ISO/IEC 17025 7.8.3.1); the bench measures no humidity and no pressure. */
export function* ambientNow(wiring: Wiring, when: "start" | "end"): Plan<void> {
  const channels = ambients.map((name) => wiring.channel(name));
  const replies = yield* call(daq, "once", { channels });
  for (const [i, channel] of channels.entries()) {
    const r = replies[String(channel)];
    const body = r?.is === "value" ? { degC: r.value, u_K: r.u } : { degC: null };
    yield* note({ kind: "ambient", when, sensor: ambients[i] ?? "", ...body });
  }
}

export const ambientStep = (wiring: Wiring, when: "start" | "end"): Plan<void> =>
  step(`Ambient at the ${when}`, () => ambientNow(wiring, when), { deadline_s: 60, takes_s: 1, attempts: 2 });

/** A person has half an hour, and may pause the run before it. */
export const fitStep = (context: ProcedureContext): Plan<void> =>
  step("Fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20, pause: true });

export function* fitAdapter(context: ProcedureContext): Plan<void> {
  yield* ask({
    id: "fit-adapter",
    title: "Fit the adapter",
    text: `Fit the ${context.adapter.maker} ${context.adapter.model} into nest N1 and close both lids.`,
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "fit" },
  });
  yield* nestCode(1, "no adapter is seen in nest N1");
  yield* ask({
    id: "label",
    title: "Label",
    text: `Compare the label on the body: it must read ${context.serial}.`,
    kind: "confirm",
    timeout_s: minutes(10),
  });
}
