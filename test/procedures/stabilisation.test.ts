/** Which rule ends a soak is the limits document's to say: approved data, kept in the head of the run, named in the record. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stabilisationRules } from "../../procedures/analysis/stabilise.ts";
import { ruleIn } from "../../procedures/routines/soakRule.ts";
import { parseLimits } from "../../rig/bench/limitsFile.ts";
import { Station, virtualRun } from "../../rig/cli/faultCoverage/virtualRun.ts";
import { dryRun, nominalAdapter } from "../../rig/cli/nominal.ts";
import { type Stabilisation, stabilisationIds } from "../../rig/model/stabilisation.ts";
import { inputsOf } from "./scenario.ts";

const text = readFileSync("procedures/limits/dc-screening.yaml", "utf8");
const naming = (line: string) => parseLimits("l.yaml", text.replace("\nrows:", `\n${line}\nrows:`));

function inputsWith(line: string) {
  const read = inputsOf({ procedure: "dc-screening" });
  const limits = naming(line);
  return { ...read, limits, context: { ...read.context, limits } };
}

test("every rule has a name that a document may give, and nothing else is a name", () => {
  const named = stabilisationIds.map((rule) => ruleIn({ stabilisation: { rule, on: "absolute" } }));
  expect(named).toEqual(stabilisationRules);
  expect(named.map(({ id }) => id)).toEqual(stabilisationIds);
  expect(ruleIn({})).toBe(stabilisationRules[0]);
});

test("a document without a rule has the first, of the temperature; one with a rule is another content", () => {
  expect(naming("").stabilisation).toBeUndefined();
  const set = naming("stabilisation: { rule: three-readings-10pct-1K, on: rise }");
  expect(set.stabilisation).toEqual({ rule: "three-readings-10pct-1K", on: "rise" } satisfies Stabilisation);
  expect(set.hash).not.toBe(naming("").hash);
  expect(ruleIn(set)).toMatchObject({ on: "rise", title: expect.stringMatching(/^rise over the ambient: three/) });
});

test("the rule that the document names ends the soak, and is named where it did", { timeout: 60_000 }, async () => {
  const inputs = inputsWith("stabilisation: { rule: variation-15min-2K-hold-30min }");
  const run = await dryRun(inputs);
  expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "pass-screening", ending: "completed" });
  const rules = run.journal.events.flatMap((event) => {
    const body = event.type === "note" ? (event.body as Readonly<Record<string, unknown>>) : {};
    return body["kind"] === "stabilised" ? [body["rule"]] : [];
  });
  expect(rules).toEqual(["at most 2 K variation over 15 min, then 30 min more"]);
  // By the first rule it takes 80 min, with what comes before the soak.
  expect(run.bench_s / 60).toBeGreaterThan(110);
  const declared_s = run.steps.filter(({ path }) => !path.includes(" / ")).reduce((sum, one) => sum + one.takes_s, 0);
  expect(declared_s).toBeGreaterThan(run.bench_s);
  expect(declared_s).toBeLessThan(1.4 * run.bench_s);
});

test("of the rise it ends sooner where the ambient warms", { timeout: 60_000 }, async () => {
  const ends = async (line: string): Promise<number> => {
    const inputs = inputsWith(line);
    let end_s = Number.NaN;
    const trial = { adapter: nominalAdapter(inputs), noise: 2, planned: [] };
    const run = await virtualRun(new Station(inputs, 1), trial);
    for (const { limit, reading } of run.measurements) if (limit === "th.rise") end_s = reading.t_s;
    return end_s;
  };
  const [absolute, rise] = [await ends(""), await ends("stabilisation: { rule: three-readings-10min-2K, on: rise }")];
  expect(rise).toBeLessThan(absolute);
});
