/**
 * What the instruments of the simulated bench do, without their protocols. Device twins put bytes on top of these
 * models; kind twins call them directly; both so read the same world. Nothing here knows contact names' meaning, steps
 * or limits: every reading is solved from the circuit as it stands.
 */

/** Coils of the relay boards and contactor coils, by role (`matrix`, `contactor`), board address and output. */
export interface RelayBoardModel {
  coils(role: string, board: number): readonly boolean[];
  /** Moves the contacts (after their operate and release times of bench time; at once at speed max). */
  setCoils(role: string, board: number, coils: readonly boolean[]): void;
}

export interface MilliohmModel {
  /**
   * Four-wire reading through OHM.FH/FL/SH/SL. `over`: above the range. `contact`: a lead is open (the meter's contact
   * check). `current_A` is the test current of the range; `open_V` the most it puts across an open (20 mV in low power).
   */
  measure(test: {
    readonly current_A: number;
    readonly range_ohm: number;
    readonly open_V: number;
  }): { readonly is: "ohm"; readonly ohm: number } | { readonly is: "over" } | { readonly is: "contact" };
}

export interface DaqModel {
  /** Volts of a voltage channel, with noise and the input's own limits; `overload` beyond 1.2 x range. */
  volt(channel: number, range_V: number, plc: number): number | "overload";
  /** Degrees Celsius of a thermocouple channel; `open` when the wire is broken. */
  thermocouple(channel: number): number | "open";
}

export interface SourceModel {
  set(point: { readonly voltage_V?: number; readonly current_A?: number }): void;
  output(on: boolean): void;
  /** What the set-points and the output relay are now. */
  state(): { readonly voltage_V: number; readonly current_A: number; readonly on: boolean };
  /** SRC ENABLE input: safety relay AND watchdog relay AND EN. The output is dead while it is low. */
  enabled(): boolean;
  measure(): { readonly voltage_V: number; readonly current_A: number; readonly mode: "CV" | "CC" | "off" };
}

/** One electronic load of the bank; `unit` counts from 0. */
export interface LoadModel {
  readonly units: number;
  set(unit: number, current_A: number): void;
  input(unit: number, on: boolean): void;
  state(unit: number): { readonly current_A: number; readonly on: boolean };
  measure(unit: number): { readonly voltage_V: number; readonly current_A: number };
}

/** The pilot driver: generator timing between the two rails. */
export interface PilotModel {
  wave(shape: "high" | "low" | "square", frequency_Hz: number, duty_pct: number): void;
  output(on: boolean): void;
  rails(plus_V: number, minus_V: number): void;
  railsOutput(on: boolean): void;
  state(): {
    readonly shape: "high" | "low" | "square";
    readonly frequency_Hz: number;
    readonly duty_pct: number;
    readonly on: boolean;
    readonly plus_V: number;
    readonly minus_V: number;
    readonly railsOn: boolean;
  };
  measureRails(): { readonly plus_V: number; readonly minus_V: number };
}

export interface ScopeModel {
  /** Volts at the probe tips (before the scope's own quantisation), `count` samples spaced `dt_s`, triggered rising. */
  acquire(channels: readonly number[], dt_s: number, count: number, trigger_V: number): readonly Float64Array[];
}

export interface InsulationSettings {
  readonly mode: "ir" | "dc" | "ac";
  /** R.m.s. in ac. */
  readonly voltage_V: number;
  readonly ramp_s: number;
  readonly dwell_s: number;
  readonly trip_A: number;
}

export interface InsulationSeen {
  readonly state: "idle" | "ramp" | "dwell" | "passed" | "failed";
  /** At the terminals now; of an ended test what it ended at. */
  readonly voltage_V: number;
  readonly current_A: number;
  readonly ohm: number | "over";
  /** The full voltage was reached. */
  readonly dwelling: boolean;
  /** Of the ramp, or of the dwell when that has begun. */
  readonly time_s: number;
}

/** Insulation and withstand-voltage tester on nest N2. */
export interface InsulationModel {
  set(settings: InsulationSettings): void;
  /** False while its interlock is open: then nothing happens. */
  start(): boolean;
  stop(): void;
  /** Whether its output is on. */
  testing(): boolean;
  measure(): InsulationSeen;
}

export interface GpioModel {
  /** Output lines, driven by the guard. */
  setLine(line: string, high: boolean): void;
  /** All lines as they stand. */
  lines(): Readonly<Record<string, boolean>>;
  onEdge(
    listener: (edge: { readonly line: string; readonly high: boolean; readonly at_s: number }) => void,
  ): () => void;
}

/** What a person at the bench does, and deviations injected for training and tests. */
export interface OperatorModel {
  /** Fits the adapter under test that the twin was started with; the nest was empty. */
  fit(nest?: 1 | 2): void;
  remove(): void;
  /** Puts another reference half into the empty nest, on the side it is made for; by its id in the bench file. */
  half(id: string): void;
  /** Presses or releases a latch button: the station plug's (`evse`) or the adapter's own (`adapter`). */
  latch(which: "evse" | "adapter", pressed: boolean): void;
  lid(which: "LID1" | "LID2", closed: boolean): void;
  emergencyStop(pressed: boolean): void;
  /** Holds a warm finger where this thermocouple channel belongs, and nowhere else; null lets go. */
  warm(channel: string | null): void;
  /** Begins or ends to flex cable and body: contacts that are intermittent open only meanwhile. */
  flex(on: boolean): void;
}

export interface World {
  readonly relays: RelayBoardModel;
  readonly milliohm: MilliohmModel;
  readonly daq: DaqModel;
  readonly source: SourceModel;
  readonly load: LoadModel;
  readonly pilot: PilotModel;
  readonly scope: ScopeModel;
  readonly gpio: GpioModel;
  readonly insulation: InsulationModel;
  readonly operator: OperatorModel;
  now_s(): number;
  /** Moves bench time on; scheduled events run in order at their own time. Never backwards. */
  advance(to_s: number): void;
  /** Runs `event` when bench time reaches `at_s`. Returns a function that cancels it. */
  schedule(at_s: number, event: () => void): () => void;
}
