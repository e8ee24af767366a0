/**
 * The watch loops of the bench: 5 V through 500 ohm between two nodes, and a comparator that makes its line high while
 * less than half of it is left, which is while the loop is closed (bench.md "Watch").
 */
import type { Bench } from "../../../rig/model/bench.ts";
import type { Branch } from "./elements.ts";
import type { Plant } from "./plant.ts";

const loop_V = 5;
const loop_ohm = 500;

/** In the circuit at all times; without its relay a loop is an island of its own that nobody asks about. */
export const loopElements = (bench: Bench): readonly Branch[] =>
  Object.values(bench.gpio.lines).flatMap(({ id, watch }): Branch[] =>
    watch ? [{ type: "branch", id: `loop ${id}`, a: watch[0], b: watch[1], ohm: loop_ohm, emf_V: loop_V }] : [],
  );

/** Tells the level of each loop's line; to be called whenever contacts may have moved. */
export function watchLoops(plant: Plant, level: (line: string, high: boolean) => void): () => void {
  const loops = Object.values(plant.bench.gpio.lines).flatMap(({ id, watch }) => {
    if (!watch) return [];
    const joining = plant.assembly.poles.filter(({ branch }) => watch.includes(branch.a) || watch.includes(branch.b));
    return [{ line: id, a: watch[0], b: watch[1], joining }];
  });
  return () => {
    for (const { line, a, b, joining } of loops) {
      // Solving the circuit costs: not for loops whose relay is open.
      const joined = joining.filter((pole) => plant.isClosed(pole)).length >= 2;
      const volt = joined ? plant.circuit().volt(a, b) : undefined;
      level(line, volt !== undefined && Math.abs(volt) < loop_V / 2);
    }
  };
}
