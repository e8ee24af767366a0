/**
 * Nominal runs of every procedure on every family. How long one declares to take is how long its plan takes: time left and the
 * planning of a day rest on it. And what its limits document holds is judged: a row that nothing judges reads as if it were tested.
 */
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
  C: ["generic-c-series-sw", "generic-c-80"],
  D: ["generic-d-pass"],
  E: ["generic-e-joined"],
};
const serials = { golden: "GOLD-A-1", challenge: "BAD-A-1" } as const;

/** Declared is at least what the plan takes, and at most so many times that, with what people need. */
const factor = 1.4;
/** A person is reckoned with by at most this much a question, s; a simulated one answers at once. */
const person_s = 100;

/** Rows of a limits document that need more than an adapter: an artefact to be checked, an earlier run to be compared with. */
const more: Readonly<Record<string, readonly string[]>> = {
  "dc-screening": ["artefact.answer", "rig.artefact.answer"],
  "ageing-check": ["age.r.growth", "age.rise.growth"],
};
/** Rows and those that the runs of this file judged, by limits document. */
const documents = new Map<string, { readonly rows: Set<string>; readonly judged: Set<string> }>();

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
  const { limits } = inputs.procedure;
  const document = documents.get(limits) ?? { rows: new Set(), judged: new Set(more[limits]) };
  documents.set(limits, document);
  for (const row of Object.keys(inputs.limits.rows)) document.rows.add(row);
  for (const { limit } of run.measurements) document.judged.add(limit);
  return all;
}

/** An own proximity circuit brings rows of its own; once each is enough, where it is quick. */
const quick = /^incoming$|-no-soak$/;
const local: Readonly<Partial<Record<Family, string>>> = { A: "generic-a-local", C: "generic-c-local" };

const typesOf = ({ id, of, ownEnvelope }: Procedure, family: Family): readonly string[] => {
  // One profile with thermal signalling, and artefacts of one family, are in the house.
  if (ownEnvelope) return family === "A" ? ["generic-a-active"] : [];
  if (of === "golden" || of === "challenge") return types.A;
  const own = quick.test(id) ? local[family] : undefined;
  return own === undefined ? types[family] : [...types[family], own];
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

test("each row of each limits document was judged by one of these runs", () => {
  expect([...documents.keys()].sort()).toEqual([...new Set(procedures.map(({ limits }) => limits))].sort());
  for (const [document, { rows, judged }] of documents) {
    expect({ document, idle: [...rows].filter((row) => !judged.has(row)) }).toEqual({ document, idle: [] });
  }
});
