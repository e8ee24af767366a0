/** An engineering run ends as soon as the prediction has decided; a qualification never does. */
import { describe, expect, test } from "vitest";
import { bad, perform, replayed } from "./scenario.ts";

const procedure = "thermal-engineering";
const body = (fields: string): string => `adapter: it\nfamily: A\nthermal: { ${fields} }\n`;

const notesOf = (run: Awaited<ReturnType<typeof perform>>, kind: string): readonly Record<string, unknown>[] =>
  run.journal.events.flatMap((event) => {
    const note = event.type === "note" ? (event.body as Record<string, unknown>) : {};
    return note["kind"] === kind ? [note] : [];
  });
const rises = (run: Awaited<ReturnType<typeof perform>>) =>
  run.measurements.filter(({ limit }) => limit === "th.rise").map(({ reading }) => reading);

describe("thermal engineering run", () => {
  test("a healthy adapter passes by prediction before the standard's rule is met, and the report says so", async () => {
    const run = await perform({ procedure });
    expect(bad(run).map(({ id }) => id)).toEqual([]);
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "pass-screening", ending: "completed" });
    expect(notesOf(run, "decided-early")).toMatchObject([{ is: "pass" }]);
    expect(notesOf(run, "stabilised")).toEqual([]);
    expect(notesOf(run, "deviation").map(({ text }) => text)).toContainEqual(
      expect.stringContaining("no qualification"),
    );
    for (const reading of rises(run)) {
      expect(reading.raw).toMatch(/^PREDICTED final rise of T\./);
      // The band is in the uncertainty, not only the sensors' half kelvin.
      expect(reading.is === "value" && reading.u > 0.6).toBe(true);
    }
    const qualified = await perform({ procedure: "thermal-qualification" });
    expect(run.bench_s).toBeLessThan(qualified.bench_s - 600);
    expect(notesOf(qualified, "decided-early")).toEqual([]);
    expect((await replayed({ procedure }, run)).verdict).toBe("pass-screening");
  }, 120_000);

  test("a body that will get too hot fails by prediction while it still is within the limit", async () => {
    const run = await perform({ procedure, adapter: body("body_to_ambient_K_per_W: 0.6, t2_s: 3000") });
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "fail", ending: "completed" });
    expect(notesOf(run, "decided-early")).toMatchObject([{ is: "fail" }]);
    const measured = notesOf(run, "thermal").map(({ rise_K }) => rise_K as number);
    expect(measured.length).toBe(4);
    expect(Math.max(...measured)).toBeLessThan(51);
    expect(run.firstCause).toMatch(/gets too hot at 500 A$/);
  }, 120_000);

  test("what no prediction decides ends by the standard's rule", async () => {
    const run = await perform({ procedure, adapter: body("body_to_ambient_K_per_W: 0.43, t2_s: 3000") });
    expect(notesOf(run, "decided-early")).toEqual([]);
    expect(notesOf(run, "stabilised").length).toBe(1);
    for (const { raw } of rises(run)) expect(raw).toMatch(/, settled, by the last three readings$/);
  }, 120_000);
});
