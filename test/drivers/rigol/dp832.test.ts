import { describe, expect, it } from "vitest";
import { type Conversation, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { rigolDp832 } from "../../../drivers/rigol/dp832.ts";
import type { Instrument } from "../../../rig/kinds/kinds.ts";
import { contextFor, io } from "../gpio/context.ts";

const entry = {
  role: "rails",
  kind: "rails",
  model: "rigol-dp832",
  identity: "RIGOL TECHNOLOGIES,DP832",
  serial: "SIM-RAIL-1",
  max: { current_A: 0.1, voltage_V: 13 },
  config: {},
};
const clean: Exchange = [":SYST:ERR?\n", '0,"No error"\n'];
const off: readonly Exchange[] = [
  [":OUTP CH1,OFF\n", null],
  clean,
  [":OUTP? CH1\n", "OFF\n"],
  [":OUTP CH2,OFF\n", null],
  clean,
  [":OUTP? CH2\n", "OFF\n"],
];
const apply = (plus: string, minus: string, head = "CH1:30V/3A"): readonly Exchange[] => [
  [`:APPL CH1,${plus},0.100\n`, null],
  clean,
  [":APPL? CH1\n", `${head},${plus},0.1000\n`],
  [`:APPL CH2,${minus},0.100\n`, null],
  clean,
  [":APPL? CH2\n", `CH2,${minus},0.1000\n`],
];
const opening: readonly Exchange[] = [
  ["*IDN?\n", "RIGOL TECHNOLOGIES,DP832,SIM-RAIL-1,00.01.16\n"],
  [":OUTP CH1,OFF\n", null],
  [":OUTP CH2,OFF\n", null],
  clean,
  ...off,
  ...apply("0.000", "0.000"),
];

async function opened(more: readonly Exchange[], config = {}): Promise<[Instrument<"rails">, Conversation]> {
  const talk = conversation([...opening, ...more]);
  return [await rigolDp832.open(await contextFor({ ...entry, config }, talk)), talk];
}

describe("Rigol DP832", () => {
  it("is left off at zero when opened", async () => {
    const [, talk] = await opened([]);
    talk.done();
  });

  it("sets both rails with the current limit of the bench file and reads them back", async () => {
    const [rails, talk] = await opened(apply("12.000", "11.900", "CH1"));
    await rails.call.set({ plus_V: 12, minus_V: 11.9 }, io());
    talk.done();
  });

  it("refuses a rail above the bench file's limit before a byte leaves", async () => {
    const [rails, talk] = await opened([]);
    for (const rail of [
      { plus_V: 13.1, minus_V: 12 },
      { plus_V: 12, minus_V: 13.1 },
      { plus_V: 12, minus_V: -12 },
    ]) {
      await expect(rails.call.set(rail, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
    }
    talk.done();
  });

  it("measures the plus rail on channel 1 and the minus rail on channel 2", async () => {
    const [rails, talk] = await opened([
      [":MEAS:VOLT? CH1\n", "12.0012\n"],
      [":MEAS:VOLT? CH2\n", "11.9987\n"],
    ]);
    const { plus, minus } = await rails.call.measure({}, io());
    expect(plus).toMatchObject({ is: "value", value: 12.0012 });
    expect(minus).toMatchObject({ is: "value", value: 11.9987 });
    talk.done();
  });

  it("notices an output that did not come on", async () => {
    const [rails, talk] = await opened([[":OUTP CH1,ON\n", null], clean, [":OUTP? CH1\n", "OFF\n"]]);
    await expect(rails.call.output({ on: true }, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
    talk.done();
  });

  it("refuses a read-back that is no set-point", async () => {
    const [rails, talk] = await opened([[":APPL CH1,12.000,0.100\n", null], clean, [":APPL? CH1\n", "12.000\n"]]);
    await expect(rails.call.set({ plus_V: 12, minus_V: 12 }, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
    talk.done();
  });

  it("sets over-voltage protection where the bench file asks for it", async () => {
    const protect = (channel: string): readonly Exchange[] => [
      [`:OUTP:OVP:VAL ${channel},14.000\n`, null],
      [`:OUTP:OVP ${channel},ON\n`, null],
      clean,
      [`:OUTP:OVP:VAL? ${channel}\n`, "14.000\n"],
    ];
    const [, talk] = await opened([...protect("CH1"), ...protect("CH2")], { ovp_V: 14 });
    talk.done();
  });
});
