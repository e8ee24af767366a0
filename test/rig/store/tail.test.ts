/** Following a run that another writes: each event and each point once, and only what is new is read. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createRun } from "../../../rig/store/journal.ts";
import { noPlaces, Tail } from "../../../rig/store/tail.ts";
import { newRun, tempDir, ticking } from "./fixture.ts";

const types = new Set(["note"]);

test("points and events that come while it is followed are each read once, over rows that grow", async () => {
  const dir = tempDir();
  const journal = await createRun(dir, newRun, { clock: ticking() });
  const { run } = journal.run;
  const tail = await Tail.open(dir);
  const places = noPlaces();
  const seen = new Map<string, number[]>();
  const seqs: number[] = [];
  let t = 0;
  const read = (): boolean => {
    const { points, more } = tail.points(run, ["thermal/"], places);
    for (const { series, from, t_s } of points) {
      const known = seen.get(series) ?? [];
      expect(from).toBe(known.length);
      seen.set(series, [...known, ...t_s]);
    }
    const { events, last } = tail.events(run, seqs.at(-1) ?? 0, 1000, types);
    seqs.push(...events.map(({ seq }) => seq));
    expect(last).toBe(seqs.at(-1) ?? 0);
    return more;
  };
  for (const burst of [3, 200, 1, 5000, 300]) {
    for (let i = 0; i < burst; i += 1, t += 1) {
      journal.point("thermal/T.a", "degC", t, t);
      journal.point("thermal/T.b", "degC", t, t);
      journal.point("other/x", "V", t, t);
    }
    await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "ambient" } }));
    // Points are on disk within a second, by the journal's own clock.
    await vi.waitFor(() => {
      while (read());
      expect(seen.get("thermal/T.b")?.length).toBe(t);
    }, 5000);
  }
  expect([...seen.keys()].sort()).toEqual(["thermal/T.a", "thermal/T.b"]);
  expect(seen.get("thermal/T.a")).toEqual(Array.from({ length: t }, (_, i) => i));
  expect(seqs).toEqual([1, 2, 3, 4, 5]);
  tail.close();
  await journal.close();
});

test("it knows when nobody has written, so that an idle store costs nothing", async () => {
  const dir = tempDir();
  const journal = await createRun(dir, newRun, { clock: ticking() });
  const tail = await Tail.open(dir);
  tail.changed();
  expect(tail.changed()).toBe(false);
  await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "ambient" } }));
  expect([tail.changed(), tail.changed()]).toEqual([true, false]);
  tail.close();
  await journal.close();
});

test("a store that is moved away is not followed on: what is written there is no record any more", async () => {
  const dir = tempDir();
  const journal = await createRun(dir, newRun, { clock: ticking() });
  const tail = await Tail.open(dir);
  expect(tail.changed()).toBe(true);
  renameSync(join(dir, "rig.sqlite"), join(dir, "elsewhere.sqlite"));
  expect(() => tail.changed()).toThrow(/rig\.sqlite.*moved away or replaced/);
  tail.close();
  await journal.close();
});
