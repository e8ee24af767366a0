import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Conversation, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { tdkGenesys } from "../../../drivers/tdk/genesys.ts";
import type { Instrument } from "../../../rig/kinds/kinds.ts";
import { contextFor, io } from "../gpio/context.ts";

const entry = {
  role: "source",
  kind: "source",
  model: "tdk-genesys",
  identity: "TDK-LAMBDA,G10-500",
  serial: "SIM-SRC-1",
  max: { current_A: 600, voltage_V: 10 },
  config: {},
};
const identity = "TDK-LAMBDA,G10-500-LAN,SIM-SRC-1,G:02.122";
const clean: Exchange = ["SYST:ERR?\n", '0,"No error"\n'];

const opening: readonly Exchange[] = [
  ["*IDN?\n", `${identity}\n`],
  ["OUTP OFF\n", null],
  ["SYST:ERR?\n", '-113,"Undefined header"\n'],
  clean,
  ["OUTP OFF\n", null],
  clean,
  ["OUTP?\n", "0\n"],
  ["CURR?\n", "3.500\n"],
  ["CURR 0.000\n", null],
  ["VOLT 0.000\n", null],
  clean,
  ["VOLT?\n", "0.000\n"],
  ["CURR?\n", "0.000\n"],
  ["OUTP?\n", "0\n"],
];

async function opened(more: readonly Exchange[], config = {}): Promise<[Instrument<"source">, Conversation]> {
  const talk = conversation([...opening, ...more]);
  const source = await tdkGenesys.open(await contextFor({ ...entry, config }, talk));
  return [source, talk];
}

describe("TDK-Lambda GENESYS+", () => {
  it("is left off at zero when opened, with old errors thrown away", async () => {
    const [source, talk] = await opened([]);
    talk.done();
    expect(source.identity.serial).toBe("SIM-SRC-1");
    expect(source.identity.unverified).toEqual(["VOLT", "CURR", "OUTP"]);
  });

  it("refuses another instrument before anything is set", async () => {
    const talk = conversation([["*IDN?\n", "TDK-LAMBDA,G60-85,1,1\n"]]);
    const open = tdkGenesys.open(await contextFor(entry, talk));
    await expect(open).rejects.toMatchObject({ code: "IDENTITY_MISMATCH" });
    talk.done();
  });

  it("sets the current first when it falls, and the voltage first when it rises", async () => {
    const [source, talk] = await opened([
      ["CURR?\n", "0.000\n"],
      ["VOLT 4.000\n", null],
      ["CURR 520.000\n", null],
      clean,
      ["VOLT?\n", "4.000\n"],
      ["CURR?\n", "520.0\n"],
      ["CURR?\n", "520.0\n"],
      ["CURR 1.000\n", null],
      ["VOLT 5.000\n", null],
      clean,
      ["VOLT?\n", "5.000\n"],
      ["CURR?\n", "1.000\n"],
    ]);
    await source.call.set({ voltage_V: 4, current_A: 520 }, io());
    await source.call.set({ voltage_V: 5, current_A: 1 }, io());
    talk.done();
  });

  it("refuses a set-point beyond the bench file before a byte leaves", async () => {
    const [source, talk] = await opened([]);
    for (const point of [
      { voltage_V: 10.01, current_A: 1 },
      { voltage_V: 1, current_A: 600.1 },
      { voltage_V: -0.1, current_A: 1 },
      { voltage_V: Number.NaN, current_A: 1 },
    ]) {
      await expect(source.call.set(point, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
    }
    talk.done();
  });

  it("notices that the source took another value than was set", async () => {
    const [source, talk] = await opened([
      ["CURR?\n", "0.000\n"],
      ["VOLT 4.000\n", null],
      ["CURR 5.000\n", null],
      clean,
      ["VOLT?\n", "4.000\n"],
      ["CURR?\n", "50.00\n"],
    ]);
    await expect(source.call.set({ voltage_V: 4, current_A: 5 }, io())).rejects.toMatchObject({
      code: "READ_BACK_DIFFERS",
    });
    talk.done();
  });

  it("says so when the output does not come on, as with its enable input open", async () => {
    const [source, talk] = await opened([["OUTP ON\n", null], clean, ["OUTP?\n", "OFF\n"]]);
    await expect(source.call.output({ on: true }, io())).rejects.toThrow(/enable input/);
    talk.done();
  });

  it("passes on the source's own refusal", async () => {
    const [source, talk] = await opened([["OUTP ON\n", null], ["SYST:ERR?\n", '301,"PV above OVP"\n'], clean]);
    await expect(source.call.output({ on: true }, io())).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
    talk.done();
  });

  it("reads voltage and current with an uncertainty, and overload as no value", async () => {
    const [source, talk] = await opened([
      ["MEAS:VOLT?\n", "4.012\n"],
      ["MEAS:CURR?\n", "+9.9E37\n"],
    ]);
    const { voltage, current } = await source.call.measure({}, io());
    expect(voltage).toMatchObject({ is: "value", value: 4.012, unit: "V", raw: "4.012" });
    expect(voltage.is === "value" && voltage.u > 0).toBe(true);
    expect(current).toMatchObject({ is: "invalid", code: "overload" });
    talk.done();
  });

  it("sets over-voltage protection only where the bench file asks for it, and then names it as unverified", async () => {
    const [source, talk] = await opened([["VOLT:PROT:LEV 6.000\n", null], clean, ["VOLT:PROT:LEV?\n", "6.00\n"]], {
      ovp_V: 6,
    });
    expect(source.identity.unverified).toContain("VOLT:PROT:LEV");
    talk.done();
  });

  it("has a recipe that spoils a half-sent set-point, turns off and asks, all in rank 1", async () => {
    const [source] = await opened([]);
    const [recipe] = source.safe;
    const text = (hex: string | undefined): string => Buffer.from(hex ?? "", "hex").toString("latin1");
    expect(text(recipe?.poison_hex)).toBe("*\n");
    expect(recipe?.steps.map((step) => [step.rank, text(step.send_hex), text(step.expect_hex)])).toEqual([
      [1, "OUTP OFF\n", ""],
      [1, "OUTP?\n", "0"],
    ]);
  });

  it("never makes a value of garbage", async () => {
    const plain = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/;
    const line = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)) });
    await fc.assert(
      fc.asyncProperty(line, async (garbage) => {
        fc.pre(!plain.test(garbage));
        const [source] = await opened([["MEAS:VOLT?\n", `${garbage}\n`]]);
        await expect(source.call.measure({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
      }),
      { numRuns: 100 },
    );
  });
});
