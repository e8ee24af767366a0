import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Conversation, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { chooseAcquisition, parsePreamble, rigolDs1000z, step125 } from "../../../drivers/rigol/ds1000z.ts";
import type { Instrument, Waveform } from "../../../rig/kinds/kinds.ts";
import { contextFor, io } from "../gpio/context.ts";

const entry = {
  role: "scope",
  kind: "scope",
  model: "rigol-ds1000z",
  identity: "RIGOL TECHNOLOGIES,DS1104Z",
  serial: "SIM-SCOPE-1",
  max: { current_A: 0, voltage_V: 0 },
  config: { probe_ohm: 1e7, probe_farad: 1.2e-11, full_scale_V: 32 },
};
const clean: Exchange = [":SYST:ERR?\n", '0,"No error"\n'];
const opening: readonly Exchange[] = [
  ["*IDN?\n", "RIGOL TECHNOLOGIES,DS1104Z,SIM-SCOPE-1,00.04.04\n"],
  clean,
  ["*RST\n", null],
  clean,
];
const tell = (...commands: readonly string[]): readonly Exchange[] => commands.map((each) => [`${each}\n`, null]);
const setUp = (depth: number, scale: string): readonly Exchange[] => [
  ...tell(":RUN", ":CHAN1:DISP ON", ":CHAN2:DISP ON", ":CHAN3:DISP OFF", ":CHAN4:DISP OFF"),
  ...tell(":CHAN1:PROB 10", ":CHAN1:SCAL 5", ":CHAN1:OFFS 0", ":CHAN2:PROB 10", ":CHAN2:SCAL 5", ":CHAN2:OFFS 0"),
  ...tell(`:TIM:SCAL ${scale}`, `:ACQ:MDEP ${depth}`, ":TRIG:MODE EDGE"),
  ...tell(":TRIG:EDGE:SOUR CHAN1", ":TRIG:EDGE:SLOP POS", ":TRIG:EDGE:LEV 2"),
  clean,
  [":SING\n", null],
];

function block(bytes: Uint8Array): Uint8Array {
  const head = `#9${String(bytes.length).padStart(9, "0")}`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes, Buffer.from("\n")]);
}

const preamble = (depth: number, dt: string): string => `0,2,${depth},1,${dt},-0.03,0,0.2,0,127\n`;

const source = (channel: number, depth: number, dt: string): readonly Exchange[] => [
  ...tell(`:WAV:SOUR CHAN${channel}`, ":WAV:MODE RAW", ":WAV:FORM BYTE"),
  clean,
  [":WAV:PRE?\n", preamble(depth, dt)],
];
const batch = (from: number, to: number, code: (index: number) => number): readonly Exchange[] => [
  ...tell(`:WAV:STAR ${from}`, `:WAV:STOP ${to}`),
  [":WAV:DATA?\n", block(Uint8Array.from({ length: to - from + 1 }, (_, index) => code(from - 1 + index)))],
];

async function opened(more: readonly Exchange[]): Promise<[Instrument<"scope">, Conversation]> {
  const talk = conversation([...opening, ...more]);
  return [await rigolDs1000z.open(await contextFor(entry, talk)), talk];
}

describe("Rigol DS1000Z", () => {
  it("captures both faces in one acquisition and keeps volts under the names of the nodes", async () => {
    const saw = (index: number): number => 127 + (index % 100);
    const [scope, talk] = await opened([
      ...setUp(600_000, "0.005"),
      [":TRIG:STAT?\n", "RUN\n"],
      [":TRIG:STAT?\n", "TD\n"],
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 600_000, "1.000000e-07"),
      ...batch(175_001, 425_000, saw),
      ...source(2, 600_000, "1.000000e-07"),
      ...batch(175_001, 425_000, () => 97),
      clean,
    ]);
    const kept: Waveform[] = [];
    const series = await scope.call.capture(
      { channels: [1, 2], span_s: 0.025, trigger_V: 2, as: "run" },
      io(kept, 5000),
    );
    talk.done();
    expect(series.map(({ series: name, points }) => [name, points])).toEqual([
      ["CP_S", 250_000],
      ["CP_V", 250_000],
    ]);
    expect(kept[0]?.dt_s).toBe(1e-7);
    // Bench time 12.5 s, memory from 30 ms before the trigger, first point kept is number 175,000.
    expect(kept[0]?.t0_s).toBeCloseTo(12.5 - 0.03 + 0.0175, 9);
    expect(kept[0]?.values[37]).toBeCloseTo(0.2 * saw(175_037) - 0.2 * 127, 9);
    expect(kept[1]?.values.every((value) => Math.abs(value + 6) < 1e-9)).toBe(true);
  });

  it("reads more than 250,000 points in several batches that join without a gap", async () => {
    const saw = (index: number): number => 50 + (index % 150);
    const [scope, talk] = await opened([
      ...setUp(600_000, "0.005"),
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 600_000, "1.000000e-07"),
      ...batch(150_001, 400_000, saw),
      ...batch(400_001, 450_000, saw),
      ...source(2, 600_000, "1.000000e-07"),
      ...batch(150_001, 400_000, saw),
      ...batch(400_001, 450_000, saw),
      clean,
    ]);
    const kept: Waveform[] = [];
    await scope.call.capture({ channels: [1, 2], span_s: 0.03, trigger_V: 2, as: "run" }, io(kept, 5000));
    talk.done();
    const wrong = kept[0]?.values.findIndex((value, at) => Math.abs(value - 0.2 * (saw(150_000 + at) - 127)) > 1e-9);
    expect(wrong).toBe(-1);
  });

  it("refuses a waveform that touches the ends of the converter", async () => {
    const [scope, talk] = await opened([
      ...setUp(6000, "0.00005"),
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 6000, "1.000000e-07"),
      ...batch(2501, 3500, (index) => (index === 3000 ? 255 : 200)),
    ]);
    const capture = scope.call.capture({ channels: [1, 2], span_s: 0.0001, trigger_V: 2, as: "run" }, io());
    await expect(capture).rejects.toMatchObject({ code: "MEASUREMENT_INVALID" });
    talk.done();
  });

  it("refuses a batch of another length than asked for", async () => {
    const [scope, talk] = await opened([
      ...setUp(6000, "0.00005"),
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 6000, "1.000000e-07"),
      ...tell(":WAV:STAR 2501", ":WAV:STOP 3500"),
      [":WAV:DATA?\n", block(new Uint8Array(999).fill(127))],
    ]);
    const capture = scope.call.capture({ channels: [1, 2], span_s: 0.0001, trigger_V: 2, as: "run" }, io());
    await expect(capture).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
    talk.done();
  });

  it("refuses a slower sampling than it asked for", async () => {
    const [scope, talk] = await opened([
      ...setUp(6000, "0.00005"),
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 6000, "1.000000e-06"),
    ]);
    const capture = scope.call.capture({ channels: [1, 2], span_s: 0.0001, trigger_V: 2, as: "run" }, io());
    await expect(capture).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
    talk.done();
  });

  const waits = (length: number): readonly Exchange[] =>
    Array.from({ length }, () => [":TRIG:STAT?\n", "WAIT\n"] as const);

  it("forces the trigger once where the signal crosses no level, and keeps what there is", async () => {
    // 200 ms and twice the memory of 0.6 ms, by looks 5 ms apart.
    const [scope, talk] = await opened([
      ...setUp(6000, "0.00005"),
      ...waits(41),
      ...tell(":TFOR"),
      ...waits(3),
      [":TRIG:STAT?\n", "STOP\n"],
      ...source(1, 6000, "1.000000e-07"),
      ...batch(2501, 3500, () => 97),
      ...source(2, 6000, "1.000000e-07"),
      ...batch(2501, 3500, () => 97),
      clean,
    ]);
    const kept: Waveform[] = [];
    await scope.call.capture({ channels: [1, 2], span_s: 0.0001, trigger_V: 2, as: "run" }, io(kept, 60_000));
    talk.done();
    expect(kept.map(({ values }) => values[500])).toEqual([-6, -6]);
  });

  it("gives up at the deadline when it does not stop, forced or not", async () => {
    const args = { channels: [1, 2], span_s: 0.0001, trigger_V: 2, as: "run" };
    const [early] = await opened([...setUp(6000, "0.00005"), ...waits(100)]);
    await expect(early.call.capture(args, io([], 60))).rejects.toThrow(/INSTRUMENT_TIMEOUT/);
    const [late] = await opened([...setUp(6000, "0.00005"), ...waits(41), ...tell(":TFOR"), ...waits(1000)]);
    await expect(late.call.capture(args, io([], 600))).rejects.toThrow(/INSTRUMENT_TIMEOUT/);
  });

  it.each([
    { channels: [], span_s: 0.02, trigger_V: 0, as: "run" },
    { channels: [1, 1], span_s: 0.02, trigger_V: 0, as: "run" },
    { channels: [3], span_s: 0.02, trigger_V: 0, as: "run" },
    { channels: [1], span_s: 10, trigger_V: 0, as: "run" },
    { channels: [1], span_s: 0.02, trigger_V: 17, as: "run" },
  ])("refuses $channels over $span_s s at $trigger_V V before a byte leaves", async (args) => {
    const [scope, talk] = await opened([]);
    await expect(scope.call.capture(args, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
    talk.done();
  });

  it("chooses a time base that covers the span with at least 10 MS/s, or none", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 0.2, noNaN: true }), fc.constantFrom<1 | 2>(1, 2), (span_s, channels) => {
        const chosen = chooseAcquisition(span_s, channels);
        if (chosen === undefined) return;
        const window_s = 12 * chosen.scale_s;
        expect(window_s).toBeGreaterThanOrEqual(span_s * (1 - 1e-9));
        expect(chosen.depth / window_s).toBeGreaterThanOrEqual(10e6 * (1 - 1e-9));
        expect(step125(chosen.scale_s)).toBe(chosen.scale_s);
      }),
    );
    expect(chooseAcquisition(0.02, 2)).toEqual({ scale_s: 0.005, depth: 600_000 });
  });

  it("takes nothing but ten fields of a BYTE record for a preamble", () => {
    expect(parsePreamble("0,2,600,2,0.000001,-0.000006,0,0.008000,50,127").volt(185)).toBeCloseTo(0.064, 9);
    for (const text of [
      "",
      "1,2,600,2,1e-6,0,0,0.008,0,127",
      "0,2,600,2,0,0,0,0.008,0,127",
      "0,2,600,2,1e-6,0,0,x,0,127",
    ])
      expect(() => parsePreamble(text)).toThrow(/REPLY_MALFORMED/);
  });
});
