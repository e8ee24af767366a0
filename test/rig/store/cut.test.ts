/** E3: the files of a store cut at any byte, as a power cut may leave them, open, verify, and hold a prefix of the run. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRun } from "../../../rig/store/journal.ts";
import { closeInterrupted, openReader } from "../../../rig/store/reader.ts";
import { newRun, read, tempDir, ticking } from "./fixture.ts";

const files = ["rig.sqlite", "rig.sqlite-wal"];

test("a write-ahead log cut anywhere loses its end only, and the run closes with a chain that holds", async () => {
  const dir = tempDir();
  const journal = await createRun(dir, newRun, { clock: ticking() });
  // The store's files as they are beside a living writer: nothing has been checkpointed in an orderly way.
  let seq = 0;
  for (let n = 0; n < 60; n += 1) {
    seq = journal.append(read(n));
    await journal.durable(seq);
  }
  const image = join(dir, "image");
  mkdirSync(image);
  for (const name of files) if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(image, name));
  await journal.close();
  const length = readFileSync(join(image, "rig.sqlite-wal")).length;
  expect(length).toBeGreaterThan(10_000);

  const lengths = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: length }), async (keep) => {
      const cut = tempDir();
      for (const name of files) copyFileSync(join(image, name), join(cut, name));
      truncateSync(join(cut, "rig.sqlite-wal"), keep);
      const found = await eventsOf(cut);
      lengths.add(found);
      if (keep === length) expect(found).toBe(seq);
    }),
    { numRuns: 40, seed: 7, examples: [[length], [0]] },
  );
  // The property would hold for a store that keeps nothing: cuts must give runs of different lengths.
  expect(lengths.size).toBeGreaterThan(5);
});

/** Events of run 1 in an image; 0 when the cut lies before the run began. */
async function eventsOf(dir: string): Promise<number> {
  await closeInterrupted(dir);
  let reader: Awaited<ReturnType<typeof openReader>>;
  try {
    reader = await openReader(dir);
  } catch (error) {
    expect(error).toMatchObject({ name: "RigError" });
    return 0;
  }
  try {
    if (reader.list().length === 0) return 0;
    const record = reader.record(1);
    expect(record.events.map((event) => event.seq)).toEqual(record.events.map((_, i) => i + 1));
    expect(reader.fault(1)).toBeUndefined();
    return record.events.length;
  } finally {
    reader.close();
  }
}
