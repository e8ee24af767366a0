/**
 * What follows from a bench's netlist for the insulation domain: which nodes and relays the tester could ever reach,
 * with every relay closed. Safety, the bench file's checks and the twin all ask here.
 */
import type { Bench, HighVoltage, InstrumentEntry, Node } from "./bench.ts";
import type { Contact } from "./contacts.ts";
import { type Edge, edgesOf, Joined } from "./netlist.ts";

export interface Tree {
  readonly tester: InstrumentEntry;
  readonly facts: HighVoltage;
  readonly high: Node;
  readonly back: Node;
  readonly earth: Node;
  /** Everything that hangs together with the tester when all relays are closed. */
  readonly nodes: ReadonlySet<Node>;
  readonly relays: ReadonlySet<string>;
  /** Elements of the domain. */
  readonly edges: readonly Edge[];
}

export const nodeInN2 = (contact: Contact): Node => `N2.${contact}`;

const trees = new WeakMap<Bench, Tree | null>();

/** Undefined on a bench without an insulation tester. */
export function highVoltageTree(bench: Bench): Tree | undefined {
  const known = trees.get(bench);
  if (known !== undefined) return known ?? undefined;
  const made = makeTree(bench);
  trees.set(bench, made ?? null);
  return made;
}

function makeTree(bench: Bench): Tree | undefined {
  const { highVoltage: facts } = bench;
  const tester = Object.values(bench.instruments).find((entry) => entry.kind === "insulation");
  const { high, return: back, earth } = tester?.terminals ?? {};
  if (!facts || !tester || high === undefined || back === undefined || earth === undefined) return undefined;
  const all = edgesOf(bench);
  const joined = new Joined(all);
  const own = new Set([high, back, earth].map((node) => joined.find(node)));
  const edges = all.filter((edge) => own.has(joined.find(edge.from)));
  const nodes = new Set<Node>([high, back, earth, ...edges.flatMap(({ from, to }) => [from, to])]);
  const relays = new Set(edges.filter(({ kind }) => kind === "relay").map(({ id }) => id));
  return { tester, facts, high, back, earth, nodes, relays, edges };
}

/** Nest code by its coding lines; undefined when one of them has not been read. */
export function nestCodeOf(lines: Readonly<Record<string, boolean>>): number | undefined {
  let code = 0;
  for (const bit of [0, 1, 2, 3]) {
    const level = lines[`NEST${bit}`];
    if (level === undefined) return undefined;
    if (level) code += 1 << bit;
  }
  return code;
}
