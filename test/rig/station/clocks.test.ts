/** The browser's date may be wrong by an hour: no file of the page reads it but the one that notices a machine that slept. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../../rig/station/page/", import.meta.url);

test("no file of the page asks the browser for the date, but the one that looks for its jumps", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(10);
  const asking = files.filter((name) =>
    /Date\.now|new Date\(\s*\)|\bDate\(\s*\)/.test(readFileSync(new URL(name, folder), "utf8")),
  );
  expect(asking).toEqual(["heard.ts"]);
});
