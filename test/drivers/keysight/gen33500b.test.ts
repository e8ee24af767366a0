import { describe, expect, it } from "vitest";
import { keysight33500b } from "../../../drivers/keysight/gen33500b.ts";
import { type Conversation, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import type { Instrument } from "../../../rig/kinds/kinds.ts";
import { contextFor, io } from "../gpio/context.ts";

const entry = {
  role: "generator",
  kind: "generator",
  model: "keysight-33500b",
  identity: "Agilent Technologies,33522B",
  serial: "SIM-GEN-1",
  max: { current_A: 0.02, voltage_V: 13 },
  config: {},
};
const clean: Exchange = ["SYST:ERR?\n", '+0,"No error"\n'];
const opening: readonly Exchange[] = [
  ["*IDN?\n", "Agilent Technologies,33522B,SIM-GEN-1,2.09-1.19-2.00-52-00\n"],
  ["OUTP OFF\n", null],
  clean,
  ["OUTP OFF\n", null],
  clean,
  ["OUTP?\n", "0\n"],
  ["OUTP:LOAD INF\n", null],
  clean,
  ["FUNC DC\n", null],
  ["VOLT:OFFS 0\n", null],
  clean,
  ["FUNC?\n", "DC\n"],
  ["VOLT:OFFS?\n", "+0.000000000000000E+00\n"],
];
const square = (duty: string): readonly Exchange[] => [
  ["FUNC PULS\n", null],
  ["VOLT:HIGH 5\n", null],
  ["VOLT:LOW 0\n", null],
  ["FREQ 1000\n", null],
  ["FUNC:PULS:DCYC 5\n", null],
  clean,
  ["FUNC?\n", "PULS\n"],
  ["VOLT:HIGH?\n", "+5.0E+00\n"],
  ["VOLT:LOW?\n", "+0.0E+00\n"],
  ["FREQ?\n", "+1.000000000000000E+03\n"],
  ["FUNC:PULS:DCYC?\n", duty],
];

async function opened(more: readonly Exchange[]): Promise<[Instrument<"generator">, Conversation]> {
  const talk = conversation([...opening, ...more]);
  return [await keysight33500b.open(await contextFor(entry, talk)), talk];
}

describe("Keysight 33500B", () => {
  it("is left off and low when opened, with levels for an open end", async () => {
    const [, talk] = await opened([]);
    talk.done();
  });

  it("makes a PWM of logic levels and reads it back", async () => {
    const [generator, talk] = await opened([...square("+5.0E+00\n"), ["OUTP ON\n", null], clean, ["OUTP?\n", "1\n"]]);
    await generator.call.wave({ shape: "square", frequency_Hz: 1000, duty_pct: 5 }, io());
    await generator.call.output({ on: true }, io());
    talk.done();
  });

  it("notices a duty cycle that was changed by the generator", async () => {
    const [generator, talk] = await opened(square("+1.0E+01\n"));
    const wave = generator.call.wave({ shape: "square", frequency_Hz: 1000, duty_pct: 5 }, io());
    await expect(wave).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
    talk.done();
  });

  it("holds the level high as a DC level", async () => {
    const [generator, talk] = await opened([
      ["FUNC DC\n", null],
      ["VOLT:OFFS 5\n", null],
      clean,
      ["FUNC?\n", "DC\n"],
      ["VOLT:OFFS?\n", "+5.0E+00\n"],
    ]);
    await generator.call.wave({ shape: "high", frequency_Hz: 1000, duty_pct: 100 }, io());
    talk.done();
  });

  it("refuses frequency and duty cycle out of range before a byte leaves", async () => {
    const [generator, talk] = await opened([]);
    for (const [frequency_Hz, duty_pct] of [
      [1, 50],
      [1e6, 50],
      [1000, 0],
      [1000, 100],
      [Number.NaN, 50],
    ] as const) {
      const wave = generator.call.wave({ shape: "square", frequency_Hz, duty_pct }, io());
      await expect(wave).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
    }
    talk.done();
  });
});
