/**
 * Rigol DS1000Z oscilloscope (DS1104Z), SCPI over LAN: one acquisition of the pilot at both faces.
 *
 * Read: DS1000Z Programming Guide page 2-135 (:WAV:DATA? from the internal memory: :STOP, :WAV:SOUR, :WAV:MODE RAW;
 * "#9" block), page 2-139 (:WAV:PRE?, ten fields), DS1000Z-E guide page 2-180 (reading in batches with :WAV:STAR and
 * :WAV:STOP, points counted from 1), DS4000E guide page 2-195 (:TRIG:STAT? answers TD, WAIT, RUN, AUTO or STOP); DS1000Z
 * User's Guide page 4-6 (depth = rate x s/div x 12; one channel: 12 k to 12 M). UNVERIFIED: 250,000 bytes a batch in BYTE
 * format, the depths with two channels (half of those with one), volts = (code - yorigin - yreference) x yincrement,
 * that the depth can be set only while running, :CHAN and :TRIG:EDGE names, :TFOR (the DS1000Z-E User Guide page 5-3 says of
 * the FORCE key that it triggers in single mode), :SYST:ERR?. It drives nothing.
 */
import type { Args, Identity, Instrument, Io, SeriesRef } from "../../rig/kinds/kinds.ts";
import { RigError } from "../../rig/model/errors.ts";
import type { DriverFactory, OpenContext } from "../driver.ts";
import { configNumber, onlyPort } from "../entry.ts";
import { malformed } from "../port/framer.ts";
import type { Wait } from "../port/link.ts";
import { parseNumber, Scpi } from "../scpi.ts";
import { checkSetpoint } from "../setpoint.ts";
import { openWait, pause } from "../wait.ts";

/** What the bench wires to the inputs. */
const names: Readonly<Record<number, string>> = { 1: "CP_S", 2: "CP_V" };
const BATCH_max = 250_000;
/** Block header, data and line end. */
const REPLY_max_bytes = BATCH_max + 64;
const RATE_min_Hz = 10e6;
const RATE_max_Hz = 1e9;
/** A longer record could not be read within the time of the call. */
const POINTS_max = 2_000_000;
const SPAN_min_s = 1e-5;
const DIVISIONS_x = 12;
const DIVISIONS_y = 8;
const PROBE = 10;
/** Sets whose page in the guide was not read. */
const unverified = [
  ":CHAN:DISP",
  ":CHAN:PROB",
  ":CHAN:SCAL",
  ":CHAN:OFFS",
  ":TIM:SCAL",
  ":ACQ:MDEP",
  ":TRIG:EDGE",
  ":TFOR",
];
/** Between two looks at the trigger. */
const LOOK_ms = 5;
/** How long a periodic signal is given to cross the level, beside filling the memory: 200 periods of a pilot. */
const PATIENCE_ms = 200;

const depths: Readonly<Record<1 | 2, readonly number[]>> = {
  1: [12_000, 120_000, 1_200_000, 12_000_000],
  2: [6_000, 60_000, 600_000, 6_000_000],
};

export const rigolDs1000z: DriverFactory<"scope"> = {
  kind: "scope",
  model: "rigol-ds1000z",
  open: async (context) => {
    const port = await context.port(onlyPort(context.entry));
    const scpi = new Scpi(port, { errorQuery: ":SYST:ERR?", line_max_bytes: REPLY_max_bytes });
    const io = openWait(context.signal);
    const found = await scpi.identify(context.entry, io);
    const fullScale_V = configNumber(context.entry, "full_scale_V", { min: 0.1, max: 400 });
    await scpi.faults(io);
    await scpi.set("*RST", io);
    return new Scope(context, scpi, fullScale_V).instrument({ ...found, unverified });
  },
};

/** 1, 2 or 5 times a power of ten, up from `least`. */
export function step125(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const factor = [1, 2, 5, 10].find((each) => each * decade >= least * (1 - 1e-9)) ?? 10;
  return Number((factor * decade).toPrecision(1));
}

export interface Acquisition {
  readonly scale_s: number;
  readonly depth: number;
}

/** The slowest setting that covers the span with at least 10 MS/s: what is not needed need not be read and kept. */
export function chooseAcquisition(span_s: number, channels: 1 | 2): Acquisition | undefined {
  let best: (Acquisition & { readonly rate_Hz: number }) | undefined;
  let scale_s = step125(span_s / DIVISIONS_x);
  for (let tries = 0; tries < 4; tries += 1) {
    for (const depth of depths[channels]) {
      const rate_Hz = depth / (DIVISIONS_x * scale_s);
      if (rate_Hz < RATE_min_Hz * (1 - 1e-9) || rate_Hz > RATE_max_Hz / channels || rate_Hz * span_s > POINTS_max)
        continue;
      if (best === undefined || rate_Hz < best.rate_Hz * (1 - 1e-9)) best = { scale_s, depth, rate_Hz };
    }
    scale_s = step125(scale_s * 1.5);
  }
  return best === undefined ? undefined : { scale_s: best.scale_s, depth: best.depth };
}

export interface Preamble {
  readonly dt_s: number;
  /** Time of the first point of the memory from the trigger. */
  readonly first_s: number;
  readonly volt: (code: number) => number;
}

/** @throws RigError REPLY_MALFORMED unless it is the preamble of a BYTE record. */
export function parsePreamble(text: string): Preamble {
  const fields = text.split(",").map(parseNumber);
  const [format, , , , dt_s, xOrigin_s, xReference, yStep_V, yOrigin, yReference] = fields;
  const good =
    fields.length === 10 &&
    format === 0 &&
    dt_s !== undefined &&
    dt_s > 0 &&
    xOrigin_s !== undefined &&
    xReference !== undefined &&
    yStep_V !== undefined &&
    yStep_V > 0 &&
    yOrigin !== undefined &&
    yReference !== undefined;
  if (!good) throw malformed("no preamble of a BYTE record", Buffer.from(text, "latin1"));
  const zero = yOrigin + yReference;
  return { dt_s, first_s: xOrigin_s - xReference * dt_s, volt: (code) => (code - zero) * yStep_V };
}

class Scope {
  readonly #context: OpenContext;
  readonly #scpi: Scpi;
  readonly #fullScale_V: number;

  constructor(context: OpenContext, scpi: Scpi, fullScale_V: number) {
    this.#context = context;
    this.#scpi = scpi;
    this.#fullScale_V = fullScale_V;
  }

  get #role(): string {
    return this.#context.entry.role;
  }

  async #capture({ channels, span_s, trigger_V }: Args<"scope", "capture">, io: Io) {
    const wanted = this.#check(channels, span_s, trigger_V);
    await this.#setUp(channels, wanted, trigger_V, io);
    const armed_s = this.#context.clock.bench_s();
    await this.#scpi.tell(":SING", io);
    await this.#triggered(wanted, io);
    const series: SeriesRef<"V">[] = [];
    for (const channel of channels) series.push(await this.#read(channel, span_s, wanted.depth, armed_s, io));
    await this.#scpi.checkErrors("reading the waveform", io);
    return series;
  }

  #check(channels: readonly number[], span_s: number, trigger_V: number): Acquisition {
    const count = channels.length;
    for (const channel of channels)
      checkSetpoint(this.#role, "channel", names[channel] === undefined ? 0 : channel, 1, 2);
    checkSetpoint(this.#role, "number of different channels", new Set(channels).size, count, count);
    checkSetpoint(this.#role, "number of channels", count, 1, 2);
    checkSetpoint(this.#role, "span, s,", span_s, SPAN_min_s, POINTS_max / RATE_min_Hz);
    checkSetpoint(this.#role, "trigger level, V,", trigger_V, -this.#fullScale_V / 2, this.#fullScale_V / 2);
    const acquisition = chooseAcquisition(span_s, count === 1 ? 1 : 2);
    if (acquisition !== undefined) return acquisition;
    throw new RigError("SETPOINT_OUT_OF_RANGE", `${this.#role}: no time base covers ${span_s} s with 10 MS/s`, {
      span_s,
    });
  }

  /** Runs, because the depth can be set only then; and a stopped scope would look like one that has triggered. */
  async #setUp(channels: readonly number[], wanted: Acquisition, trigger_V: number, io: Io): Promise<void> {
    const scale_V = step125(this.#fullScale_V / DIVISIONS_y);
    const sets = [":RUN"];
    for (const channel of [1, 2, 3, 4]) sets.push(`:CHAN${channel}:DISP ${channels.includes(channel) ? "ON" : "OFF"}`);
    for (const channel of channels) {
      sets.push(`:CHAN${channel}:PROB ${PROBE}`, `:CHAN${channel}:SCAL ${scale_V}`, `:CHAN${channel}:OFFS 0`);
    }
    sets.push(`:TIM:SCAL ${wanted.scale_s}`, `:ACQ:MDEP ${wanted.depth}`, ":TRIG:MODE EDGE");
    sets.push(`:TRIG:EDGE:SOUR CHAN${channels[0]}`, ":TRIG:EDGE:SLOP POS", `:TRIG:EDGE:LEV ${trigger_V}`);
    await this.#scpi.set(sets, io);
  }

  /**
   * A signal that never crosses the level is recorded as it is: an adapter may swallow the pilot, and the record shows it.
   * Whether it was the adapter is for the plan to say, by the passes through the bypass before and after.
   */
  async #triggered({ scale_s }: Acquisition, io: Io): Promise<void> {
    const known = ["TD", "T'D", "WAIT", "RUN", "AUTO", "STOP"];
    const patient = Math.ceil((2 * DIVISIONS_x * scale_s * 1000 + PATIENCE_ms) / LOOK_ms);
    for (let looks = 1; ; looks += 1) {
      const state = await this.#scpi.ask(":TRIG:STAT?", io, (text) => {
        if (!known.includes(text.trim())) throw malformed("no state of a trigger", Buffer.from(text, "latin1"));
      });
      if (state.trim() === "STOP") return;
      if (looks === patient) await this.#scpi.tell(":TFOR", io);
      await pause(LOOK_ms, `${this.#role} had triggered (it says ${state.trim()})`, io);
    }
  }

  /** The middle of the memory, so that the trigger is in it. */
  async #read(channel: number, span_s: number, depth: number, armed_s: number, io: Io): Promise<SeriesRef<"V">> {
    await this.#scpi.set([`:WAV:SOUR CHAN${channel}`, ":WAV:MODE RAW", ":WAV:FORM BYTE"], io);
    const text = await this.#scpi.ask(":WAV:PRE?", io, (line) => void parsePreamble(line));
    const { dt_s, first_s, volt } = parsePreamble(text);
    const points = Math.round(span_s / dt_s);
    if (points < 2 || points > depth || dt_s > 1.001 / RATE_min_Hz)
      throw new RigError("READ_BACK_DIFFERS", `${this.#role}: it sampled every ${dt_s} s, not as it was set`, { dt_s });
    const from = Math.floor((depth - points) / 2);
    const values = new Float64Array(points);
    const table = Float64Array.from({ length: 256 }, (_, code) => volt(code));
    for (let done = 0; done < points; ) {
      const batch = await this.#batch(from + done, Math.min(BATCH_max, points - done), io);
      this.#checkClipped(channel, batch);
      for (const [index, code] of batch.entries()) values[done + index] = table[code] ?? Number.NaN;
      done += batch.length;
    }
    const t0_s = armed_s + first_s + from * dt_s;
    return io.keep({ name: names[channel] ?? `CH${channel}`, unit: "V", t0_s, dt_s, values });
  }

  async #batch(from: number, count: number, io: Wait): Promise<Uint8Array> {
    await this.#scpi.tell(`:WAV:STAR ${from + 1}`, io);
    await this.#scpi.tell(`:WAV:STOP ${from + count}`, io);
    const data = await this.#scpi.askBlock(":WAV:DATA?", io);
    if (data.length === count) return data;
    throw new RigError("REPLY_MALFORMED", `${this.#role}: asked for ${count} points, got ${data.length}`, {
      asked: count,
      got: data.length,
    });
  }

  /** The ends of the converter: the voltage was beyond them, or just there; nobody can say. */
  #checkClipped(channel: number, batch: Uint8Array): void {
    if (!batch.includes(0) && !batch.includes(255)) return;
    throw new RigError("MEASUREMENT_INVALID", `${this.#role}: channel ${channel} is beyond the range of the screen`, {
      channel,
    });
  }

  instrument(identity: Identity): Instrument<"scope"> {
    const { port } = this.#scpi;
    return {
      kind: "scope",
      identity,
      safe: [],
      call: { capture: (args, io) => this.#capture(args, io) },
      fence: (why) => port.fence(why),
      close: () => port.close(),
    };
  }
}
