/**
 * "Analysis functions never turn NaN, infinity or an empty record into a pass": every exported function of procedures/analysis
 * is in the table, with a property that spoils its arguments, or with the reason why no number can spoil it.
 */
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { fits } from "./held/fit.ts";
import { heat } from "./held/heat.ts";
import type { Held } from "./held/held.ts";
import { pilots } from "./held/pilot.ts";
import { resistances } from "./held/resistances.ts";
import { signals } from "./held/signals.ts";

const table: Readonly<Record<string, Held | string>> = { ...resistances, ...pilots, ...signals, ...heat, ...fits };

const folder = new URL("../../../procedures/analysis/", import.meta.url);

test("every exported function of the analysis is held, and nothing is held that is not there", async () => {
  const exported: string[] = [];
  for (const file of readdirSync(folder)) {
    const module: Readonly<Record<string, unknown>> = await import(new URL(file, folder).href);
    for (const [name, is] of Object.entries(module)) {
      if (typeof is === "function") exported.push(`${basename(file, ".ts")}.${name}`);
    }
  }
  expect(exported.length).toBeGreaterThan(60);
  expect(Object.keys(table).sort()).toEqual(exported.sort());
});

test.each(Object.keys(table))("%s makes nothing of what is no number", (name) => {
  const entry = table[name];
  if (typeof entry === "string") expect(entry.length).toBeGreaterThan(20);
  else entry?.check();
});
