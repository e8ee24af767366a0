/** Wear of relays is counted from the records: each closing once, run by run, of one bench and no other. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { calendarOf, relayWear } from "../../../rig/cli/benchFacts.ts";
import { createRun } from "../../../rig/store/journal.ts";
import type { EventBody } from "../../../rig/store/types.ts";
import { countWear, noWear } from "../../../rig/store/wear.ts";
import { newRun, ticking } from "./fixture.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-wear-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const lane = { lane: "main", attempt: 1 };
const issued = (role: string, op: string, args: { readonly [k: string]: readonly string[] | boolean }): EventBody => ({
  ...{ ...lane, type: "issued", effect: "switch" },
  command: { do: "call", role, op, args },
});
const pattern = (role: string, ...closed: readonly string[]): EventBody => issued(role, "pattern", { closed });

async function run(simulated: boolean, ...events: readonly EventBody[]): Promise<void> {
  const journal = await createRun(dir, { ...newRun, simulated }, { clock: ticking() });
  for (const event of events) journal.append(event);
  await journal.finish({ verdict: "not-judged", ending: "completed" });
  await journal.close();
}

test("a relay that stays closed is counted once; a trip with the source on is counted besides; later runs are added", async () => {
  const of = { bench: newRun.bench.id, simulated: true };
  expect(await countWear(dir, of)).toEqual(noWear);
  await run(
    true,
    ...[pattern("matrix", "A", "B"), pattern("matrix", "A"), pattern("matrix", "A", "B"), pattern("contactor", "K")],
    ...[issued("source", "output", { on: true }), { ...lane, type: "tripped", body: { message: "hot" } } as EventBody],
  );
  await run(false, pattern("matrix", "A"));
  const first = await countWear(dir, of);
  expect(first).toEqual({ upTo: 1, runs: 1, closings: { A: 1, B: 2, K: 1 }, breaks: { A: 1, B: 1, K: 1 } });
  await run(true, pattern("matrix", "A"));
  const both = await countWear(dir, of, first);
  expect(both).toEqual({ upTo: 3, runs: 2, closings: { A: 2, B: 2, K: 1 }, breaks: { A: 1, B: 1, K: 1 } });
  expect(await countWear(dir, of)).toEqual(both);
  expect((await countWear(dir, { ...of, bench: "RB-2" })).runs).toBe(0);
  expect((await countWear(dir, { ...of, simulated: false })).closings).toEqual({ A: 1 });
});

test("the most worn relay comes first, by the share of its stated life; names of the prototype are no relays", () => {
  const bench = loadBench("benches/rb-1.yaml");
  const stated = {
    ...bench,
    relayClasses: { ...bench.relayClasses, contactor: { ...bench.relayClasses["contactor"], life_closings: 10 } },
  } as typeof bench;
  const wear = { upTo: 1, runs: 1, closings: { KG: 100, K1A: 9, constructor: 5 }, breaks: { K1A: 1 } };
  expect(relayWear(stated, wear).slice(0, 2)).toEqual([
    { id: "K1A", class: "contactor", closings: 9, breaks: 1, life: 10, share: 0.9 },
    { id: "KG", class: "signal", closings: 100, breaks: 0 },
  ]);
});

test("due dates are in order, marked overdue on the day after and soon 90 days before", () => {
  const bench = loadBench("benches/rb-1.yaml");
  const stateOn = (today: string, what: RegExp) => calendarOf(bench, today).find((one) => what.test(one.what))?.state;
  for (const [today, state] of [
    ["2027-03-31", "valid"],
    ["2027-04-01", "soon"],
    ["2027-06-30", "soon"],
    ["2027-07-01", "overdue"],
  ] as const) {
    expect([today, stateOn(today, /^daq/)]).toEqual([today, state]);
  }
  const dates = calendarOf(bench, "2027-01-01").map(({ due }) => due);
  expect(dates).toEqual([...dates].sort());
  const bad = { ...bench.instruments["daq"], calibration: { certificate: "C1", inTolerance: false } };
  const out = { ...bench, instruments: { ...bench.instruments, daq: bad } } as unknown as typeof bench;
  expect(calendarOf(out, "2027-01-01").find(({ what }) => what.startsWith("daq"))).toMatchObject({ state: "overdue" });
});
