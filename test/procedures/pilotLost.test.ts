/** A probe that comes off while the adapter is measured: the bench's fault, and said to be. */
import { expect, test } from "vitest";
import { Engine } from "../../rig/engine/engine.ts";
import { ReplayPerformer } from "../../rig/engine/replay.ts";
import type { Measurement } from "../../rig/model/verdict.ts";
import { inputsOf, perform } from "./scenario.ts";

test.each([
  ["CP_S", "evse"],
  ["CP_V", "ev"],
])("a flat pilot at %s through adapter and bypass blames the bench", async (node, side) => {
  const scenario = { procedure: "dc-screening-no-soak" };
  const run = await perform(scenario);
  expect(run.verdict).toBe("pass-screening");
  const since = (name: string): boolean => /^pilot\/(adapter|bypass 2)\//.test(name) && name.includes(node);
  const performer = new ReplayPerformer(run.journal.events, (name, from, total) => {
    const kept = run.journal.series(name, from, total);
    return since(name) ? { ...kept, values: kept.values.map(() => 0) } : kept;
  });
  const { limits, procedure, context } = inputsOf(scenario);
  const none = { planned: [], earthProved: () => undefined, safeOff: async () => undefined };
  const judged: string[] = [];
  const watch = { step: () => undefined, judged: ({ id }: Measurement) => void judged.push(id) };
  const engine = new Engine({ performer, limits, approved: true, end: new AbortController(), watch, ...none });
  const outcome = await engine.run(() => procedure.body(context));
  expect(outcome.firstCause).toMatch(`is not seen at ${node}: check generator and probes`);
  expect(judged.filter((id) => id.startsWith("cp.delta"))).toEqual([]);
  // The bypass was seen before the adapter was; the judgement that failed ends the run, and is not among these.
  expect(judged.slice(0, judged.indexOf("rig.signal.agreement/CP"))).toContain(`rig.pilot.freq/${side}`);
  expect(outcome.verdict).toBe("not-judged");
});
