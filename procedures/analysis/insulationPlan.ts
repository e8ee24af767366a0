/**
 * What is tested against what at high voltage: the poles against each other, then both poles against everything else
 * (bench.md N2). Pure: adapter type and netlist in, groups of contacts out.
 */
import { type AdapterNetlist, type AdapterType, families } from "../../rig/model/adapter.ts";
import { type Contact, pinOf } from "../../rig/model/contacts.ts";
import { RigError } from "../../rig/model/errors.ts";

export type Cluster = readonly (readonly Contact[])[];

export interface TestedPair {
  readonly id: "poles" | "bundle";
  /** In words, for the record. */
  readonly what: string;
  readonly hi: readonly (readonly Contact[])[];
  readonly lo: readonly (readonly Contact[])[];
  /** Nets of each side that a search for a leak keeps at one potential, because a part or electronics may join them. */
  readonly together: { readonly hi: readonly Cluster[]; readonly lo: readonly Cluster[] };
  /** A declared part lies between the two sides: never tested at high voltage. */
  readonly part?: string;
}

export const highestClass_V = 1000;

/**
 * IEC classes of the label's voltage (domain.md IR.V, K / H): up to 500 V, or 1000 V, which is the highest. Refuses what is no
 * voltage: no class would be the right one.
 */
export function voltageClass(rated_V: number): 500 | 1000 {
  if (!(rated_V >= 0) || !Number.isFinite(rated_V)) {
    const found = `a rated voltage of ${rated_V} V has no class`;
    throw new RigError("ADAPTER_INVALID", `${found}: correct rating.voltage_V of the adapter type`);
  }
  return rated_V <= 500 ? 500 : 1000;
}

/**
 * Nets by role; `unpopulated` contacts go with the bundle, because metal there is a fault. Refuses a netlist that leaves one
 * side of a pair empty: a voltage against nothing always holds.
 */
export function insulationPairs(type: AdapterType, netlist: AdapterNetlist): readonly TestedPair[] {
  const poles = families[type.family].power.map((pole) =>
    netlist.nets.filter((net) => net.some((contact) => pole.includes(contact))),
  );
  const [plus = [], minus = []] = poles;
  const live = [...plus, ...minus];
  const bundle = [
    ...netlist.nets.filter((net) => !live.includes(net)),
    ...netlist.unpopulated.map((contact): readonly Contact[] => [contact]),
  ];
  return [
    checked(netlist, { id: "poles", what: `${named(plus)} to ${named(minus)}`, hi: plus, lo: minus }),
    checked(netlist, { id: "bundle", what: `${named(live)} to ${named(bundle)}`, hi: live, lo: bundle }),
  ];
}

function checked(netlist: AdapterNetlist, sides: Omit<TestedPair, "together" | "part">): TestedPair {
  const [hi, lo] = [sides.hi.flat(), sides.lo.flat()];
  if (hi.length === 0 || lo.length === 0) {
    const found = `nothing on one side of the pair "${sides.id}" of the insulation test`;
    throw new RigError("ADAPTER_INVALID", `${found}: the adapter type has no such contacts, correct it`);
  }
  const pair = { ...sides, together: { hi: clusters(sides.hi, netlist), lo: clusters(sides.lo, netlist) } };
  const between = netlist.parts.find(
    ({ from, to }) => (hi.includes(from) && lo.includes(to)) || (lo.includes(from) && hi.includes(to)),
  );
  return between ? { ...pair, part: between.what } : pair;
}

function clusters(nets: Cluster, netlist: AdapterNetlist): readonly Cluster[] {
  const joined = (a: readonly Contact[], b: readonly Contact[]): boolean =>
    netlist.parts.some(({ from, to }) => (a.includes(from) && b.includes(to)) || (b.includes(from) && a.includes(to)));
  // Nobody says where electronics sit (rig/model/adapter.ts): between signals, or from one of them to earth.
  const delicate = (net: readonly Contact[]): boolean => net.some((one) => netlist.electronics?.includes(one) === true);
  const earth = (net: readonly Contact[]): boolean => net.some((contact) => pinOf(contact) === "PE");
  const meet = (a: readonly Contact[], b: readonly Contact[]): boolean =>
    joined(a, b) || (delicate(a) && (delicate(b) || earth(b))) || (delicate(b) && earth(a));
  let found: readonly Cluster[] = [];
  for (const net of nets) {
    const mine = found.filter((cluster) => cluster.some((other) => meet(net, other)));
    found = [...found.filter((cluster) => !mine.includes(cluster)), [...mine.flat(), net]];
  }
  return found;
}

export const named = (nets: readonly (readonly Contact[])[]): string =>
  nets.map((net) => net[0]?.replace(/^[a-z0-9]+\./, "") ?? "").join(", ");

/**
 * For the proof that the adapter's metal touches the halves: contacts to drive, and how many contacts of the nest must
 * then be one conductor. One contact of each net is enough for it to be driven; the net brings its others. Within a group
 * nothing of the adapter is left at another potential.
 */
export function matingGroups(
  type: AdapterType,
  netlist: AdapterNetlist,
): readonly { readonly id: string; readonly drive: readonly Contact[]; readonly expected: number }[] {
  const [poles] = insulationPairs(type, netlist);
  const live = [...(poles?.hi ?? []), ...(poles?.lo ?? [])];
  const bundle = netlist.nets.filter((net) => !live.includes(net));
  // Driven at the vehicle's end, so that the way through the adapter is what is proved.
  const end = (net: readonly Contact[]): readonly Contact[] => net.slice(-1);
  const group = (id: string, nets: readonly (readonly Contact[])[]) => ({
    id,
    drive: nets.flatMap(end),
    expected: nets.flat().length,
  });
  return [...live.map((net) => group(net.at(-1) ?? "", [net])), group("bundle", bundle)];
}
