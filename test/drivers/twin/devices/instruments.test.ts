import { expect, test } from "vitest";
import { hiokiRm3545 } from "../../../../drivers/twin/devices/hiokiRm3545.ts";
import { keysight33500 } from "../../../../drivers/twin/devices/keysight33500.ts";
import { rigolDp832 } from "../../../../drivers/twin/devices/rigolDp832.ts";
import { rigolDs1000z } from "../../../../drivers/twin/devices/rigolDs1000z.ts";
import { tdkGenesys } from "../../../../drivers/twin/devices/tdkGenesys.ts";
import { alone } from "./bench.ts";

test("milliohm: a single reading in a range, with its test current, spaces for plus and CR LF", () => {
  const { say, ask, world } = alone(hiokiRm3545, ["milliohm"]);
  ask(":INIT:CONT OFF\r");
  ask(":RES:RANG 0.1\r");
  expect(ask(":READ?\r")).toBe(" 1.2300E-03\r\n");
  expect(world.knobs.tests).toEqual([{ current_A: 1, range_ohm: 0.1, open_V: 5.5 }]);
  ask(":RES:CURR LOW\r");
  ask(":READ?\r");
  expect(world.knobs.tests.at(-1)?.current_A).toBe(0.1);
  expect(Buffer.from(say("*IDN?\r")).toString()).toBe("HIOKI,RM3545,SIM-OHM-1,V1.00\r\n");
});

test("milliohm: low power keeps to 20 mV and its own currents", () => {
  const { ask, world } = alone(hiokiRm3545, ["milliohm"]);
  ask(":INIT:CONT OFF");
  ask(":RES:LPOW ON");
  ask(":RES:RANG 10");
  ask(":READ?");
  expect(world.knobs.tests.at(-1)).toEqual({ current_A: 5e-4, range_ohm: 10, open_V: 0.02 });
  ask(":RES:RANG 1E6");
  expect(ask("*ESR?")).toBe("16\r\n");
});

test("milliohm: above the range and an open lead are huge numbers, never measured ones", () => {
  const { ask, world } = alone(hiokiRm3545, ["milliohm"]);
  ask(":RES:RANG 0.01");
  world.knobs.ohm = { is: "ohm", ohm: 1 };
  expect(Number(ask(":READ?"))).toBe(1e20);
  world.knobs.ohm = { is: "contact" };
  expect(Number(ask(":READ?"))).toBe(1e30);
  ask(":RES:RANG:AUTO ON");
  world.knobs.ohm = { is: "ohm", ohm: 33 };
  expect(Number(ask(":READ?"))).toBeCloseTo(33, 5);
});

test("milliohm: a query followed by a command is a query error, and :FETCh? repeats the last reading", () => {
  const { ask, world } = alone(hiokiRm3545, ["milliohm"]);
  ask(":INIT:CONT OFF");
  const first = ask(":READ?");
  world.knobs.ohm = { is: "ohm", ohm: 5 };
  expect(ask(":FETC?")).toBe(first);
  expect(ask(":FETC?;:RES:RANG 1")).toBe("");
  expect(ask("*ESR?")).toBe("4\r\n");
});

test("source: set-points, limits, output and what it measures", () => {
  const { ask, world } = alone(tdkGenesys, ["source"]);
  ask("VOLT 4.5;CURR 550");
  expect(ask("VOLT?;CURR?")).toBe("4.500;550.000\n");
  ask("OUTP ON");
  expect(world.source.state()).toEqual({ voltage_V: 4.5, current_A: 550, on: true });
  world.knobs.loop = { voltage_V: 4.4999, current_A: 123.4567 };
  world.knobs.mode = "CV";
  expect(ask("MEAS:VOLT?;CURR?")).toBe("4.500;123.457\n");
  expect(ask("OUTP:STAT?;:SOUR:MODE?")).toBe("ON;CV\n");
  for (const line of ["VOLT 10.6", "VOLT -1", "CURR 1051", "VOLT NAN", "VOLT 5x"]) {
    ask(line);
    expect(ask("SYST:ERR?")).toMatch(/^-(222|104),".*;address 06"\n$/);
  }
  ask("VOLT:PROT:LEV 4;:VOLT 3.9");
  expect(ask("SYST:ERR?")).toMatch(/^301,/);
  expect(world.source.state().voltage_V).toBe(4.5);
  expect(ask("STAT:QUES:COND?")).toBe("256\n");
  world.gpio.setLine("EN", true);
  expect(ask("STAT:QUES:COND?")).toBe("0\n");
  ask("*RST");
  expect(world.source.state()).toEqual({ voltage_V: 0, current_A: 0, on: false });
});

test("generator: logic levels, steady and square, reach the pilot driver", () => {
  const { ask, world } = alone(keysight33500, ["generator"]);
  ask("*RST;*CLS");
  ask("OUTP:LOAD INF;:FUNC PULS;:FREQ 1000;:VOLT:HIGH 5;LOW 0;:FUNC:PULS:DCYC 16.5;:OUTP ON");
  expect(ask("SYST:ERR?")).toBe('+0,"No error"\n');
  expect(world.pilot.state()).toMatchObject({ shape: "square", frequency_Hz: 1000, duty_pct: 16.5, on: true });
  expect(ask("OUTP:LOAD?")).toBe("+9.9000000000000E+37\n");
  ask("FUNC DC;:VOLT:OFFS 5");
  expect(world.pilot.state().shape).toBe("high");
  ask("VOLT:OFFS 0");
  expect(world.pilot.state().shape).toBe("low");
  ask("APPL:SQU 1KHZ,5,2.5");
  expect(world.pilot.state()).toMatchObject({ shape: "square", duty_pct: 50 });
  ask("VOLT:HIGH 15");
  expect(ask("SYST:ERR?")).toMatch(/^-221/);
  expect(Number(ask("VOLT:HIGH?"))).toBe(5);
  ask("FUNC:SQU:DCYC 100");
  expect(ask("SYST:ERR?")).toMatch(/^-222/);
});

test("generator: into the driver's open input a 50 ohm setting gives twice the level", () => {
  const { ask, world } = alone(keysight33500, ["generator"]);
  ask("FUNC DC;:VOLT:OFFS 1.5");
  expect(world.pilot.state().shape).toBe("high");
});

test("rails: plus and minus, output by output, read back as measured", () => {
  const { ask, world } = alone(rigolDp832, ["rails"]);
  ask("APPL CH1,12.0,0.1");
  ask(":APPL CH2,12.1,0.1");
  expect(ask("APPL? CH1")).toBe("CH1,12.000,0.1000\n");
  ask("OUTP CH1,ON");
  expect(world.pilot.state()).toMatchObject({ plus_V: 12, minus_V: 0, railsOn: true });
  ask("OUTP CH2,ON");
  expect(ask("MEAS:VOLT? CH1;:MEAS:VOLT? CH2;:OUTP? CH2")).toBe("12.0000;12.1000;ON\n");
  ask("OUTP ALL,OFF");
  expect(world.pilot.state().railsOn).toBe(false);
  ask("APPL CH1,33,0.1");
  expect(ask("SYST:ERR?")).toMatch(/^-222/);
  ask("APPL CH4,1,1");
  expect(ask("SYST:ERR?")).toMatch(/^-224/);
  ask(":INST CH2;:VOLT 11");
  expect(ask(":SOUR2:VOLT?;:INST?;:INST:NSEL?")).toBe("11.000;CH2;2\n");
  expect(ask("SYST:ERR?")).toBe('0,"No error"\n');
});

function scope() {
  const one = alone(rigolDs1000z, ["scope"]);
  one.world.knobs.wave = (channel, t_s) => ((t_s * 1000) % 1 < 0.5 ? 6 : -12) / channel;
  for (const line of [
    "*RST",
    "CHAN1:DISP ON;PROB 10;SCAL 4;OFFS 0",
    "CHAN2:DISP ON;PROB 10;SCAL 4;OFFS 0",
    "TIM:SCAL 0.002;:ACQ:MDEP 600000",
    "TRIG:EDG:SOUR CHAN1;LEV 3",
    "SING",
  ])
    one.ask(line);
  expect(one.ask("SYST:ERR?")).toBe('0,"No error"\n');
  return one;
}

test("scope: a single acquisition waits, then stops, and its memory is read in blocks of 250,000", () => {
  const { ask, say, wait } = scope();
  expect(ask("TRIG:STAT?")).toBe("WAIT\n");
  wait();
  expect(ask("TRIG:STAT?")).toBe("STOP\n");
  ask("WAV:SOUR CHAN2;MODE RAW;FORM BYTE");
  const preamble = ask("WAV:PRE?").trim().split(",").map(Number);
  expect(preamble.slice(0, 4)).toEqual([0, 2, 600_000, 1]);
  expect(preamble[4]).toBeCloseTo(4e-8, 12);
  const [yIncrement = 0, yOrigin = 0, yReference = 0] = preamble.slice(7);
  let read = 0;
  for (const [start, stop] of [
    [1, 250_000],
    [250_001, 500_000],
    [500_001, 600_000],
  ] as const) {
    ask(`WAV:STAR ${start};STOP ${stop}`);
    const block = say("WAV:DATA?\n");
    const length = stop - start + 1;
    expect(Buffer.from(block.subarray(0, 11)).toString()).toBe(`#9${String(length).padStart(9, "0")}`);
    expect(block).toHaveLength(11 + length + 1);
    expect(block.at(-1)).toBe(10);
    expect(((block[11] ?? 0) - yOrigin - yReference) * yIncrement).toBeCloseTo(3, 0);
    read += length;
  }
  expect(read).toBe(600_000);
  ask("WAV:STAR 1;STOP 250001");
  expect(Buffer.from(say("WAV:DATA?\n")).toString()).toBe("#9000000000\n");
  expect(ask("SYST:ERR?")).toMatch(/^-222/);
});

test("scope: without a crossing of the level it waits until it is forced", () => {
  const { ask, wait, world } = scope();
  world.knobs.wave = () => 12;
  wait();
  expect(ask("TRIG:STAT?")).toBe("WAIT\n");
  ask("WAV:MODE RAW;:WAV:DATA?");
  expect(ask("SYST:ERR?")).toMatch(/^-221/);
  ask("TFOR");
  expect(ask("TRIG:STAT?")).toBe("STOP\n");
});

test("scope: eight bits clip at the ends, and a wrong probe setting shows a tenth", () => {
  const { ask, say, wait, world } = scope();
  world.knobs.wave = (_, t_s) => (t_s < 1e-5 ? 0 : 1000);
  wait();
  ask("WAV:SOUR CHAN1;MODE RAW;STAR 1;STOP 1000");
  const block = say("WAV:DATA?\n");
  expect([block[11], block[1000]]).toEqual([127, 255]);
  ask("CHAN1:PROB 1;SCAL 4;:TRIG:EDG:LEV 0.3;:SING");
  world.knobs.wave = (_, t_s) => (t_s < 1e-5 ? 0 : 16);
  wait();
  const tenth = say("WAV:DATA?\n");
  expect(tenth[1000]).toBe(127 + 10);
});

test("scope: depths must fit the number of channels shown", () => {
  const { ask } = scope();
  ask("ACQ:MDEP 1200000");
  expect(ask("SYST:ERR?")).toMatch(/^-222/);
  ask("CHAN2:DISP OFF;:ACQ:MDEP 1200000");
  expect(ask("ACQ:MDEP?")).toBe("1200000\n");
});
