/** What the source's current warms in one circuit: where each resistance lies in it is found once, and stays until contacts move. */
import type { Lead } from "../../../rig/model/bench.ts";
import type { WarmBranch } from "./adapterElements.ts";
import type { Circuit, Pair } from "./circuit.ts";
import type { Branch, Source } from "./elements.ts";
import type { Loss } from "./thermal.ts";

interface Heater {
  readonly branch: Branch;
  readonly pair: Pair;
  readonly ohm20: number;
  readonly loss: Loss & { watt20: number };
}

/** Less than this warms nothing, W. */
const watt_min = 1e-9;

export class Heaters {
  readonly circuit: Circuit;
  readonly #heaters: readonly Heater[];

  /**
   * Only what is joined to the source can carry its current. `cable` warms a place of its own, by the resistance that the
   * bench file says.
   */
  constructor(circuit: Circuit, source: Source, warm: readonly WarmBranch[], cable: Lead | undefined) {
    this.circuit = circuit;
    const driven = circuit.pair(source.a, source.b)?.root;
    const wanted = new Map<string, { readonly ohm20: number; readonly place: string; readonly perKelvin: number }>();
    for (const one of warm) wanted.set(one.branch.id, one);
    if (cable !== undefined) wanted.set(cable.id, { ohm20: cable.resistance_ohm, place: "cable", perKelvin: 0 });
    this.#heaters = circuit.elements.flatMap((branch) => {
      const of = wanted.get(branch.id);
      const pair = of && branch.type === "branch" ? circuit.pair(branch.a, branch.b) : undefined;
      if (of === undefined || pair === undefined || branch.type !== "branch" || pair.root !== driven) return [];
      const { ohm20, place, perKelvin } = of;
      return [{ branch, pair, ohm20, loss: { place, watt20: 0, perKelvin } }];
    });
  }

  /** By the currents now; valid until it is asked for again. */
  losses(): readonly Loss[] {
    const losses: Loss[] = [];
    for (const { branch, pair, ohm20, loss } of this.#heaters) {
      loss.watt20 = ((this.circuit.voltOf(pair) - branch.emf_V) / branch.ohm) ** 2 * ohm20;
      if (loss.watt20 > watt_min) losses.push(loss);
    }
    return losses;
  }
}
