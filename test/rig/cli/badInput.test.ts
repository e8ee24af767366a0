/** Wrong input through the real command line: one clear line and its remedy, no stack trace, and the right exit code. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkLabel, readInputs } from "../../../rig/cli/inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "rig-bad-input-"));
const file = (name: string): string => join(folder, name);
const edited = (source: string, name: string, edit: (text: string) => string): string => {
  const before = readFileSync(source, "utf8");
  const after = edit(before);
  expect(after).not.toBe(before);
  writeFileSync(file(name), after);
  return file(name);
};
const adapter = (name: string, edit: (text: string) => string): string =>
  edited("procedures/adapters/generic-a-pass.yaml", name, edit);
const bench = (name: string, edit: (text: string) => string): string => edited("benches/rb-1.yaml", name, edit);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function rig(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["dist/rig/cli/main.js", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let error = "";
  child.stdout.on("data", (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    error += bytes.toString();
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, error })));
}

/** The message, then one indented line with what to do; no stack, no name of a source file. */
function expectClear(ended: Ended, message: RegExp, code: 2 | 40): void {
  const lines = `${ended.out}${ended.error}`.trimEnd().split("\n");
  expect(lines[0]).toMatch(message);
  expect(lines.length).toBeLessThanOrEqual(2);
  expect(`${ended.out}${ended.error}`).not.toMatch(/\n\s+at |node:internal|\.(ts|js):\d/);
  expect(ended.code).toBe(code);
}

describe("files that people write", () => {
  test.each<[string, () => string, RegExp]>([
    [
      "an unknown key",
      () => adapter("a-key.yaml", (text) => text.replace("family:", "famly:")),
      /a-key\.yaml:\d+: famly: unknown key/,
    ],
    [
      "a unit that is not the file's",
      () => adapter("a-unit.yaml", (text) => text.replace("current_A: 500", "current_mA: 500")),
      /a-unit\.yaml:\d+: rating\.current_mA: unknown key/,
    ],
    [
      "a rating that cannot be",
      () => adapter("a-rating.yaml", (text) => text.replace("current_A: 500", "current_A: 5000")),
      /a-rating\.yaml:\d+: rating\.current_A: 5000 is too big; it may be 1000 or less/,
    ],
    [
      "a truncated file",
      () => adapter("a-cut.yaml", (text) => text.slice(0, text.indexOf("voltage_V"))),
      /a-cut\.yaml:\d+: \w+: .*broken or cut off/,
    ],
    ["a file that is not there", () => file("nowhere.yaml"), /nowhere\.yaml: cannot be read/],
  ])("%s in an adapter type names file, line and field", async (_, made, message) => {
    expectClear(await rig("check", "dc-screening", "--adapter", made()), message, 2);
  });

  test.each<[string, () => string, RegExp]>([
    [
      "one DAQ channel used twice",
      () => bench("b-twice.yaml", (text) => text.replace("channel: 102,", "channel: 101,")),
      /b-twice\.yaml:\d+: channels\.V\.DC\+\.channel: channel 101 is used twice/,
    ],
    [
      "a rating below zero",
      () =>
        bench("b-minus.yaml", (text) =>
          text.replace("{ current_A: 1.0, voltage_V: 5.5 }", "{ current_A: -1, voltage_V: 5.5 }"),
        ),
      /b-minus\.yaml:\d+: instruments\.milliohm\.max\.current_A: -1 is too small/,
    ],
    [
      "a truncated file",
      () => bench("b-cut.yaml", (text) => text.slice(0, text.indexOf("poles:") + 9)),
      /b-cut\.yaml:\d+: \w+: .*broken or cut off/,
    ],
  ])("%s in a bench file names file, line and field", (_, made, message) => {
    const file = made();
    expect(() =>
      readInputs({ procedure: "dc-screening", adapter: "generic-a-pass", bench: file, serial: "1", operator: "x" }),
    ).toThrow(message);
  });

  test("a bench without a role that the procedure needs is refused by the role's name", async () => {
    const made = bench("b-role.yaml", (text) => text.replace("\n  milliohm:\n", "\n  ohmmeter:\n"));
    const ended = await rig("run", "dc-screening", "--serial", "SN-1", "--bench", made, "--store", file("s"));
    expect(`${ended.out}${ended.error}`).toMatch(/no instrument has the role milliohm.*ohmmeter/);
    expect(ended.code).toBe(2);
  });
});

describe("names and labels", () => {
  test.each([
    ["an unknown procedure", ["check", "dc-screaming"], /there is no procedure "dc-screaming"; known are dc-screening/],
    [
      "an unknown adapter type",
      ["check", "dc-screening", "--adapter", "acme"],
      /no adapter type "acme" in .*known: .*generic-a-pass/,
    ],
    [
      "an adapter type that leaves its folder",
      ["check", "dc-screening", "--adapter", "../limits/x"],
      /no adapter type/,
    ],
    [
      "a line break in a serial number",
      ["run", "dc-screening", "--serial", "SN\n1"],
      /serial number "SN\?1" .*line break/,
    ],
    ["an empty serial number", ["run", "dc-screening", "--serial", " "], /serial number is empty/],
    [
      "a twin that was not started",
      ["run", "dc-screening", "--serial", "1", "--ports", file("no-twin")],
      /ports\.json is missing: start the twin first/,
    ],
    [
      "a simulated operator on a real bench",
      ["run", "dc-screening", "--serial", "1", "--simulated-operator"],
      /needs a twin/,
    ],
    [
      "a speed that is no number",
      ["twin", "--adapter", "drivers/twin/adapters/healthy-a.yaml", "--speed", "fast", "--dir", file("t")],
      /--speed "fast"/,
    ],
    [
      "a form without soak that there is none of",
      ["run", "mechanics", "--no-soak", "--serial", "1"],
      /--no-soak: mechanics has no form without soak; dc-screening/,
    ],
    [
      "a qualification that a predicted pass should end",
      ["run", "thermal-qualification", "--early", "--serial", "1"],
      /--early: thermal-qualification has no soak that a predicted pass may end .*dc-screening, ac-screening, combo/,
    ],
    [
      "a family that the procedure is not for",
      ["run", "ac-screening", "--no-soak", "--serial", "1"],
      /ac-screening-no-soak is for families C, D, E, not A/,
    ],
    [
      "coverage of a family that is none",
      ["coverage", "incoming", "--family", "Q", "--out", file("c")],
      /incoming is for families A, B, C, D, E, not "Q"/,
    ],
    [
      "coverage of no adapters",
      ["coverage", "incoming", "--family", "A", "--count", "0"],
      /--count "0": a whole number from 1/,
    ],
    [
      "coverage with a seed that is no number",
      ["coverage", "incoming", "--family", "A", "--seed", "x"],
      /--seed "x": a whole number from 0/,
    ],
    [
      "coverage of a check of the rig",
      ["coverage", "golden-check", "--family", "A"],
      /golden-check checks the rig, not adapters/,
    ],
    [
      "a file in place of the folder for a report",
      ["coverage", "incoming", "--family", "A", "--count", "1", "--out", "package.json"],
      /--out "package\.json" cannot be the report's folder/,
    ],
    ["a number of runs below one", ["runs", "--limit", "-1"], /--limit "-1": a whole number/],
    ["a verdict that is none", ["runs", "--verdict", "good"], /--verdict "good": one of not-judged/],
    ["a store that is not there", ["runs", "--store", file("no-store")], /there is no store in .*no-store/],
  ])("%s: exit code 2 and one line", async (_, args, message) => {
    expectClear(await rig(...args), message, 2);
  });

  test.each([
    ["no serial number", ["run", "dc-screening"], /required option '--serial <text>' not specified/],
    ["an unknown command", ["frobnicate"], /unknown command 'frobnicate'/],
    ["an unknown option", ["runs", "--fast"], /unknown option '--fast'/],
  ])("%s: exit code 2 and a hint", async (_, args, message) => {
    const ended = await rig(...args);
    expect(ended.error).toMatch(message);
    expect(ended.error).toMatch(/\(rig (run |runs )?--help (explains|lists the commands)\)/);
    expect(ended.code).toBe(2);
  });

  test("a label of ten megabytes is refused and shown in short", () => {
    const long = "A".repeat(10_000_000);
    expect(() => checkLabel("serial number", long)).toThrow(
      /^the serial number "A{40}\.\.\." has 10000000 characters, 64/,
    );
  });

  test.each(["\u202eSN", "SN\u0000", "SN\u001b[2J", "a\u2028b", "tab\there"])("the label %j is refused", (label) => {
    expect(() => checkLabel("serial number", label)).toThrow(/LABEL_INVALID/);
  });
});

describe("a store that cannot be one", () => {
  const noTwin = { bench: "RB-1", simulated: true, speed: "max", control: "c", gpio: "g", ports: {} };
  beforeAll(() => writeFileSync(file("ports.json"), JSON.stringify(noTwin)));

  test("a file in place of the folder is named", async () => {
    writeFileSync(file("store-file"), "x");
    expectClear(await rig("show", "R000001", "--store", file("store-file")), /there is no store in .*store-file/, 2);
  });

  test("a run that is not in the store is named", async () => {
    const ended = await rig("show", "R000099", "--store", file("empty"));
    expect(ended.code).toBe(2);
    expect(ended.error).toMatch(/no store in|R000099/);
  });

  test("a twin's ports file that is no JSON is named", async () => {
    writeFileSync(file("ports.json"), "{");
    expectClear(
      await rig("run", "dc-screening", "--serial", "1", "--simulated-operator", "--ports", folder),
      /ports\.json is no JSON: the twin is not ready/,
      2,
    );
  });
});
