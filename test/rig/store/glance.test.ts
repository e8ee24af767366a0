/** The latest capture of both faces, as it becomes durable. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { Glance } from "../../../rig/store/glance.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { newRun, ticking } from "./fixture.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-glance-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("the newest capture with both channels is given once; a repeated one is another", async () => {
  const journal = await createRun(dir, newRun, { clock: ticking() });
  const { run } = journal.run;
  const keep = (series: string, value: number, count = 4) =>
    journal.keep({ series, name: "x", unit: "V", t0_s: 1, dt_s: 1e-6, values: new Float64Array(count).fill(value) });
  keep("pilot/a/CP_S", 1);
  keep("pilot/a/CP_V", 2, 40_000);
  keep("pilot/b/CP_S", 3);
  journal.point("thermal/T.x", "degC", 1, 20);
  await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "x" } }));
  const glance = await Glance.open(dir);
  const look = (after: number) => glance.capture(run, ["CP_S", "CP_V"], after);
  // The other face of b has not come yet.
  const first = await vi.waitFor(() => {
    const found = look(-1);
    expect(found?.name).toBe("pilot/a");
    return found;
  });
  expect(first?.waves.map(({ channel, values }) => [channel, values[0], values.length])).toEqual([
    ["CP_S", 1, 4],
    ["CP_V", 2, 40_000],
  ]);
  expect(look(first?.id ?? -1)).toBeUndefined();
  keep("pilot/a/CP_S", 5);
  keep("pilot/a/CP_V", 6);
  await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "y" } }));
  const again = await vi.waitFor(() => {
    const found = look(first?.id ?? -1);
    expect(found?.name).toBe("pilot/a#2");
    return found;
  });
  expect(again?.waves.map(({ values }) => values[0])).toEqual([5, 6]);
  expect(glance.head(run)?.id).toBe(journal.run.id);
  expect(glance.head(99)).toBeUndefined();
  glance.close();
  await journal.close();
});
