import fc from "fast-check";
import { expect, test } from "vitest";
import { deviceFactory } from "../../../../drivers/twin/devices/registry.ts";
import { type ScpiCommand, ScpiDevice } from "../../../../drivers/twin/devices/scpi.ts";
import { numberSetting } from "../../../../drivers/twin/devices/scpiSettings.ts";
import { compileHeader } from "../../../../drivers/twin/devices/scpiText.ts";
import { alone, bench } from "./bench.ts";

function device(commands: readonly ScpiCommand[]) {
  let out = "";
  const made = new ScpiDevice({
    commands,
    identity: () => "ACME,1",
    reset: () => undefined,
    reply: (bytes) => {
      out += Buffer.from(bytes).toString("latin1");
    },
  });
  return (text: string): string => {
    out = "";
    made.receive(Buffer.from(text, "latin1"));
    return out;
  };
}

test.each([
  ["[:SOURce<n>]:VOLTage[:LEVel]", ":VOLT", [0]],
  ["[:SOURce<n>]:VOLTage[:LEVel]", ":SOUR2:VOLTAGE:LEV", [2]],
  ["[:SOURce<n>]:VOLTage[:LEVel]", ":SOURC:VOLT", undefined],
  ["[:SOURce<n>]:VOLTage[:LEVel]", ":VOLTA", undefined],
  ["*IDN", "*IDN", []],
  [":CHANnel<n>:DISPlay", ":CHAN3:DISP", [3]],
])("header %s against %s", (header, text, expected) => {
  expect(compileHeader(header).match(text)).toEqual(expected);
});

test("a chain keeps its path, a colon goes back to the root, and replies are joined", () => {
  const volt = numberSetting(":A:VOLT", 1, { min: 0, max: 10, tell: String });
  const curr = numberSetting(":A:CURR", 2, { min: 0, max: 10, tell: String });
  const say = device([volt.command, curr.command]);
  expect(say(":A:VOLT 3;CURR 4;*OPC?;VOLT?;:A:CURR?\n")).toBe("1;3;4\n");
});

test("errors are queued in order, twenty of them, and the last one says that more were lost", () => {
  const say = device([numberSetting(":V", 0, { min: 0, max: 1 }).command]);
  for (const line of ["FOO", "V 2", "V", "V 1,1", "V x", "V??", "*"]) say(`${line}\n`);
  const numbers = [-113, -222, -109, -108, -104, -102, -102];
  for (const number of numbers) expect(say("SYST:ERR?\n")).toMatch(new RegExp(`^${number},`));
  expect(say("SYST:ERR?\n")).toBe('+0,"No error"\n');
  for (let i = 0; i < 25; i++) say("FOO\n");
  for (let i = 0; i < 19; i++) expect(say(":SYSTEM:ERROR:NEXT?\n")).toMatch(/^-113/);
  expect(say("SYST:ERR?\n")).toBe('-350,"Queue overflow"\n');
  expect(say("*ESR?\n")).toBe("56\n");
  say("FOO\n*CLS\n");
  expect(say("SYST:ERR?\n")).toBe('+0,"No error"\n');
});

test("a poison character makes a half-sent command an error instead of a set-point", () => {
  const volt = numberSetting(":VOLT", 0, { min: 0, max: 10, tell: String });
  const say = device([volt.command]);
  say("VOLT 5");
  say("*\n");
  expect(say("VOLT?\n")).toBe("0\n");
  expect(say("SYST:ERR?\n")).toMatch(/^-104/);
});

test("an error in a chain leaves out the rest of it", () => {
  const volt = numberSetting(":VOLT", 0, { min: 0, max: 10, tell: String });
  const say = device([volt.command]);
  expect(say("FOO;VOLT 5\n")).toBe("");
  expect(say("VOLT?\n")).toBe("0\n");
});

test("a line that never ends is dropped with an overrun, not kept", () => {
  const say = device([]);
  for (let i = 0; i < 4; i++) say("x".repeat(40_000));
  say("\n");
  expect(say("SYST:ERR?\n")).toMatch(/^-363/);
  expect(say("*IDN?\n")).toBe("ACME,1\n");
});

test("no bytes crash an instrument, whatever they say in whatever pieces, and it still identifies itself", () => {
  const words = fc.constantFrom(
    "*RST",
    "*IDN?",
    "*OPC?",
    ":",
    ";",
    "?",
    " ",
    ",",
    "(@101:112)",
    "(@",
    "VOLT",
    "CURR",
    "OUTP",
    "ON",
    "CH1",
    "CONF:VOLT:DC",
    "ROUT:SCAN",
    "READ?",
    "INIT",
    "ABOR",
    "FETC?",
    "DATA:REM?",
    "MEAS",
    "TEMP",
    "TC,T",
    "WAV:DATA?",
    "SING",
    "STOP",
    "CHAN1:SCAL",
    "1e9",
    "-1",
    "0.5",
    "NAN",
    "INF",
    "9.9E37",
    "FUNC",
    "SQU",
    "APPL",
    "\n",
    "\r\n",
    "\0",
    "\xff",
  );
  const text = fc.array(fc.oneof(words, fc.string({ maxLength: 6 })), { maxLength: 30 }).map((parts) => parts.join(""));
  for (const role of ["milliohm", "daq", "source", "generator", "rails", "scope"]) {
    const entry = bench().instruments[role];
    if (entry === undefined) throw new Error(role);
    fc.assert(
      fc.property(text, (junk) => {
        const one = alone(deviceFactory(entry.model, role), [role]);
        one.say(junk);
        one.device.connected?.();
        one.ask("ABOR");
        one.ask("*CLS");
        expect(one.ask("*IDN?")).toContain(entry.identity);
      }),
      { numRuns: 60 },
    );
  }
});
