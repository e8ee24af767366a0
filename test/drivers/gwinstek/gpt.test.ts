import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gwinstekGpt } from "../../../drivers/gwinstek/gpt.ts";
import { gptReadings } from "../../../drivers/gwinstek/gptTest.ts";
import { parseError, parseMeasure, parseQuantity, parseTest } from "../../../drivers/gwinstek/gptText.ts";
import { type Conversation, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import type { Instrument, InsulationTest } from "../../../rig/kinds/kinds.ts";
import { contextFor, io } from "../gpio/context.ts";

const entry = {
  role: "insulation",
  kind: "insulation",
  model: "gwinstek-gpt",
  identity: "GPT-9803",
  serial: "SIM-HIPOT-1",
  max: { current_A: 0.01, voltage_V: 6100 },
  config: { line_Hz: 60 },
};
/** As the manual prints it (page 153), with the serial number of the bench file. */
const idn = "GPT-9803, SIM-HIPOT-1, V1.00\r\n";
const clean: Exchange = ["SYST:ERR?\r\n", "0,No Error\r\n"];
const off: readonly Exchange[] = [
  ["FUNC:TEST OFF\r\n", null],
  ["FUNC:TEST?\r\n", "TEST OFF\r\n"],
];
const opening: readonly Exchange[] = [
  ["*IDN?\r\n", idn],
  ["FUNC:TEST OFF\r\n", null],
  ["*CLS\r\n", null],
  ...off,
  ["MAIN:FUNC MANU\r\n", null],
  clean,
  ["MAIN:FUNC?\r\n", "MANU MODE\r\n"],
  ["MANU:STEP 100\r\n", null],
  clean,
  ["MANU:STEP?\r\n", "100\r\n"],
];
const ir: InsulationTest = { mode: "ir", voltage_V: 500, ramp_s: 1, dwell_s: 60, trip_A: 0.001 };
const programIr = (volt = "0.500kV"): readonly Exchange[] => [
  ["MANU:EDIT:MODE IR\r\n", null],
  ["MANU:UTIL:GROUNDMODE OFF\r\n", null],
  clean,
  ["MANU:EDIT:MODE?\r\n", "IR\r\n"],
  ["MANU:IR:VOLT 0.500\r\n", null],
  ["MANU:RTIM 1.0\r\n", null],
  ["MANU:IR:TTIM 60.0\r\n", null],
  ["MANU:IR:REF 0\r\n", null],
  ["MANU:IR:RLOS 1\r\n", null],
  ["MANU:IR:RHIS NULL\r\n", null],
  clean,
  ["MANU:IR:VOLT?\r\n", `${volt}\r\n`],
  ["MANU:RTIM?\r\n", "001.0 S\r\n"],
  ["MANU:IR:TTIM?\r\n", "060.0 S\r\n"],
];

async function opened(more: readonly Exchange[]): Promise<[Instrument<"insulation">, Conversation]> {
  const talk = conversation([...opening, ...more]);
  return [await gwinstekGpt.open(await contextFor(entry, talk)), talk];
}

describe("GW Instek GPT-9800", () => {
  it("is left off, in manual mode, when opened, and says which sets no manual could verify", async () => {
    const [tester, talk] = await opened([]);
    talk.done();
    expect(tester.identity).toMatchObject({ model: "GW Instek GPT-9803", serial: "SIM-HIPOT-1", firmware: "V1.00" });
    expect(tester.identity.unverified.join(" ")).toContain("FUNC:TEST");
  });

  it("gives the guard a recipe that switches off and asks", async () => {
    const [tester] = await opened([]);
    const [recipe] = tester.safe;
    const sent = recipe?.steps.map(({ send_hex }) => Buffer.from(send_hex, "hex").toString("latin1"));
    expect(sent).toEqual(["FUNC:TEST OFF\r\n", "FUNC:TEST?\r\n"]);
    expect(Buffer.from(recipe?.poison_hex ?? "", "hex").toString("latin1")).toBe("*\r\n");
  });

  it("programs an insulation test and reads back voltage and times", async () => {
    const [tester, talk] = await opened(programIr());
    await tester.call.set(ir, io());
    talk.done();
  });

  it("programs a withstand test with its trip current in mA", async () => {
    const [tester, talk] = await opened([
      ["MANU:EDIT:MODE ACW\r\n", null],
      ["MANU:UTIL:GROUNDMODE OFF\r\n", null],
      clean,
      ["MANU:EDIT:MODE?\r\n", "ACW\r\n"],
      ["MANU:ACW:VOLT 2.000\r\n", null],
      ["MANU:RTIM 5.0\r\n", null],
      ["MANU:ACW:TTIM 60.0\r\n", null],
      ["MANU:ACW:REF 0\r\n", null],
      ["MANU:ACW:CHIS 5.000\r\n", null],
      ["MANU:ACW:CLOS 0.000\r\n", null],
      ["MANU:ACW:FREQ 60\r\n", null],
      clean,
      ["MANU:ACW:CHIS?\r\n", "05.00mA\r\n"],
      ["MANU:ACW:VOLT?\r\n", "2.000kV\r\n"],
      ["MANU:RTIM?\r\n", "005.0 S\r\n"],
      ["MANU:ACW:TTIM?\r\n", "060.0 S\r\n"],
    ]);
    await tester.call.set({ mode: "ac", voltage_V: 2000, ramp_s: 5, dwell_s: 60, trip_A: 0.005 }, io());
    talk.done();
  });

  it("refuses a voltage that reads back differently, and then starts nothing", async () => {
    const [tester, talk] = await opened(programIr("1.000kV").slice(0, 12));
    await expect(tester.call.set(ir, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
    await expect(tester.call.output({ on: true }, io())).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
    talk.done();
  });

  it("refuses set-points beyond tester or bench file before a byte leaves", async () => {
    const [tester, talk] = await opened([]);
    for (const wrong of [
      { ...ir, voltage_V: 1050 },
      { ...ir, voltage_V: 520 },
      { ...ir, voltage_V: Number.NaN },
      { ...ir, dwell_s: 0.5 },
      { ...ir, ramp_s: 0 },
      { ...ir, mode: "ac" as const, voltage_V: 4500, trip_A: 0.005 },
      { ...ir, mode: "dc" as const, voltage_V: 6200, trip_A: 0.005 },
      { ...ir, mode: "dc" as const, voltage_V: 2000, trip_A: 0.0101 },
    ]) {
      await expect(tester.call.set(wrong, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
    }
    talk.done();
  });

  it("says what the tester said when it refuses a command", async () => {
    const [tester, talk] = await opened([
      ["MANU:EDIT:MODE IR\r\n", null],
      ["MANU:UTIL:GROUNDMODE OFF\r\n", null],
      ["SYST:ERR?\r\n", "14,Command Error\r\n"],
      ["*CLS\r\n", null],
    ]);
    await expect(tester.call.set(ir, io())).rejects.toThrow(/GROUNDMODE OFF": 14,Command Error/);
    talk.done();
  });

  it("notices a test that does not start, as with an open interlock, and one that does not stop", async () => {
    const [tester, talk] = await opened([
      ...programIr(),
      ["FUNC:TEST ON\r\n", null],
      clean,
      ["FUNC:TEST?\r\n", "TEST OFF\r\n"],
      ["FUNC:TEST OFF\r\n", null],
      ["FUNC:TEST?\r\n", "TEST ON\r\n"],
    ]);
    await tester.call.set(ir, io());
    await expect(tester.call.output({ on: true }, io())).rejects.toThrow(/is its interlock open/);
    await expect(tester.call.output({ on: false }, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
    talk.done();
  });

  it("reads a running and a passed insulation test", async () => {
    const [tester, talk] = await opened([
      ...programIr(),
      ["MEAS?\r\n", "IR,TEST ,0.250kV,0120M ohm ,R=000.5S\r\n"],
      ["MEAS?\r\n", "IR,PASS ,0.500kV,0123M ohm ,T=060.0S\r\n"],
    ]);
    await tester.call.set(ir, io());
    expect(await tester.call.measure({}, io())).toMatchObject({ state: "testing", dwell: { is: "invalid" } });
    expect(await tester.call.measure({}, io())).toMatchObject({
      state: "passed",
      voltage: { is: "value", value: 500 },
      resistance: { is: "value", value: 123e6 },
      current: { is: "invalid" },
      dwell: { is: "value", value: 60 },
    });
    talk.done();
  });

  it("refuses the answer to another test than the one programmed, and garbage", async () => {
    const [tester, talk] = await opened([
      ...programIr(),
      ["MEAS?\r\n", "ACW,PASS ,2.000kV,0.013 mA ,T=060.0S\r\n"],
      ["MEAS?\r\n", "IR,PASS ,0.500kV,0123M ohm\r\n"],
    ]);
    await tester.call.set(ir, io());
    await expect(tester.call.measure({}, io())).rejects.toThrow(/was not programmed/);
    await expect(tester.call.measure({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
    talk.done();
  });

  it("is refused when another model answers", async () => {
    const talk = conversation([["*IDN?\r\n", "GPT-9801, SIM-HIPOT-1, V1.00\r\n"]]);
    const context = await contextFor(entry, talk);
    await expect(gwinstekGpt.open(context)).rejects.toMatchObject({ code: "IDENTITY_MISMATCH" });
  });
});

describe("texts of the GPT-9800", () => {
  it.each([
    // GPT-9000 series user manual, page 117, as printed.
    [">ACW, FAIL , 0.024kV ,0.013 mA ,R=000.1S", { state: "failed", mode: "ac", voltage_V: 24, current_A: 13e-6 }],
    // The answer of a GPT-9902A that a public program keeps.
    ["<ACW,VIEW ,0.000kV,000.0 mA ,  ---.-S>", { state: "idle", mode: "ac", voltage_V: 0 }],
    ["DCW,TEST ,1.500kV,0.100 mA ,T=003.3S", { state: "testing", mode: "dc", voltage_V: 1500, dwell_s: 3.3 }],
    ["IR,PASS ,0.500kV,>9500M ohm ,T=060.0S", { state: "passed", ohm: "over" }],
    ["IR,FAIL ,0.016kV,0.00M ohm ,T=000.4S", { state: "failed", ohm: 0 }],
  ])("%s", (text, expected) => {
    const found = parseMeasure(text);
    expect(found).toMatchObject(expected);
  });

  it.each([
    "",
    "ACW,PASS",
    "IR,PASS ,0.500kV,0123 mA ,T=060.0S",
    "ACW,PASS ,0.500kV,0123M ohm ,T=060.0S",
    "IR,PASS ,0.500kV,0123 ,T=060.0S",
    "IR,PASS ,---kV,0123M ohm ,T=060.0S",
    "IR,PASS ,0.500kV,0123M ohm ,---.-S",
    "GB,PASS ,0.500kV,0123M ohm ,T=060.0S",
    "IR,PASS ,0.500kV,1e3M ohm ,T=060.0S",
    "IR,PASS ,0.500kV,0123M ohm ,T=060.0S,extra",
  ])("no measurement: %j", (text) => expect(parseMeasure(text)).toBeUndefined());

  it("nothing but the tester's own words is a switch, an error entry or a quantity", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const known = /^\s*test (on|off)\s*$/i.test(text);
        expect(parseTest(text) !== undefined).toBe(known);
        const value = parseQuantity(text, "kV");
        expect(value === undefined || Number.isFinite(value)).toBe(true);
        const code = parseError(text);
        expect(code === undefined || Number.isInteger(code)).toBe(true);
      }),
    );
    expect(parseQuantity("0.500mA", "kV")).toBeUndefined();
    expect(parseQuantity("-0.5kV", "kV")).toBeUndefined();
  });

  it("over-range is the explicit bound of the range, and no mode lends another its number", () => {
    const base = {
      state: "passed",
      set_V: 500,
      voltage_V: 500,
      current_A: undefined,
      dwell_s: 60,
      raw: "",
      t_s: 1,
    } as const;
    expect(gptReadings({ ...base, mode: "ir", ohm: "over" }).resistance).toMatchObject({ is: "above", bound: 9.5e9 });
    expect(gptReadings({ ...base, mode: "ir", ohm: 1e12 }).resistance).toMatchObject({ is: "above", bound: 9.5e9 });
    const low = gptReadings({ ...base, set_V: 100, mode: "ir", ohm: "over" }).resistance;
    expect(low).toMatchObject({ is: "above", bound: 2e9 });
    expect(gptReadings({ ...base, mode: "dc", ohm: 1e6 }).resistance.is).toBe("invalid");
    expect(gptReadings({ ...base, mode: "ir", ohm: Number.NaN }).resistance.is).toBe("invalid");
  });
});
