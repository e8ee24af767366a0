/** A sweep point judged from the twin's own log alone: how long, how much, and what stayed on. */
import { apply, atRest, isLive, isOff, type Trace, type WorldEvent } from "./trace.ts";

export const attacks = [
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGSTOP",
  "stall",
  "guard killed",
  "guard stopped",
  "both killed",
] as const;
export type Attack = (typeof attacks)[number];

/** SRC ENABLE low after the signal, ms (design S5, S11; orderly stop: design 9). A stopped guard is a dead one. */
export const enable_ms: Readonly<Record<Attack, number>> = {
  SIGKILL: 250,
  SIGTERM: 50,
  SIGINT: 50,
  SIGHUP: 50,
  SIGSTOP: 550,
  stall: 550,
  "guard killed": 300,
  "guard stopped": 300,
  "both killed": 300,
};
/** All outputs off by their own ports (S5). Nobody is left to do it when both are killed: the next start does. */
export const serial_ms = 2000;
/** The most that the bench may ever be asked for: envelope of RB-1. */
const voltage_V_max = 6;
/** Below this no current flows: leakage and the solver's last digits, A. */
const nothing_A = 0.01;

export interface Judged {
  /** From the signal to SRC ENABLE low; 0 when it was low already. */
  readonly enable_ms: number;
  /** To the last output switched off by its own port. */
  readonly serial_ms: number;
  /** Integral of I dt from the signal to zero, A s; largest current and voltage after it. */
  readonly charge_As: number;
  readonly peak_A: number;
  readonly peak_V: number;
  /** What is not safe, in words. */
  readonly unsafe: readonly string[];
}

/** `setpoints`: those of the procedure: any other after the signal is a frame that nobody meant. */
export function judge(trace: Trace, signal_ms: number, attack: Attack, setpoints: ReadonlySet<string>): Judged {
  const bench = atRest();
  const after: WorldEvent[] = [];
  for (const event of trace.world) {
    if (event.ms <= signal_ms) apply(bench, event);
    else after.push(event);
  }
  const unsafe: string[] = [];
  let low_ms = signal_ms;
  let off_ms = signal_ms;
  let at_ms = signal_ms;
  let charge_As = 0;
  let peak_A = Math.abs(bench.current_A);
  let peak_V = isLive(bench) ? bench.source.voltage_V : 0;
  for (const event of after) {
    charge_As += (Math.abs(bench.current_A) * (event.ms - at_ms)) / 1000;
    at_ms = event.ms;
    const [enabled, off] = [bench.enabled, isOff(bench)];
    apply(bench, event);
    if (enabled && !bench.enabled) low_ms = event.ms;
    if (!off && isOff(bench)) off_ms = event.ms;
    peak_A = Math.max(peak_A, Math.abs(bench.current_A));
    if (isLive(bench)) peak_V = Math.max(peak_V, bench.source.voltage_V);
    const set = setpointOf(event);
    if (set !== undefined && !setpoints.has(set)) unsafe.push(`${set} was never asked for`);
  }
  const took_ms = low_ms - signal_ms;
  if (bench.enabled) unsafe.push("SRC ENABLE is still high");
  else if (took_ms > enable_ms[attack])
    unsafe.push(`SRC ENABLE low after ${took_ms.toFixed(0)} ms, allowed ${enable_ms[attack]} ms`);
  if (Math.abs(bench.current_A) > nothing_A) unsafe.push(`${bench.current_A.toFixed(1)} A still flow`);
  if (peak_V > voltage_V_max) unsafe.push(`${peak_V} V, the envelope allows ${voltage_V_max} V`);
  // Nobody may raise the current between the signal and the drop: what flowed is all that may flow on.
  const allowed_As = peak_A * (enable_ms[attack] / 1000);
  if (peak_A > nothing_A && charge_As > allowed_As)
    unsafe.push(`${charge_As.toFixed(2)} A s, allowed ${allowed_As.toFixed(2)} A s`);
  if (attack !== "both killed") {
    if (!isOff(bench)) unsafe.push(stillOn(bench));
    else if (off_ms - signal_ms > serial_ms)
      unsafe.push(`all off by their ports after ${(off_ms - signal_ms).toFixed(0)} ms, allowed ${serial_ms} ms`);
  }
  return { enable_ms: took_ms, serial_ms: off_ms - signal_ms, charge_As, peak_A, peak_V, unsafe };
}

export function stillOn({ source, loads, closed }: ReturnType<typeof atRest>): string {
  const on = [
    ...(source.on ? ["source"] : []),
    ...[...loads].flatMap(([unit, is]) => (is ? [`load ${unit + 1}`] : [])),
    ...closed,
  ];
  return `still on: ${on.join(" ")}`;
}

/** A set-point in words; undefined for other events. */
export function setpointOf(event: WorldEvent): string | undefined {
  if (event.what === "source") return `source ${event.voltage_V} V ${event.current_A} A`;
  return event.what === "load" ? `load ${event.unit} ${event.current_A.toFixed(3)} A` : undefined;
}
