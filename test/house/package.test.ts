/** What a fresh clone depends on: exact versions, a lock file without addresses, the same platforms for x64 and arm64. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (name: string) => JSON.parse(readFileSync(resolve(root, name), "utf8"));
const manifest = read("package.json");
const lock: Record<string, { version?: string; resolved?: string; hasInstallScript?: boolean }> =
  read("package-lock.json").packages;

test("every dependency has an exact version", () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(all)) expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.]+)?$/);
});

test("the lock file names no download address", () => {
  expect(Object.values(lock).filter((entry) => entry.resolved?.startsWith("http"))).toEqual([]);
});

test("each linux-x64 binary in the lock file has its linux-arm64 twin", () => {
  const x64 = Object.keys(lock).filter((name) => /linux-x64/.test(name) && !/musl/.test(name));
  expect(x64.length).toBeGreaterThan(2);
  for (const name of x64) expect(Object.keys(lock)).toContain(name.replace("linux-x64", "linux-arm64"));
});

test("every package with an install script is named in allowScripts", () => {
  const scripted = Object.entries(lock)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([name]) => name.replace(/^.*node_modules\//, ""));
  for (const name of scripted) expect(Object.keys(manifest.allowScripts)).toContain(name);
});
