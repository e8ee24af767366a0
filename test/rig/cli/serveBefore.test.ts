/** A trip is reset by who saw it: another one that came since stays latched. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { beforeOf } from "../../../rig/cli/commands/serveBefore.ts";
import { latchFile, latchPath, readLatch } from "../../../rig/cli/latchFile.ts";

const store = mkdtempSync(join(tmpdir(), "rig-reset-"));
afterAll(() => rmSync(store, { recursive: true, force: true }));

test("a reset of the trip that a page showed leaves the one that came after it", () => {
  const path = latchPath(store, undefined);
  const trip = { rule: "S4", why: "T.evse.DC+ is above 105 degC" };
  latchFile(path).save(trip as never);
  const { reset } = beforeOf({ store }, []);
  expect(() => reset("Tina", "lid was closed", "a trip is latched: S2: LID1 open")).toThrow(/another trip is latched/);
  expect(readLatch(path)).toEqual(trip);
  expect(reset("Tina", "it has cooled", `a trip is latched: ${trip.rule}: ${trip.why}`)).toEqual(trip);
  expect(readLatch(path)).toBeUndefined();
});
