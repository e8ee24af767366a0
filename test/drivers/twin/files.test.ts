import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadAdapterUnderTest, parseAdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { loadDeviations, parseDeviations } from "../../../drivers/twin/world/deviations.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { rigWith } from "./testBench.ts";

const yamlIn = (directory: string): string[] => readdirSync(directory).filter((name) => name.endsWith(".yaml"));

describe("adapter files", () => {
  test.each(yamlIn("drivers/twin/adapters"))("%s loads, is named as its file and fits the bench", (file) => {
    const adapter = loadAdapterUnderTest(`drivers/twin/adapters/${file}`);
    expect(`${adapter.adapter}.yaml`).toBe(file);
    expect(rigWith({ adapter }).world.gpio.lines()["NEST0"]).toBe(true);
  });

  test.each([
    [
      "an unknown key",
      "adapter: x\nfamily: A\npaths:\n  CP: { bar_mohm: 3 }\n",
      /^a.yaml:4: paths.CP.bar_mohm: is not known/,
    ],
    ["another family", "adapter: x\nfamily: F\n", /^a.yaml:2: family: /],
    [
      "a negative resistance",
      "adapter: x\nfamily: A\npaths:\n  PE:\n    bar_ohm: -1\n",
      /^a.yaml:5: paths.PE.bar_ohm: /,
    ],
    [
      "a contact that is none",
      "adapter: x\nfamily: A\nleaks:\n  - { between: [evse.XX, evse.PE], ohm: 5 }\n",
      /^a.yaml:4: leaks.0.between.0: /,
    ],
    [
      "a contact without metal",
      "adapter: x\nfamily: A\nshorts:\n  - { between: [ev.L1, ev.PE], ohm: 5 }\n",
      /^a.yaml:4: shorts.0.between: ev.L1 is not on/,
    ],
    [
      "two paths on one contact",
      "adapter: x\nfamily: A\npaths:\n  DC+: { to: DC- }\n",
      /^a.yaml:4: paths.DC\+.to: .*both end on ev.DC-/,
    ],
    ["a duplicate key", "adapter: x\nfamily: A\nfamily: B\n", /^a.yaml:3: file: /],
    ["an alias", "adapter: &x y\nfamily: *x\n", /^a.yaml:1: file: /],
    ["truncated text", "adapter: x\nfamily: A\npaths: {", /^a.yaml:\d+: file: /],
  ])("%s is refused with file, line and field", (_, text, message) => {
    expect(() => parseAdapterUnderTest(text, "a.yaml")).toThrow(message);
    expect(() => parseAdapterUnderTest(text, "a.yaml")).toThrow(/\[ADAPTER_INVALID\]$/);
  });

  test("a missing file is named", () => {
    expect(() => loadAdapterUnderTest("nowhere.yaml")).toThrow(/nowhere.yaml \[FILE_UNREADABLE\]/);
  });

  test("any text loads or is refused as a RigError", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          parseAdapterUnderTest(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RigError);
        }
      }),
    );
  });
});

describe("deviation files", () => {
  test.each(yamlIn("drivers/twin/deviations"))("%s loads and names things of the bench", (file) => {
    const deviations = loadDeviations(`drivers/twin/deviations/${file}`);
    expect(() => rigWith({ deviations })).not.toThrow();
    expect(deviations.note).not.toBe("");
  });

  test("an unknown kind of deviation is refused with its line", () => {
    expect(() => parseDeviations("note: x\nwelded: [K1A]\n", "d.yaml")).toThrow(/^d.yaml:2: welded: is not known/);
  });
});
