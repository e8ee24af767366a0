import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadAdapterUnderTest } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { loadDeviations } from "../../../../drivers/twin/world/deviations.ts";
import { loadSuite, parseSuite } from "../../../../rig/cli/regress/suiteFile.ts";
import { root } from "../../../../rig/cli/root.ts";

const files = { adapter: loadAdapterUnderTest, deviations: loadDeviations };
const adapters = join(root, "drivers/twin/adapters");

const good = `suite: two
title: Two cases
cases:
  - case: one
    procedure: dc-screening
    adapter: generic-a-pass
    serial: SN-1
    baseline: dc-a
    twin: { adapter: ${adapters}/healthy-a.yaml }
  - case: two
    procedure: incoming
    adapter: generic-b-pass
    serial: SN-2
    baseline: R000042
case_count: 2
`;
const parse = (text: string, ownTwin = false) => parseSuite("suite.yaml", text, files, ownTwin);

test("the examples are good suites, on a bench and with twins of their own", () => {
  for (const name of ["twin-a", "twin-a-drifted"]) {
    for (const ownTwin of [false, true]) {
      const suite = loadSuite(join(root, "benches/suites", `${name}.yaml`), files, ownTwin);
      expect([suite.id, suite.cases.length]).toEqual([name, 2]);
    }
  }
});

test("what is left out has its usual value; paths are from the file", () => {
  const suite = parse(good);
  expect(suite.options).toEqual({ alpha: 0.01, allow_pct: 10 });
  expect(suite.cases[0]).toEqual({
    name: "one",
    procedure: "dc-screening",
    adapter: "generic-a-pass",
    serial: "SN-1",
    baseline: "dc-a",
    twin: { adapter: `${adapters}/healthy-a.yaml`, seed: 1 },
  });
  expect(suite.cases[1]?.twin).toBeUndefined();
});

test("a case may be given leave to end its soak by a predicted pass", () => {
  const { cases } = parse(good.replace("baseline: dc-a", "baseline: dc-a\n    early: true"));
  expect(cases.map(({ early }) => early)).toEqual([true, undefined]);
});

describe("a wrong suite is refused with file, line and field", () => {
  const swap = (from: string, to: string): string => {
    expect(good).toContain(from);
    return good.replace(from, to);
  };
  test.each([
    [
      "an unknown procedure",
      swap("procedure: incoming", "procedure: outgoing"),
      /^suite\.yaml:11: cases\.1\.procedure: there is no procedure "outgoing"/,
    ],
    ["an unknown adapter", swap("generic-b-pass", "generic-z"), /^suite\.yaml:12: cases\.1\.adapter: .*generic-z/],
    [
      "a type's file that is not there",
      swap("generic-b-pass", "my-type.yaml"),
      /^suite\.yaml:12: cases\.1\.adapter: my-type\.yaml: cannot be read/,
    ],
    [
      "a family that the procedure is not for",
      swap("generic-a-pass", "generic-c-pass"),
      /^suite\.yaml:6: cases\.0\.adapter: dc-screening is for families A, B, E, not C/,
    ],
    [
      "a twin's file that is not there",
      swap("healthy-a.yaml", "nothing.yaml"),
      /^suite\.yaml:9: cases\.0\.twin\.adapter: cannot read .*nothing\.yaml; correct it/,
    ],
    [
      "a baseline's name with a space",
      swap("baseline: dc-a", "baseline: dc a"),
      /^suite\.yaml:8: cases\.0\.baseline: the baseline's name "dc a"/,
    ],
    [
      "an empty serial number",
      swap("serial: SN-2", 'serial: ""'),
      /^suite\.yaml:13: cases\.1\.serial: the serial number is empty/,
    ],
    [
      "leave to pass early where nothing is soaked",
      swap("serial: SN-2", "serial: SN-2\n    early: true"),
      /^suite\.yaml:14: cases\.1\.early: incoming has no soak that a predicted pass may end; leave it out/,
    ],
    ["a case twice", swap("case: two", "case: one"), /^suite\.yaml:10: cases\.1\.case: one is there twice/],
    ["a misspelt key", swap("serial: SN-2", "serail: SN-2"), /^suite\.yaml:13: cases\.1\.serail: unknown key/],
    ["a chance that is none", swap("cases:", "alpha: 2\ncases:"), /^suite\.yaml:3: alpha: 2 is too big/],
    [
      "a list cut off",
      good.replace(/ {2}- case: two[\s\S]*case_count/, "case_count"),
      /^suite\.yaml:10: case_count: 2 cases were promised, 1 are here/,
    ],
    ["no cases", "suite: none\ntitle: t\ncases: []\ncase_count: 1\n", /^suite\.yaml:3: cases: .*too small/],
  ])("%s", (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(/\[FILE_INVALID\]$/);
  });

  test("a case without twin, where each needs its own", () => {
    expect(() => parse(good, true)).toThrow(/^suite\.yaml:10: cases\.1: has no twin to simulate its adapter; add twin/);
  });
});
