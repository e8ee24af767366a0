import fc from "fast-check";
import { expect, test } from "vitest";
import { daq970a } from "../../../drivers/keysight/daq970a.ts";
import { channelReading, parseScan } from "../../../drivers/keysight/daqParse.ts";
import { conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { memoryLine } from "../../../drivers/port/memory.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import type { Bench, DaqChannel } from "../../../rig/model/bench.ts";
import { io, manualClock, open } from "../opening.ts";

const channel = (no: number, over: Partial<DaqChannel> = {}): DaqChannel => ({
  channel: no,
  name: `N${no}`,
  measure: "V",
  range_V: 0.1,
  ...over,
});
const tc: Partial<DaqChannel> = { measure: "TC", thermocouple: "T", sensor_u_K: 0.3 };
/** A shunt, a level, a thermocouple. */
const bench: Partial<Bench> = {
  channels: { SH: channel(101), CP: channel(105, { range_V: 100 }), T: channel(201, tc) },
};

const identity: Exchange = ["*IDN?\n", "Keysight Technologies,DAQ970A,SIM-DAQ-1,A.03.01\n"];
const noError: Exchange = ["SYST:ERR?\n", '+0,"No error"\n'];
const told = (...commands: string[]): Exchange[] => [...commands.map((c): Exchange => [`${c}\n`, null]), noError];
const asked = (question: string, answer: string): Exchange => [`${question}\n`, `${answer}\n`];
const quiet = asked("STAT:QUES?", "+0");

const opening: readonly Exchange[] = [
  identity,
  ...told(
    "*RST",
    "*CLS",
    "CONF:VOLT:DC 0.1,(@101)",
    "SENS:VOLT:DC:NPLC 1,(@101)",
    "INP:IMP:AUTO ON,(@101)",
    "CONF:VOLT:DC 100,(@105)",
    "SENS:VOLT:DC:NPLC 1,(@105)",
    "INP:IMP:AUTO ON,(@105)",
    "CONF:TEMP TC,T,(@201)",
    "SENS:TEMP:NPLC 1,(@201)",
    "UNIT:TEMP C,(@201)",
    "SENS:TEMP:TRAN:TC:CHEC ON,(@201)",
  ),
  ...told(
    "FORM:READ:TIME:TYPE REL",
    "FORM:READ:TIME ON",
    "FORM:READ:CHAN ON",
    "FORM:READ:UNIT OFF",
    "FORM:READ:ALAR OFF",
  ),
];
const listed = (list: string, ...trigger: string[]): Exchange[] => [
  ...told("ABOR", `ROUT:SCAN ${list}`, ...trigger),
  asked("ROUT:SCAN?", `#${String(list.length).length}${list.length}${list}`),
  quiet,
];
const scanning: readonly Exchange[] = [
  ...listed("(@101,201)", "TRIG:SOUR TIM", "TRIG:TIM 1", "TRIG:COUN INF"),
  ...told("INIT"),
];

async function daqOver(script: readonly Exchange[]) {
  const wire = conversation([...opening, ...script]);
  const clock = manualClock();
  const options = { resync: { quiet_ms: 1, late_ms: 1 } };
  const daq = await open(daq970a, { role: "daq", bench, wires: { daq: wire }, clock, options });
  return { wire, daq, clock };
}

const scan101and201 = { channels: [201, 101], every_s: 1 };

test("channels are configured once, from the bench, with one error check", async () => {
  const { wire, daq } = await daqOver([]);
  expect(daq.identity).toMatchObject({ serial: "SIM-DAQ-1", firmware: "A.03.01" });
  expect(daq.safe).toEqual([]);
  wire.done();
});

test("a timed scan is set, read back and started; next waits for a whole scan and reads it by its tags", async () => {
  const { wire, daq, clock } = await daqOver([
    ...scanning,
    asked("DATA:POIN?", "+1"),
    asked("DATA:POIN?", "+4"),
    asked("DATA:REM? 2", "+5.00000000E-02,+1.70000000E-02,101,+2.61950000E+01,+3.40000000E-02,201"),
    quiet,
  ]);
  clock.now_s = 10;
  await daq.call.scan(scan101and201, io());
  clock.now_s = 12;
  const scan = await daq.call.next({}, io());
  expect(scan["101"]).toMatchObject({ is: "value", unit: "V", value: 0.05, raw: "+5.00000000E-02", t_s: 10.017 });
  expect(scan["201"]).toMatchObject({ is: "value", unit: "degC", value: 26.195, t_s: 10.034 });
  // 1 year: 0.0050 % of reading + 0.0060 % of range, data sheet page 10; sensor 0.3 K and input 1.0 degC.
  if (scan["101"]?.is === "value") expect(scan["101"].u).toBeCloseTo((5e-5 * 0.05 + 6e-5 * 0.1) / Math.sqrt(3), 12);
  if (scan["201"]?.is === "value") expect(scan["201"].u).toBeCloseTo(Math.hypot(0.3, 1 / Math.sqrt(3)), 9);
  wire.done();
});

test("once stops the scan and reads each channel one time", async () => {
  const { wire, daq } = await daqOver([
    ...scanning,
    ...listed("(@105)", "TRIG:SOUR IMM", "TRIG:COUN 1"),
    asked("READ?", "-8.37000000E+00,+0.00000000E+00,105"),
  ]);
  await daq.call.scan(scan101and201, io());
  expect(await daq.call.once({ channels: [105] }, io())).toMatchObject({ "105": { is: "value", value: -8.37 } });
  await expect(daq.call.next({}, io())).rejects.toThrow("no scan runs");
  wire.done();
});

test("a plan that waits for the next scan is told when the scan is stopped", async () => {
  const { connector, peer } = memoryLine();
  const script = [...opening, ...scanning];
  let line = 0;
  peer.onData((bytes) => {
    const question = Buffer.from(bytes).toString();
    const scripted = script[line];
    if (scripted !== undefined) {
      expect(question).toBe(scripted[0]);
      line += 1;
      if (typeof scripted[1] === "string") peer.write(Buffer.from(scripted[1]));
    } else if (question === "DATA:POIN?\n") peer.write(Buffer.from("+0\n"));
    else if (question === "SYST:ERR?\n") peer.write(Buffer.from('+0,"No error"\n'));
    else if (question === "ROUT:SCAN?\n") peer.write(Buffer.from("#16(@105)\n"));
    else if (question === "STAT:QUES?\n") peer.write(Buffer.from("+0\n"));
    else if (question === "READ?\n") peer.write(Buffer.from("+1.0E+00,+0.0E+00,105\n"));
  });
  const port = { port: () => connectPort(connector, "daq", {}, io()) };
  const daq = await open(daq970a, { role: "daq", bench, wires: { daq: port } });
  await daq.call.scan(scan101and201, io());
  const [next, once] = await Promise.allSettled([daq.call.next({}, io()), daq.call.once({ channels: [105] }, io())]);
  expect(next).toMatchObject({ status: "rejected", reason: { code: "INSTRUMENT_REFUSED" } });
  expect(once).toMatchObject({ status: "fulfilled", value: { "105": { value: 1 } } });
});

test("a scan that does not come is a time-out that says how far it got", async () => {
  const points = Array.from({ length: 40 }, () => asked("DATA:POIN?", "+1"));
  const { daq } = await daqOver([...scanning, ...points]);
  await daq.call.scan(scan101and201, io());
  const next = daq.call.next({}, io(60));
  await expect(next).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  await expect(next).rejects.toThrow("a scan of 2 channels was complete (1 readings so far)");
});

test("readings that were overwritten in a full memory end the scan", async () => {
  const { daq } = await daqOver([
    ...scanning,
    asked("DATA:POIN?", "+100000"),
    asked("DATA:REM? 2", "+5.0E-02,+1.7E-02,101,+2.6E+01,+3.4E-02,201"),
    asked("STAT:QUES?", "+4096"),
  ]);
  await daq.call.scan(scan101and201, io());
  await expect(daq.call.next({}, io())).rejects.toMatchObject({ code: "MEASUREMENT_INVALID" });
  await expect(daq.call.next({}, io())).rejects.toMatchObject({ code: "PLAN_INVALID" });
});

test.each([
  ["in the wrong order", "+2.6E+01,+1.7E-02,201,+5.0E-02,+3.4E-02,101"],
  ["incomplete", "+5.0E-02,+1.7E-02,101"],
  ["without tags", "+5.0E-02,+2.6E+01"],
  ["of numbers that are none", "OVLD,+1.7E-02,101,+2.6E+01,+3.4E-02,201"],
  ["with times that run backwards", "+5.0E-02,+3.4E-02,101,+2.6E+01,+1.7E-02,201"],
])("a scan %s is malformed", async (_what, answer) => {
  const { daq } = await daqOver([...scanning, asked("DATA:POIN?", "+2"), asked("DATA:REM? 2", answer)]);
  await daq.call.scan(scan101and201, io());
  await expect(daq.call.next({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
});

test.each([
  ["an unknown channel", { channels: [101, 199], every_s: 1 }],
  ["no channel", { channels: [], every_s: 1 }],
  ["a channel twice", { channels: [101, 101], every_s: 1 }],
  ["a pace that no multiplexer keeps", { channels: [101, 105], every_s: 0.01 }],
  ["a pace of nothing", { channels: [101], every_s: Number.NaN }],
])("%s is refused before anything is sent", async (_what, args) => {
  const { wire, daq } = await daqOver([]);
  await expect(daq.call.scan(args, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
  wire.done();
});

test("a scan list that reads back differently is an error", async () => {
  const { daq } = await daqOver([
    ...told("ABOR", "ROUT:SCAN (@101)", "TRIG:SOUR IMM", "TRIG:COUN 1"),
    asked("ROUT:SCAN?", "#16(@102)"),
  ]);
  await expect(daq.call.once({ channels: [101] }, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
});

test("a refused command carries the instrument's words", async () => {
  const { daq } = await daqOver([
    ["ABOR\n", null],
    ["ROUT:SCAN (@101)\n", null],
    ["TRIG:SOUR IMM\n", null],
    ["TRIG:COUN 1\n", null],
    asked("SYST:ERR?", '+305,"Not able to perform requested operation"'),
    noError,
  ]);
  await expect(daq.call.once({ channels: [101] }, io())).rejects.toThrow("Not able to perform requested operation");
});

test.each([
  ["+9.90000000E+37", channel(101), { is: "invalid", unit: "V", code: "overload" }],
  ["-9.90000000E+37", channel(101), { is: "invalid", unit: "V", code: "overload" }],
  ["+9.90000000E+37", channel(201, tc), { is: "invalid", unit: "degC", code: "open-thermocouple" }],
  ["+9.91000000E+37", channel(101), { is: "invalid", code: "no-data" }],
  ["+1.30000000E-01", channel(101), { is: "invalid", code: "out-of-range" }],
  ["+1.19000000E-01", channel(101), { is: "value", value: 0.119 }],
  ["+9.00000000E+02", channel(201, tc), { is: "invalid", code: "implausible" }],
])("%s on a channel is what it means", (raw, of, expected) => {
  expect(channelReading({ raw, value: Number(raw), time_s: 0, channel: of.channel }, of, 3)).toMatchObject({
    ...expected,
    t_s: 3,
  });
});

test("no text gives readings unless it is whole, tagged and in order", () => {
  const field = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom("101", "201", "+1.0E-02", "", "NAN"));
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
      const text = fields.join(",");
      try {
        const scan = parseScan(text, [101, 201]);
        expect(scan.map((of) => of.channel)).toEqual([101, 201]);
        expect(scan.every(({ value, time_s }) => Number.isFinite(value) && Number.isFinite(time_s))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: "REPLY_MALFORMED" });
      }
    }),
  );
});

test("another unit is refused before it is reset", async () => {
  const wire = conversation([asked("*IDN?", "Keysight Technologies,DAQ973A,SIM-DAQ-1,1")]);
  await expect(open(daq970a, { role: "daq", bench, wires: { daq: wire } })).rejects.toMatchObject({
    code: "IDENTITY_MISMATCH",
  });
  wire.done();
});

test.each([
  ["a range that the instrument has not", channel(101, { range_V: 5 })],
  ["a thermocouple without its uncertainty", channel(201, { measure: "TC", thermocouple: "T" })],
  ["a thermocouple without its type", channel(201, { measure: "TC", sensor_u_K: 0.3 })],
])("a bench with %s is refused", async (_what, wrong) => {
  const opened = open(daq970a, { role: "daq", bench: { channels: { X: wrong } }, wires: { daq: conversation([]) } });
  await expect(opened).rejects.toMatchObject({ code: "BENCH_INVALID" });
});
