/** Which nets leak, once a group reading has hit: halves of one side, then of the other (binary group search). */
import type { InsulationTest } from "../../rig/kinds/kinds.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import type { Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { HighVoltageWiring } from "../../rig/plan/highVoltage.ts";
import type { Cluster, TestedPair } from "../analysis/insulationPlan.ts";
import { apply } from "./insulation.ts";

type Nets = readonly (readonly Contact[])[];

/** Reading of the one pair that the search ended at; the group's own where the leak is spread over several. */
export interface Located {
  readonly hi: Nets;
  readonly lo: Nets;
}

/** Only for deciding where to search on: a half that leaks half as much as the group is followed. */
const followed = (part: Reading<"ohm">, whole: Reading<"ohm">): boolean =>
  part.is === "value" && whole.is === "value" && part.value <= 2 * whole.value;

export function* locateLeak(
  hv: HighVoltageWiring,
  pair: TestedPair,
  whole: Reading<"ohm">,
  test: InsulationTest,
): Plan<Located> {
  const { together } = pair;
  const hi = yield* narrowed(hv, `${pair.id} hi`, together.hi, whole, test, (nets) => [nets, pair.lo]);
  const lo = yield* narrowed(hv, `${pair.id} lo`, together.lo, whole, test, (nets) => [hi, nets]);
  return { hi, lo };
}

function* narrowed(
  hv: HighVoltageWiring,
  name: string,
  clusters: readonly Cluster[],
  whole: Reading<"ohm">,
  test: InsulationTest,
  sides: (nets: Nets) => readonly [Nets, Nets],
): Plan<Nets> {
  let left = clusters;
  for (let round = 1; left.length > 1; round += 1) {
    const half = left.slice(0, Math.ceil(left.length / 2));
    const [hi, lo] = sides(half.flat());
    const found = { name: `search ${name} ${round}`, hi: hi.flat(), lo: lo.flat(), bus: "guard", test } as const;
    const first = (yield* apply(hv, found)).resistance;
    if (followed(first, whole)) {
      left = half;
      continue;
    }
    const rest = left.slice(half.length);
    const [hiRest, loRest] = sides(rest.flat());
    const other = { ...found, name: `search ${name} ${round} rest`, hi: hiRest.flat(), lo: loRest.flat() };
    if (!followed((yield* apply(hv, other)).resistance, whole)) return left.flat();
    left = rest;
  }
  return left.flat();
}
