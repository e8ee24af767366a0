/**
 * Which contacts go on which side so that a few measurements separate every pair of nets: in one polarity by binary
 * groups (instruments.md B1), in both by words of constant weight. Sound for leakage: a group reading is the parallel of
 * all its leaks, so if it meets the single-pair limit every pair does; a hit proves nothing until it is located.
 */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import { type Contact, pinOf } from "../../rig/model/contacts.ts";

export interface Group {
  readonly bit: number;
  readonly hi: readonly Contact[];
  readonly lo: readonly Contact[];
}

type Nets = readonly (readonly Contact[])[];

/**
 * ceil(log2 n) groups; net i is on HI in group b when bit b of i is set. Fewer than two nets: none. Every pair is apart
 * in some group, in one polarity that nobody chose.
 */
export function binaryGroups(nets: Nets): readonly Group[] {
  const bits = nets.length < 2 ? 0 : Math.ceil(Math.log2(nets.length));
  return groupsOf(
    nets,
    nets.map((_, i) => i),
    bits,
  );
}

/**
 * The fewest groups in which each of any two nets is once on HI while the other is on LO, so that a diode between them
 * is read in its direction. Each net's word of m bits has floor(m / 2) ones: of two such words each has a one where the
 * other has none. The least m with C(m, floor(m / 2)) words; no set of words that asks this of every pair is larger
 * (Sperner 1928). Fewer than two nets: none.
 */
export function polarGroups(nets: Nets): readonly Group[] {
  let bits = 0;
  while (binomial(bits, bits >> 1) < nets.length) bits += 1;
  const words: number[] = [];
  for (let word = 0; words.length < nets.length; word += 1) if (ones(word) === bits >> 1) words.push(word);
  return groupsOf(nets, words, bits);
}

const groupsOf = (nets: Nets, words: readonly number[], bits: number): readonly Group[] =>
  Array.from({ length: bits }, (_, bit) => {
    const side = (digit: number) => nets.filter((_net, i) => (((words[i] ?? 0) >> bit) & 1) === digit).flat();
    return { bit, hi: side(1), lo: side(0) };
  });

/** C(n, k). */
function binomial(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i += 1) count = (count * (n - k + i)) / i;
  return count;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/**
 * The same with earth's net always on LO, so that what feeds electronics against earth is never reversed: the others are read
 * against each other both ways, and each against earth with earth low. Without a net of earth: as `polarGroups`.
 */
export function earthLowGroups(nets: Nets): readonly Group[] {
  const earth = nets.find((net) => net.some((contact) => pinOf(contact) === "PE"));
  if (earth === undefined) return polarGroups(nets);
  const others = nets.filter((net) => net !== earth);
  // Each word has a one, and one net alone has none: it is read against earth.
  if (others.length === 1) return [{ bit: 0, hi: [...(others[0] ?? [])], lo: [...earth] }];
  return polarGroups(others).map(({ bit, hi, lo }) => ({ bit, hi, lo: [...lo, ...earth] }));
}

/**
 * Nets for the isolation screen: contacts joined by a declared part count as one net (the part has its own window), and
 * unpopulated contacts are nets of their own, because metal there is a fault.
 */
export function isolationNets(netlist: AdapterNetlist): Nets {
  const nets: Contact[][] = netlist.nets.map((net) => [...net]);
  for (const part of netlist.parts) {
    const from = nets.findIndex((net) => net.includes(part.from));
    const to = nets.findIndex((net) => net.includes(part.to));
    const absorbed = nets[to];
    if (from < 0 || to < 0 || from === to || !absorbed) continue;
    nets[from]?.push(...absorbed);
    nets.splice(to, 1);
  }
  return [...nets, ...netlist.unpopulated.map((contact) => [contact])];
}
