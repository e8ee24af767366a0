import { expect, test } from "vitest";
import { MEMORY, ReadingMemory } from "../../../../drivers/twin/devices/daqMemory.ts";
import { keysightDaq } from "../../../../drivers/twin/devices/keysightDaq.ts";
import { alone } from "./bench.ts";

const daq = () => alone(keysightDaq, ["daq"]);

function configured() {
  const one = daq();
  one.ask("*RST;*CLS");
  one.ask("CONF:VOLT:DC 0.1,(@101:103)");
  one.ask("CONF:TEMP TC,T,(@201,202)");
  one.ask("SENS:TEMP:TRAN:TC:CHEC ON,(@201,202)");
  one.ask("ROUT:SCAN (@101,102,201)");
  one.ask("FORM:READ:CHAN ON;:FORM:READ:TIME ON");
  return one;
}

test("the scan list is told as a definite-length block and CONFigure overwrites it", () => {
  const { ask } = configured();
  expect(ask("ROUT:SCAN?")).toBe("#214(@101,102,201)\n");
  expect(ask("ROUT:SCAN:SIZE?")).toBe("+3\n");
  ask("CONF:VOLT:DC 10,(@105)");
  expect(ask("ROUT:SCAN?")).toBe("#16(@105)\n");
  expect(ask("FORM:READ:CHAN?")).toBe("0\n");
  expect(ask("SYST:ERR?")).toBe('+0,"No error"\n');
});

test("a range runs over the channels of the slots between, and strangers are refused", () => {
  const { ask } = daq();
  ask("ROUT:SCAN (@119:202)");
  expect(ask("ROUT:SCAN?")).toBe("#218(@119,120,201,202)\n");
  for (const list of ["(@121)", "(@001)", "(@401)", "(@105:101)"]) {
    ask(`ROUT:SCAN ${list}`);
    expect(ask("SYST:ERR?")).toMatch(/^-222/);
  }
  ask("ROUT:SCAN 101");
  expect(ask("SYST:ERR?")).toMatch(/^-102/);
});

test("READ? takes one sweep with tags as asked for", () => {
  const { ask, world } = configured();
  world.knobs.volts.set(101, 0.0123456);
  world.knobs.degC.set(201, 26.195);
  const parts = ask("READ?").trim().split(",");
  expect(parts).toHaveLength(9);
  expect([parts[0], parts[2]]).toEqual(["+1.23456000E-02", "101"]);
  expect([parts[6], parts[8]]).toEqual(["+2.61950000E+01", "201"]);
  expect(parts.filter((_, i) => i % 3 === 1)).toEqual(["0000000000.019", "0000000000.037", "0000000000.056"]);
  ask("FORM:READ:TIME OFF;:FORM:READ:CHAN OFF;:FORM:READ:UNIT ON");
  expect(ask("FETC?")).toBe("+1.23456000E-02 VDC,+0.00000000E+00 VDC,+2.61950000E+01 C\n");
});

test("a timed scan takes each sweep at its own bench time, and memory is emptied oldest first", () => {
  const { ask, world } = configured();
  ask("TRIG:SOUR TIM;TIM 1;COUN INF");
  expect(ask("TRIG:COUN?")).toBe("+9.90000200E+37\n");
  world.knobs.volts.set(101, 0);
  ask("INIT");
  expect(ask("DATA:POIN?")).toBe("+3\n");
  for (let t = 1; t <= 5; t++) {
    world.knobs.volts.set(101, t / 100);
    world.advance(t + 0.5);
  }
  expect(ask("DATA:POIN?")).toBe("+18\n");
  const first = ask("DATA:REM? 6").trim().split(",");
  expect([first[0], first[9]]).toEqual(["+0.00000000E+00", "+1.00000000E-02"]);
  expect(first[10]).toBe("0000000001.019");
  expect(ask("DATA:POIN?")).toBe("+12\n");
  ask("DATA:REM? 13");
  expect(ask("SYST:ERR?")).toMatch(/^-222/);
  ask("INIT");
  expect(ask("SYST:ERR?")).toMatch(/^-213/);
  ask("ABOR");
  world.advance(10);
  expect(ask("DATA:POIN?")).toBe("+12\n");
});

test("DATA:REMove? with WAIT answers when enough is there, and *OPC? when the scan has ended", () => {
  const { ask, world, say } = configured();
  ask("TRIG:SOUR TIM;TIM 2;COUN 3");
  ask("INIT");
  expect(ask("DATA:REM? 4,WAIT")).toBe("");
  world.advance(2);
  expect(Buffer.from(say("")).toString().split(",")).toHaveLength(12);
  expect(ask("*OPC?")).toBe("");
  world.advance(3.9);
  expect(say("")).toHaveLength(0);
  world.advance(4);
  expect(Buffer.from(say("")).toString()).toBe("1\n");
});

test("overload is a huge number and a bit of the questionable register, once per INIT, never an error", () => {
  const { ask, world } = configured();
  world.knobs.volts.set(102, 5);
  world.knobs.degC.set(201, "open");
  ask("FORM:READ:CHAN OFF;:FORM:READ:TIME OFF");
  expect(ask("READ?")).toBe("+0.00000000E+00,+9.90000000E+37,+9.90000000E+37\n");
  expect(ask("STAT:QUES:EVEN?")).toBe("+1025\n");
  expect(ask("STAT:QUES?")).toBe("+0\n");
  expect(ask("SYST:ERR?")).toBe('+0,"No error"\n');
});

test("without the check a broken thermocouple reads something plausible", () => {
  const { ask, world } = configured();
  world.knobs.degC.set(201, "open");
  ask("SENS:TEMP:TRAN:TC:CHEC OFF,(@201)");
  ask("ROUT:SCAN (@201);:FORM:READ:CHAN OFF;:FORM:READ:TIME OFF");
  expect(Number(ask("READ?"))).toBeLessThan(100);
});

test("a bus trigger takes one sweep, *TRG without a waiting scan is an error", () => {
  const { ask } = configured();
  ask("*TRG");
  expect(ask("SYST:ERR?")).toMatch(/^-211/);
  ask("TRIG:SOUR BUS;COUN 2;:INIT");
  expect(ask("DATA:POIN?")).toBe("+0\n");
  ask("*TRG");
  ask("*TRG");
  expect(ask("DATA:POIN?")).toBe("+6\n");
});

test("MEASure? configures, scans and forgets the scan list", () => {
  const { ask, world } = configured();
  world.knobs.volts.set(105, 8.9);
  expect(ask("MEAS:VOLT:DC? 100,(@105)")).toBe("+8.90000000E+00\n");
  expect(ask("ROUT:SCAN?")).toBe("#16(@105)\n");
  expect(ask("DATA:LAST? (@105)")).toBe("+8.90000000E+00\n");
  expect(ask("DATA:LAST? (@101)")).toBe("+9.91000000E+37\n");
});

test("INIT without a list, FETCh? without data and malformed CONFigure are errors", () => {
  const { ask } = daq();
  for (const [line, number] of [
    ["INIT", -221],
    ["FETC?", -230],
    ["CONF:TEMP TC,T", -109],
    ["CONF:TEMP RTD,85,(@101)", -224],
    ["CONF:VOLT:DC 1000,(@101)", -222],
    ["TRIG:SOUR MOON", -224],
    ["TRIG:COUN 0", -222],
  ] as const) {
    expect(ask(line)).toBe("");
    expect(ask("SYST:ERR?")).toMatch(new RegExp(`^${number},`));
  }
});

test("a full memory drops the oldest reading and says so", () => {
  const memory = new ReadingMemory();
  for (let i = 0; i < MEMORY + 10; i++) memory.add({ value: i, at_s: i, channel: 101, unit: "VDC" });
  expect(memory.length).toBe(MEMORY);
  expect(memory.overflowed).toBe(true);
  expect(memory.take(2).map((reading) => reading.value)).toEqual([10, 11]);
  expect(memory.length).toBe(MEMORY - 2);
  expect(memory.last(101, 1)[0]?.value).toBe(MEMORY + 9);
});
