/**
 * Instants stratified by event: of a reference run each event that the twin saw is a stratum's member (phase and port),
 * and a point is "so long after the phase's n-th frame on that port". Seeded; every phase and every attack in turn.
 */
import type { Attack } from "./judge.ts";
import type { Phase } from "./procedure.ts";
import type { WireEvent } from "./trace.ts";

/** Small and seeded: mulberry32. Numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The n-th event (from 1) of a phase on a port, on `EN` or by the operator; then a delay. */
export interface Instant {
  readonly phase: Phase;
  readonly port: string;
  readonly nth: number;
  readonly delay_ms: number;
}

export interface Candidate {
  readonly phase: Phase;
  readonly port: string;
  readonly nth: number;
  /** To the next event of any kind, ms. */
  readonly gap_ms: number;
}

/** Longest delay after an event: in a quiet second all instants are alike. */
const delay_ms_max = 400;

export function portOf(event: WireEvent): string | undefined {
  if (event.what === "rx") return event.port;
  if (event.what === "control") return "operator";
  return event.what === "gpio" && event.by === "client" ? "EN" : undefined;
}

/** Events of the reference run, with the phase that each falls into; those before the first step are left out. */
export function candidates(wire: readonly WireEvent[], phaseAt: (ms: number) => Phase | "start"): readonly Candidate[] {
  const seen = new Map<string, number>();
  const found: Candidate[] = [];
  wire.forEach((event, at) => {
    const port = portOf(event);
    if (port === undefined) return;
    const phase = phaseAt(event.ms);
    const key = `${phase} ${port}`;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    const next = wire[at + 1]?.ms ?? event.ms + 100;
    if (phase !== "start") found.push({ phase, port, nth, gap_ms: Math.min(delay_ms_max, next - event.ms) });
  });
  return found;
}

export interface Point {
  readonly attack: Attack;
  readonly instant: Instant;
}

/** `count` points: attacks and phases in turn, ports of a phase at random, so that a rare one is hit as often. */
export function points(
  all: readonly Candidate[],
  attacks: readonly Attack[],
  phases: readonly Phase[],
  count: number,
  seed: number,
): readonly Point[] {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const present = phases.filter((phase) => all.some((one) => one.phase === phase));
  const first = Math.floor(random() * present.length);
  return Array.from({ length: count }, (_, at) => {
    const attack = attacks[at % attacks.length] as Attack;
    // A step of one more a round, so that each attack meets each phase.
    const round = Math.floor(at / attacks.length);
    const phase = present[(first + at + round) % present.length] as Phase;
    const here = all.filter((one) => one.phase === phase);
    const port = pick([...new Set(here.map((one) => one.port))]);
    const chosen = pick(here.filter((one) => one.port === port));
    return { attack, instant: { phase, port, nth: chosen.nth, delay_ms: random() * chosen.gap_ms } };
  });
}
