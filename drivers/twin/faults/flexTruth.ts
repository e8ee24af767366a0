/**
 * What flexing brings out of an adapter, from the parameters of its file alone. Openings come by chance, so that only what is
 * all but certain is said (below one in a thousand to be otherwise); the rest lies at the limit, where nothing can be told:
 *
 *   openings   so many that a watch surely counts more than a few (100), surely none (0), or nobody knows (3)
 *   open       longest opening that surely happens, s; at most 1 ms where it may or may not happen
 */
import type { AdapterUnderTest, ThroughPin } from "../world/adapterUnderTest.ts";
import { throughPins } from "../world/adapterUnderTest.ts";
import type { PathList } from "../world/conductors.ts";

type Loose = NonNullable<NonNullable<AdapterUnderTest["paths"][ThroughPin]>["intermittent"]>;

/** Mean numbers of a Poisson count that is surely above 3, surely above 0, surely at most 3, surely 0. */
const many = 13;
const some = 7;
const few = 0.4;
const none = 1e-3;

export function flexTruth(adapter: AdapterUnderTest, list: PathList, flexed_s: number): Record<string, number> {
  const found = { openings: 0, open: 0 };
  for (const { open_s, per_s } of looseIn(adapter, list)) {
    const mean = flexed_s / (1 / per_s + open_s);
    found.openings = Math.max(found.openings, mean > many ? 100 : mean > few ? 3 : 0);
    found.open = Math.max(found.open, mean > some ? open_s : mean > none ? Math.min(open_s, 1e-3) : 0);
  }
  return found;
}

/** Loose contacts in the way of the watch loops of one inlet: family E's second ends on the first one's EV contacts. */
function looseIn({ paths, paths2 }: AdapterUnderTest, list: PathList): readonly Loose[] {
  const of = (from: AdapterUnderTest["paths"]): readonly Loose[] =>
    throughPins.flatMap((pin) => from[pin]?.intermittent ?? []);
  if (list === "paths") return of(paths);
  return [...of(paths2).filter(({ at }) => at !== "ev"), ...of(paths).filter(({ at }) => at === "ev")];
}
