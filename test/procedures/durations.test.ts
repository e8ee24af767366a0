/** How long a procedure declares to take is how long its plan takes: time left and planning of a day rest on it. */
import { expect, test } from "vitest";
import { Station, virtualRun } from "../../rig/cli/faultCoverage/virtualRun.ts";
import { type Inputs, readInputs } from "../../rig/cli/inputs.ts";
import { nominalAdapter } from "../../rig/cli/nominal.ts";
import { procedures } from "../../rig/cli/procedures.ts";
import type { Family } from "../../rig/model/adapter.ts";
import type { Body, Command, Plan } from "../../rig/plan/commands.ts";
import type { Procedure } from "../../rig/plan/procedure.ts";
import { now } from "../../rig/plan/words.ts";

const types: Readonly<Record<Family, readonly string[]>> = {
  A: ["generic-a-series-sw"],
  B: ["generic-b-pass"],
  C: ["generic-c-pass", "generic-c-80"],
  D: ["generic-d-pass"],
  E: ["generic-e-joined"],
};
const serials = { golden: "GOLD-A-1", challenge: "BAD-A-1" } as const;

/** Declared is at least what the plan takes, and at most so many times that, with what people need. */
const factor = 1.4;
/** A person is reckoned with by at most this much a question, s; a simulated one answers at once. */
const person_s = 100;

interface Took {
  declared_s: number;
  asked: number;
  bench_s: number;
}

/** The plan with everything it yields told to `see`, steps and monitors included; nominal runs throw nothing into it. */
function* seen<R>(plan: Plan<R>, see: (command: Command, depth: number) => void, depth = 0): Plan<R> {
  const inside =
    (body: Body): Body =>
    () =>
      seen(body(), see, depth + 1);
  let next = plan.next();
  while (!next.done) {
    const command = next.value;
    see(command, depth);
    const holds = command.do === "step" || command.do === "monitor";
    next = plan.next(yield holds ? { ...command, body: inside(command.body) } : command);
  }
  return next.value;
}

async function took(inputs: Inputs): Promise<Took> {
  const all: Took = { declared_s: 0, asked: 0, bench_s: Number.NaN };
  const body: Procedure["body"] = function* (context) {
    yield* seen(inputs.procedure.body(context), (command, depth) => {
      if (command.do === "ask") all.asked += 1;
      if (command.do === "step" && depth === 0) all.declared_s += command.takes_s;
    });
    all.bench_s = yield* now();
  };
  const station = new Station({ ...inputs, procedure: { ...inputs.procedure, body } }, 1);
  const run = await virtualRun(station, { adapter: nominalAdapter(inputs), noise: 2, planned: [] });
  expect(run.ending, `${inputs.procedure.id}: ${run.firstCause}`).toBe("completed");
  return all;
}

const typesOf = ({ of, ownEnvelope }: Procedure, family: Family): readonly string[] => {
  // One profile with thermal signalling, and artefacts of one family, are in the house.
  if (ownEnvelope) return family === "A" ? ["generic-a-active"] : [];
  return of === "golden" || of === "challenge" ? types.A : types[family];
};

test.each(procedures)("$id takes about as long as it declares, on every family", { timeout: 60_000 }, async (one) => {
  for (const type of new Set(one.families.flatMap((family) => typesOf(one, family)))) {
    const serial = one.of === "golden" || one.of === "challenge" ? serials[one.of] : "DURATION";
    const inputs = readInputs({ procedure: one.id, adapter: type, serial, operator: "durations" });
    const { declared_s, asked, bench_s } = await took(inputs);
    expect(declared_s, `${one.id} of ${type} takes ${bench_s} s`).toBeGreaterThan(bench_s);
    const most_s = factor * bench_s + person_s * asked;
    expect(declared_s, `${one.id} of ${type} takes ${bench_s} s and asks ${asked} times`).toBeLessThanOrEqual(most_s);
  }
});
