/** Nodes of a bench file's netlist: each is spelt alike wherever it is touched. */
import type { BenchDocument } from "./benchSchema.ts";
import type { Document, Path } from "./document.ts";
import { refuseRepeats } from "./repeats.ts";

type Doc = Document<BenchDocument>;

/**
 * A node that only one thing touches is a misspelt node, unless the file says that it ends there. Channels and
 * terminals count as users only of nodes that the netlist has.
 */
export function checkNodes(document: Doc): void {
  const file = document.value;
  const uses = new Map<string, { count: number; path: Path }>();
  const use = (node: string, path: Path): void => {
    const known = uses.get(node);
    if (known) known.count++;
    else uses.set(node, { count: 1, path });
  };
  const pair = (from: string, to: string, path: Path): void => {
    if (from === to) document.refuse(path, `joins ${from} to itself`, "correct one of the two nodes");
    use(from, path);
    use(to, path);
  };
  for (const [id, relay] of Object.entries(file.relays)) {
    for (const [i, [from, to]] of relay.poles.entries()) pair(from, to, ["relays", id, "poles", i]);
  }
  for (const [id, lead] of Object.entries(file.leads)) pair(lead.from, lead.to, ["leads", id]);
  for (const [id, part] of Object.entries(file.parts)) pair(part.from, part.to, ["parts", id]);
  const open = new Set(file.open_ends);
  for (const [role, entry] of Object.entries(file.instruments)) {
    for (const [terminal, node] of Object.entries(entry.terminals)) {
      const path = ["instruments", role, "terminals", terminal];
      if (!uses.has(node) && !open.has(node)) document.refuse(path, `there is no node ${node}`, "correct the node");
      use(node, path);
    }
  }
  for (const [id, tie] of Object.entries(file.ties)) {
    if (!uses.has(tie.node)) document.refuse(["ties", id, "node"], `there is no node ${tie.node}`, "correct the node");
  }
  for (const [node, { count, path }] of uses) {
    if (count === 1 && !open.has(node)) {
      const remedy = "correct its spelling, or list it under open_ends";
      document.refuse(path, `nothing else touches node ${node}`, remedy);
    }
  }
  refuseRepeats(
    document,
    file.open_ends.map((node, i) => [node, ["open_ends", i]]),
    "name each once",
  );
  const measured = new Set(
    Object.values(file.channels).flatMap((one) => (one.measure === "V" ? [one.hi, one.lo] : [])),
  );
  file.open_ends.forEach((node, i) => {
    if (!uses.has(node) && !measured.has(node)) {
      document.refuse(["open_ends", i], `there is no node ${node}`, "remove it or correct its spelling");
    }
  });
  checkChannelNodes(document, new Set([...uses.keys(), ...open]));
}

function checkChannelNodes(document: Doc, known: ReadonlySet<string>): void {
  for (const [name, channel] of Object.entries(document.value.channels)) {
    if (channel.measure !== "V") continue;
    for (const side of ["hi", "lo"] as const) {
      const node = channel[side];
      if (!known.has(node)) {
        document.refuse(["channels", name, side], `there is no node ${node}`, "correct the node");
      }
    }
    if (channel.hi === channel.lo) document.refuse(["channels", name, "lo"], "is the same node as hi", "correct one");
  }
}
