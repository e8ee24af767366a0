/** Lists of runs by everything that QA asks for, page by page: no row twice, none left out, and hostile text finds nothing. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRun } from "../../../rig/store/journal.ts";
import { openReader, type Reader } from "../../../rig/store/reader.ts";
import type { RunFilter } from "../../../rig/store/runFilter.ts";
import { judged, newRun, ticking } from "./fixture.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-filter-"));
let reader: Reader;
const made = [
  ["SN-1", "sample-a", "incoming", "Ann", "pass"],
  ["SN-2", "sample-a", "incoming", "Ann", "fail"],
  ["SN-10", "sample-b", "incoming", "Bob", "pass"],
  ["SN-1", "sample-a", "dc-screening", "Bob", "fail"],
  ["sn-1", "sample-b", "dc-screening", "Ann", "pass"],
  ["%' OR 1=1 --", "sample-a", "incoming", "Ann", "pass"],
  ["SN-1", "sample-a", "incoming", "Ann", "pass"],
] as const;

beforeAll(async () => {
  for (const [serial, adapter, procedure, operator, verdict] of made) {
    const head = {
      ...newRun,
      operator,
      procedure: { ...newRun.procedure, id: procedure },
      adapter: { ...newRun.adapter, id: adapter, serial },
    };
    const journal = await createRun(dir, head, { clock: ticking() });
    journal.append(judged(verdict));
    await journal.finish({ verdict, ending: "completed" });
  }
  reader = await openReader(dir);
});
afterAll(() => {
  reader.close();
  rmSync(dir, { recursive: true, force: true });
});

const runs = (filter: RunFilter): readonly number[] => reader.list(filter).map(({ run }) => run);

test.each<[RunFilter, readonly number[]]>([
  [{ serial: "SN-1" }, [7, 4, 1]],
  [{ serialBegins: "SN-1" }, [7, 4, 3, 1]],
  [{ serialBegins: "SN-1", adapter: "sample-b" }, [3]],
  [{ operator: "Bob" }, [4, 3]],
  [{ adapter: "sample-b", procedure: "dc-screening" }, [5]],
  [{ verdict: "fail", operator: "Ann" }, [2]],
  [{ since: "2000-01-01T00:00:00.000Z", serial: "SN-1" }, [7, 4, 1]],
  [{ until: "2000-01-01T00:00:00.000Z" }, []],
  [{ serial: "%' OR 1=1 --" }, [6]],
  [{ serialBegins: "%" }, [6]],
  [{ serial: "' OR ''='" }, []],
])("%j finds runs %j, and counts them", (filter, expected) => {
  expect(runs(filter)).toEqual(expected);
  expect(reader.count(filter, 100)).toBe(expected.length);
});

test("pages of any size show each run once, by number and by time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.boolean(), (limit, byTime) => {
      const filter: RunFilter = { limit, ...(byTime ? { since: "2000-01-01" } : {}) };
      const seen: number[] = [];
      for (let after: RunFilter["after"]; ; ) {
        const page = reader.list({ ...filter, ...(after ? { after } : {}) });
        seen.push(...page.map(({ run }) => run));
        after = page.at(-1);
        if (page.length < limit) break;
      }
      expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
    }),
  );
});

test("counting stops where it is told to", () => {
  expect(reader.count({}, 3)).toBe(3);
  expect(reader.kinds()).toEqual({ procedures: ["dc-screening", "incoming"], adapters: ["sample-a", "sample-b"] });
});
