/** What a case of the fault table expects, and how it is checked; each case is one run, and one replay of its record. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { verdicts } from "../../rig/model/verdict.ts";
import { bad, perform, replayed, type Scenario } from "./scenario.ts";

export interface Expected {
  /** Of the first judgement that did not pass. */
  readonly id: string;
  readonly step: string;
  /** A contact that the judgement must name. */
  readonly contact?: string;
  /** First cause, in words. */
  readonly cause: RegExp;
}

export type Case = readonly [name: string, scenario: Scenario, expected: Expected];

export const adapterFile = (name: string): string => readFileSync(`drivers/twin/adapters/${name}.yaml`, "utf8");
export const benchFile = (name: string): string => readFileSync(`drivers/twin/deviations/${name}.yaml`, "utf8");
/** An adapter of family A by its deviations alone. */
export const faulty = (deviations: string): string => `adapter: faulty\nfamily: A\n${deviations}\n`;

/** Runs a scenario and replays its record, which must come to the same end. */
export async function runTwice(scenario: Scenario) {
  const run = await perform(scenario);
  const again = await replayed(scenario, run);
  expect({ verdict: again.verdict, ending: again.ending, firstCause: again.firstCause }).toEqual({
    verdict: run.verdict,
    ending: run.ending,
    firstCause: run.firstCause,
  });
  return run;
}

/** The screening passes, nothing is missing, and no judgement was left undecided. */
export async function expectPass(scenario: Scenario): Promise<void> {
  const run = await runTwice(scenario);
  expect(bad(run).map((m) => `${m.id} ${m.verdict}`)).toEqual([]);
  expect({ verdict: run.verdict, ending: run.ending, missing: run.missing }).toEqual({
    verdict: "pass-screening",
    ending: "completed",
    missing: [],
  });
}

/** The adapter is at fault: a fail of a completed run, found where a person would look, and no fault of the rig. */
export async function expectFail(scenario: Scenario, expected: Expected): Promise<void> {
  const run = await runTwice(scenario);
  const first = bad(run)[0];
  expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "fail", ending: "completed" });
  expect({ id: first?.id, step: first?.step, subject: first?.subject }).toEqual({
    id: expected.id,
    step: expected.step,
    subject: "adapter",
  });
  if (expected.contact) expect(first?.contacts).toContain(expected.contact);
  expect(run.firstCause).toMatch(expected.cause);
  expect(bad(run).filter((m) => m.subject === "rig")).toEqual([]);
}

/** The bench is at fault: nothing is said of the adapter, and the first cause names the part of the bench. */
export async function expectRigFault(scenario: Scenario, expected: Omit<Expected, "contact">): Promise<void> {
  const run = await runTwice(scenario);
  const first = bad(run)[0];
  expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "not-judged", ending: "rig-error" });
  expect({ id: first?.id, step: first?.step }).toEqual({ id: expected.id, step: expected.step });
  expect(run.firstCause).toMatch(expected.cause);
  const onAdapter = bad(run).filter((m) => m.subject === "adapter" && verdicts.indexOf(m.verdict) > 3);
  expect(onAdapter).toEqual([]);
}
