/**
 * Which contacts go on which side so that a few measurements separate every pair of nets (binary groups; instruments.md
 * B1). Sound for leakage: a group reading is the parallel of all its leaks, so if it meets the single-pair limit every
 * pair does; a hit proves nothing until it is located.
 */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import { type Contact, pinOf } from "../../rig/model/contacts.ts";

export interface Group {
  readonly bit: number;
  readonly hi: readonly Contact[];
  readonly lo: readonly Contact[];
}

/** ceil(log2 n) groups; net i is on HI in group b when bit b of i is set. Fewer than two nets: none. */
export function binaryGroups(nets: readonly (readonly Contact[])[]): readonly Group[] {
  const groups: Group[] = [];
  for (let bit = 0; 1 << bit < nets.length; bit += 1) {
    const side = (high: boolean) => nets.filter((_, i) => (((i >> bit) & 1) === 1) === high).flat();
    groups.push({ bit, hi: side(true), lo: side(false) });
  }
  return groups;
}

/** The same group with earth on the low side: what feeds electronics against earth is then never reversed. */
export const earthLow = (group: Group): Group =>
  group.hi.some((contact) => pinOf(contact) === "PE") ? { bit: group.bit, hi: group.lo, lo: group.hi } : group;

/**
 * Nets for the isolation screen: contacts joined by a declared part count as one net (the part has its own window), and
 * unpopulated contacts are nets of their own, because metal there is a fault.
 */
export function isolationNets(netlist: AdapterNetlist): readonly (readonly Contact[])[] {
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
