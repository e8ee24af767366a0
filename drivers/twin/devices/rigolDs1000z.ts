/**
 * RIGOL DS1000Z oscilloscope on LAN (TCP 5555): two of its four channels see the pilot through x10 probes.
 *
 * Source: MSO1000Z/DS1000Z Programming Guide: :WAVeform:DATA? (TMC header `#9` and nine digits, RAW only when
 * stopped, at most 250,000 points a read in BYTE), :WAVeform:PREamble? (2-226, ten fields), :ACQuire:MDEPth (12k..24M
 * by number of channels), :TRIGger:STATus? (TD WAIT RUN AUTO STOP), 25 codes a division and 12 divisions across.
 * UNVERIFIED: -222 and an empty block for a read of more than 250,000 points; yreference 127; the record begins at the
 * trigger (xorigin 0), so that no time before it is shown; a single acquisition needs the wall time of its span.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { toBytes } from "./device.ts";
import { channelName, crosses, quantise, type Record8, sci, Y_REFERENCE } from "./rigolRecord.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import { argument, bool, boolSetting, choice, choiceSetting, numberSetting, numeric, within } from "./scpiSettings.ts";

const DIVISIONS = 12;
const READ_MAX = 250_000;
const SCREEN_POINTS = 1200;
const CHANNELS = [1, 2, 3, 4] as const;
const DEPTHS = [12_000, 120_000, 1_200_000, 12_000_000, 24_000_000];
/** The probes of the bench divide by ten whatever the scope is told. */
const PROBE = 10;

interface Channel {
  display: boolean;
  scale_V: number;
  offset_V: number;
  probe: number;
}

const initial = (n: number): Channel => ({ display: n === 1, scale_V: 1, offset_V: 0, probe: 10 });

export const rigolDs1000z = (context: DeviceContext): DeviceTwin => new Oscilloscope(context).device;

class Oscilloscope {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  #channels = new Map<number, Channel>(CHANNELS.map((n) => [n, initial(n)]));
  #scale_s = 1e-6;
  #depth: number | "AUTO" = "AUTO";
  #state: "WAIT" | "TD" | "STOP" | "AUTO" = "AUTO";
  #cancel: () => void = () => undefined;
  #records = new Map<number, Record8>();
  #dt_s = 1e-9;
  #wave = { source: 1, start: 1, stop: SCREEN_POINTS };
  readonly #mode = choiceSetting(":WAVeform:MODE", "NORM", ["NORMal", "MAXimum", "RAW"]);
  readonly #format = choiceSetting(":WAVeform:FORMat", "BYTE", ["WORD", "BYTE", "ASCii"]);
  readonly #level = numberSetting(":TRIGger:EDGe:LEVel", 0, { min: -100, max: 100, unit: "V", tell: sci });
  readonly #sweep = choiceSetting(":TRIGger:SWEep", "AUTO", ["AUTO", "NORMal", "SINGle"]);
  readonly #trigger = choiceSetting(":TRIGger:EDGe:SOURce", "CHAN1", ["CHANnel1", "CHANnel2", "CHANnel3", "CHANnel4"]);
  readonly #kept = [
    this.#mode,
    this.#format,
    this.#level,
    this.#sweep,
    choiceSetting(":TRIGger:MODE", "EDGE", ["EDGE"]),
    choiceSetting(":TRIGger:EDGe:SLOPe", "POS", ["POSitive", "NEGative", "RFALl"]),
    choiceSetting(":TRIGger:COUPling", "DC", ["AC", "DC", "LFReject", "HFReject"]),
    numberSetting(":TRIGger:HOLDoff", 1.6e-8, { min: 1.6e-8, max: 10, unit: "S", tell: sci }),
    boolSetting(":TRIGger:NREJect", false),
    choiceSetting(":TIMebase:MODE", "MAIN", ["MAIN", "XY", "ROLL"]),
    numberSetting(":TIMebase[:MAIN]:OFFSet", 0, { min: -1e3, max: 1e3, unit: "S", tell: sci }),
    choiceSetting(":ACQuire:TYPE", "NORM", ["NORMal", "AVERages", "PEAK", "HRESolution"]),
    numberSetting(":ACQuire:AVERages", 2, { min: 2, max: 1024, tell: (n) => String(n) }),
  ];

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.device = new ScpiDevice({
      commands: [...this.#front(), ...this.#channelCommands(), ...this.#waveform()],
      identity: () => `${identity()},${entry.serial},00.04.04.SP4`,
      reset: () => this.#reset(),
      reply: context.reply,
      wording: (error) => (error === undefined ? '0,"No error"' : error.message),
    });
  }

  #reset(): void {
    this.#cancel();
    this.#channels = new Map(CHANNELS.map((n) => [n, initial(n)]));
    this.#scale_s = 1e-6;
    this.#depth = "AUTO";
    this.#state = "AUTO";
    this.#records.clear();
    this.#wave = { source: 1, start: 1, stop: SCREEN_POINTS };
    for (const setting of [...this.#kept, this.#trigger]) setting.reset();
  }

  #front(): readonly ScpiCommand[] {
    return [
      ...this.#kept.map((setting) => setting.command),
      {
        header: ":TRIGger:EDGe:SOURce",
        set: (call) => {
          this.#trigger.value = `CHAN${channelName(argument(call))}`;
        },
        ask: () => this.#trigger.value,
      },
      { header: ":TRIGger:STATus", ask: () => this.#state },
      {
        header: ":TIMebase[:MAIN]:SCALe",
        set: (call) => {
          this.#scale_s = within(numeric(argument(call), {}, "S"), 5e-9, 50);
        },
        ask: () => sci(this.#scale_s),
      },
      {
        header: ":ACQuire:MDEPth",
        set: (call) => this.#setDepth(argument(call)),
        ask: () => (this.#depth === "AUTO" ? "AUTO" : String(this.#depth)),
      },
      { header: ":ACQuire:SRATe", ask: () => sci(1 / this.#timing().dt_s) },
      { header: ":SINGle", set: () => this.#arm("SING") },
      { header: ":RUN", set: () => this.#arm(this.#sweep.value) },
      { header: ":STOP", set: () => this.#stop() },
      { header: ":TFORce", set: () => this.#finish(true) },
      { header: ":CLEar", set: () => this.#records.clear() },
    ];
  }

  #shown(): readonly number[] {
    return CHANNELS.filter((n) => this.#channels.get(n)?.display);
  }

  /** Sample rate is shared by the channels shown: 1 GS/s, 500 MS/s, 250 MS/s; depths shrink alike. */
  #timing(): { readonly dt_s: number; readonly points: number } {
    const share = [1, 1, 2, 4, 4][this.#shown().length] ?? 4;
    const span_s = DIVISIONS * this.#scale_s;
    const fastest = 1e9 / share;
    if (this.#depth !== "AUTO") {
      const rate = Math.min(fastest, this.#depth / span_s);
      return { dt_s: 1 / rate, points: Math.round(Math.min(this.#depth, rate * span_s)) };
    }
    const rate = Math.min(fastest, 600_000 / span_s);
    return { dt_s: 1 / rate, points: Math.max(SCREEN_POINTS, Math.round(rate * span_s)) };
  }

  #setDepth(text: string): void {
    if (text.toUpperCase() === "AUTO") {
      this.#depth = "AUTO";
      return;
    }
    const share = [1, 1, 2, 4, 4][this.#shown().length] ?? 4;
    const points = numeric(text);
    if (!DEPTHS.some((depth) => depth / share === points)) throw scpiErrors.outOfRange();
    this.#depth = points;
  }

  #arm(sweep: string): void {
    this.#cancel();
    this.#records.clear();
    this.#state = "WAIT";
    if (sweep !== "SING") {
      this.#state = "AUTO";
      return;
    }
    const span_ms = DIVISIONS * this.#scale_s * 1000;
    this.#cancel = this.#context.after(span_ms, () => this.#finish(false));
  }

  #stop(): void {
    this.#cancel();
    // Stopped while running free: the last screen stays.
    if (this.#state === "AUTO") this.#acquire();
    this.#state = "STOP";
  }

  /** A single acquisition ends only when the trigger level was crossed, or the trigger is forced. */
  #finish(forced: boolean): void {
    if (this.#state !== "WAIT") return;
    const crossed = this.#acquire();
    if (crossed || forced) this.#state = "STOP";
    else this.#records.clear();
  }

  /** True where the trigger source crosses the level. */
  #acquire(): boolean {
    const shown = this.#shown();
    const { dt_s, points } = this.#timing();
    this.#dt_s = dt_s;
    const source = channelName(this.#trigger.value);
    // The world triggers on the channel named first.
    const wanted = [source, ...shown.filter((n) => n !== source)];
    const seen = wanted.filter((n) => n <= 2);
    const factor = (n: number): number => (this.#channels.get(n)?.probe ?? PROBE) / PROBE;
    const level_V = this.#level.value / factor(source);
    const volts = this.#context.world.scope.acquire(seen, dt_s, points, level_V);
    this.#records.clear();
    let crossed = false;
    for (const n of wanted) {
      const values = volts[seen.indexOf(n)] ?? new Float64Array(points);
      const channel = this.#channels.get(n);
      if (channel === undefined) continue;
      if (n === source) crossed = crosses(values, level_V);
      this.#records.set(n, quantise(values, factor(n), channel.scale_V, channel.offset_V));
    }
    return crossed;
  }

  #channel(call: ScpiCall): Channel {
    const channel = this.#channels.get(call.suffixes[0] || 1);
    if (channel === undefined) throw scpiErrors.suffix();
    return channel;
  }

  #channelCommands(): readonly ScpiCommand[] {
    const plain = (header: string, forms: readonly string[]): ScpiCommand => ({
      header,
      set: (call) => {
        this.#channel(call);
        choice(argument(call), forms);
      },
    });
    return [
      {
        header: ":CHANnel<n>:DISPlay",
        set: (call) => {
          this.#channel(call).display = bool(argument(call));
        },
        ask: (call) => (this.#channel(call).display ? "1" : "0"),
      },
      this.#number(":CHANnel<n>:SCALe", "scale_V", 1e-3, 100),
      this.#number(":CHANnel<n>:OFFSet", "offset_V", -1000, 1000),
      this.#number(":CHANnel<n>:PROBe", "probe", 0.01, 1000),
      plain(":CHANnel<n>:COUPling", ["DC", "AC", "GND"]),
      plain(":CHANnel<n>:BWLimit", ["OFF", "20M"]),
      plain(":CHANnel<n>:INVert", ["OFF", "0"]),
      plain(":CHANnel<n>:VERNier", ["ON", "OFF", "1", "0"]),
      plain(":CHANnel<n>:UNITs", ["VOLTage"]),
    ];
  }

  #number(header: string, key: "scale_V" | "offset_V" | "probe", min: number, max: number): ScpiCommand {
    return {
      header,
      set: (call) => {
        this.#channel(call)[key] = within(numeric(argument(call), {}, key === "probe" ? "" : "V"), min, max);
      },
      ask: (call) => sci(this.#channel(call)[key]),
    };
  }

  #waveform(): readonly ScpiCommand[] {
    return [
      {
        header: ":WAVeform:SOURce",
        set: (call) => {
          this.#wave.source = channelName(argument(call));
        },
        ask: () => `CHAN${this.#wave.source}`,
      },
      this.#position(":WAVeform:STARt", "start"),
      this.#position(":WAVeform:STOP", "stop"),
      { header: ":WAVeform:PREamble", ask: () => this.#preamble() },
      { header: ":WAVeform:XINCrement", ask: () => sci(this.#step_s()) },
      { header: ":WAVeform:XORigin", ask: () => sci(0) },
      { header: ":WAVeform:XREFerence", ask: () => "0" },
      { header: ":WAVeform:YINCrement", ask: () => sci(this.#record()?.yIncrement ?? 0) },
      { header: ":WAVeform:YORigin", ask: () => String(this.#record()?.yOrigin ?? 0) },
      { header: ":WAVeform:YREFerence", ask: () => String(Y_REFERENCE) },
      { header: ":WAVeform:DATA", ask: () => this.#data() },
    ];
  }

  #position(header: string, key: "start" | "stop"): ScpiCommand {
    return {
      header,
      set: (call) => {
        const most = this.#mode.value === "NORM" ? SCREEN_POINTS : this.#timing().points;
        this.#wave[key] = within(Math.round(numeric(argument(call))), 1, most);
      },
      ask: () => String(this.#wave[key]),
    };
  }

  #record(): Record8 | undefined {
    return this.#records.get(this.#wave.source);
  }

  /** Codes as they are read: the whole memory in RAW, 1200 of them on the screen. */
  #codes(): Uint8Array {
    const codes = this.#record()?.codes ?? new Uint8Array();
    if (this.#mode.value === "RAW" || (this.#mode.value === "MAX" && this.#state === "STOP")) return codes;
    const step = codes.length / SCREEN_POINTS;
    return Uint8Array.from(
      { length: codes.length === 0 ? 0 : SCREEN_POINTS },
      (_, i) => codes[Math.floor(i * step)] ?? 0,
    );
  }

  #step_s(): number {
    return this.#mode.value === "NORM" ? (DIVISIONS * this.#scale_s) / SCREEN_POINTS : this.#dt_s;
  }

  #preamble(): string {
    const format = { BYTE: 0, WORD: 1, ASC: 2 }[this.#format.value] ?? 0;
    const type = { NORM: 0, MAX: 1, RAW: 2 }[this.#mode.value] ?? 0;
    const record = this.#record();
    const points = this.#codes().length;
    const fields = [format, type, points, 1, sci(this.#step_s()), sci(0), 0, sci(record?.yIncrement ?? 0)];
    return [...fields, record?.yOrigin ?? 0, Y_REFERENCE].join(",");
  }

  #data(): Uint8Array {
    if (this.#format.value !== "BYTE") throw scpiErrors.settingsConflict();
    if (this.#mode.value === "RAW" && this.#state !== "STOP") throw scpiErrors.settingsConflict();
    const { start, stop } = this.#wave;
    if (stop - start + 1 > READ_MAX) {
      this.device.report(scpiErrors.outOfRange());
      return toBytes("#9000000000");
    }
    const codes = this.#codes().subarray(start - 1, Math.max(start - 1, stop));
    return Buffer.concat([toBytes(`#9${String(codes.length).padStart(9, "0")}`), codes]);
  }
}
