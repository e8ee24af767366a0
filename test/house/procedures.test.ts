/** The build refuses in procedures/ what a plan may not do; each example must be refused, and the real folder passes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const script = resolve(import.meta.dirname, "../../scripts/check-procedures.mjs");

function check(source: string): { code: number | null; text: string } {
  const folder = mkdtempSync(join(tmpdir(), "rig-procedures-"));
  writeFileSync(join(folder, "a.ts"), source);
  const run = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  return { code: run.status, text: run.stderr };
}

test.each([
  ["a bare yield", "function* f() { yield 1; }"],
  ["a bare yield of nothing", "function* f() { const a = yield; }"],
  ["yield in finally", "function* f() { try { yield* a(); } finally { yield* b(); } }"],
  ["Date", "const t = new Date();"],
  ["Date.now", "const t = Date.now();"],
  ["Math.random", "const r = Math.random();"],
  ["a timer", "setTimeout(f, 1);"],
  ["process", "const v = process.env;"],
  ["async", "async function f() {}"],
  ["performance", "const t = performance.now();"],
])("%s is refused, with file and line", (_what, source) => {
  const { code, text } = check(`\n${source}\n`);
  expect(code).toBe(1);
  expect(text).toMatch(/a\.ts:2: /);
});

test("comments and texts may speak of them", () => {
  expect(check('// yield Date\n/* process */\nconst a = "await yield";\nfunction* f() { yield* g(); }\n').code).toBe(0);
});

test("an empty folder is a failure, not a pass", () => {
  const folder = mkdtempSync(join(tmpdir(), "rig-procedures-"));
  expect(spawnSync(process.execPath, [script, folder]).status).toBe(1);
  rmSync(folder, { recursive: true, force: true });
});

test("the project's procedures pass", () => {
  expect(spawnSync(process.execPath, [script]).status).toBe(0);
});
