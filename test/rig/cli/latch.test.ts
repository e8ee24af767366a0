/** S2: a trip survives the program and is cleared by a named person only. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { reset } from "../../../rig/cli/commands/reset.ts";
import { latchFile, latchPath, readLatch } from "../../../rig/cli/latchFile.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "rig-latch-"));
  folders.push(made);
  return made;
};
afterEach(() => {
  vi.restoreAllMocks();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const trip = { rule: "watch-temperature", why: "T.ev.DC+ reads 101 degC" };

function said(work: () => number): { readonly code: number; readonly text: string } {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const code = work();
  vi.restoreAllMocks();
  return { code, text };
}

test("what one program latched the next one finds", () => {
  const path = latchPath(folder(), undefined);
  latchFile(path).save(trip);
  expect(latchFile(path).load()).toEqual(trip);
});

test("a first start has nothing latched", () => {
  expect(latchFile(latchPath(join(folder(), "not there"), undefined)).load()).toBeUndefined();
});

test.each(["", "{", "[]", '{"rule":1}', "null"])("a latch file that reads %j is not taken for clear", (content) => {
  const path = latchPath(folder(), undefined);
  writeFileSync(path, content);
  expect(() => readLatch(path)).toThrow(/a trip may be latched/);
});

test("without a name the trip is shown and stays, exit code 40", () => {
  const store = folder();
  latchFile(latchPath(store, undefined)).save(trip);
  const { code, text } = said(() => reset({ store }));
  expect(code).toBe(40);
  expect(text).toContain(trip.why);
  expect(readLatch(latchPath(store, undefined))).toEqual(trip);
});

test("with a name it is cleared, and who cleared what is kept", () => {
  const store = folder();
  latchFile(latchPath(store, undefined)).save(trip);
  expect(said(() => reset({ store, by: "A. Person" })).code).toBe(0);
  expect(readLatch(latchPath(store, undefined))).toBeUndefined();
  expect(JSON.parse(readFileSync(join(store, "resets.jsonl"), "utf8"))).toMatchObject({ by: "A. Person", ...trip });
});

test.each(["", "  ", "a\nb"])("%j is no name", (by) => {
  const store = folder();
  latchFile(latchPath(store, undefined)).save(trip);
  expect(() => reset({ store, by })).toThrow();
  expect(readLatch(latchPath(store, undefined))).toEqual(trip);
});
