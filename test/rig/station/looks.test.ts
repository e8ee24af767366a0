/** What has a look of its own keeps it: a part that burns fingers is not taken for a bench that may be energised. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = "rig/station/page";
const sources = (ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

test("nothing but the warning of hot parts has its class, and no rule has to leave others out", () => {
  const given = sources(".tsx").filter(({ text }) => /class=("|\{)[^>\n]*\bhot\b/.test(text));
  expect(given.map(({ name }) => name)).toEqual(["result.tsx"]);
  const rules = sources(".css").flatMap(({ text }) => text.match(/^[^\n{]*\.hot\b[^\n{]*(?=\{)/gm) ?? []);
  expect(rules.length).toBeGreaterThan(5);
  expect(rules.filter((rule) => /safety|:not/.test(rule))).toEqual([]);
});
