/** What each step of a nominal path does to the bench: energised roles, largest current and voltage, energy, duration. */
import type { TwinWorld } from "../../drivers/twin/world/world.ts";
import type { StepFacts } from "../engine/preflight.ts";
import type { TappedCall } from "../engine/preflightForce.ts";

/** Currents below this count as none, A: leakage of the twin's meters. */
export const none_A = 0.05;

/** Largest set-points asked of a role. */
type Most = { A?: number; V?: number };

interface Open {
  readonly step: string;
  readonly from_s: number;
  readonly energised: Map<string, Most>;
  readonly terminals: Set<string>;
  max_A: number;
  max_V: number;
  J: number;
}

/** Energy and maxima of each top-level step, from the twin's truth. */
export class Meter {
  readonly facts: StepFacts[] = [];
  private open: Open | undefined;

  step(phase: "enter" | "leave", step: string, bench_s: number): void {
    if (phase === "enter") {
      this.open = { step, from_s: bench_s, energised: new Map(), terminals: new Set(), max_A: 0, max_V: 0, J: 0 };
      return;
    }
    if (!this.open) return;
    const { from_s, energised, terminals, max_A, max_V, J } = this.open;
    this.facts.push({
      step,
      duration_s: bench_s - from_s,
      energised: [...energised].map(([role, most]) => ({ role, ...most })),
      max_A,
      max_V,
      energy_J: J,
      terminals: [...terminals].sort(),
    });
    this.open = undefined;
  }

  called(call: TappedCall, world: TwinWorld): void {
    if (call.effect === "energise" && this.open) {
      const most = this.open.energised.get(call.role) ?? {};
      for (const [name, value] of Object.entries(call.args as Readonly<Record<string, unknown>>)) {
        const unit = /_(A|V)$/.exec(name)?.[1] as "A" | "V" | undefined;
        if (unit && typeof value === "number") most[unit] = Math.max(most[unit] ?? 0, Math.abs(value));
      }
      this.open.energised.set(call.role, most);
    }
    this.look(world);
  }

  /** Set-points do not change between two moves of bench time, so power times span is the integral. */
  advance(world: TwinWorld, to_s: number): void {
    const { source_A, source_V } = this.look(world);
    if (this.open) this.open.J += source_A * source_V * Math.max(0, to_s - world.now_s());
  }

  private look(world: TwinWorld): { source_A: number; source_V: number } {
    const source_A = Math.abs(world.powerCurrents().source_A);
    const source_V = source_A > none_A ? Math.abs(world.source.measure().voltage_V) : 0;
    if (this.open) {
      this.open.max_A = Math.max(this.open.max_A, source_A);
      this.open.max_V = Math.max(this.open.max_V, source_V);
      if (source_A > none_A) for (const name of poweredBy(world)) this.open.terminals.add(name);
    }
    return { source_A, source_V };
  }
}

/** Terminals on closed contactors: only those have mirror contacts. */
function poweredBy({ bench, relays }: TwinWorld): readonly string[] {
  const closed = Object.values(bench.relays).filter(
    ({ mirror, role, board, output }) => mirror !== undefined && relays.coils(role, board)[output] === true,
  );
  const nodes = closed.flatMap(({ poles }) => poles.flat());
  return nodes.flatMap((node) => /^((?:evse|evse2|ev)\..+)\.F$/.exec(node)?.[1] ?? []);
}
