/** Relays of a bench file: the board, output and mirror of each, and groups of them that exclude each other. */
import type { BenchDocument } from "./benchSchema.ts";
import type { Document, Path } from "./document.ts";
import { refuseRepeats } from "./repeats.ts";

type Doc = Document<BenchDocument>;

interface Board {
  readonly address: number;
  readonly outputs: number;
}

/** `config.boards` of a relay role; the bench needs addresses and outputs to check relays against them. */
function boardsOf(document: Doc, role: string): readonly Board[] {
  const path = ["instruments", role, "config", "boards"];
  const list = document.value.instruments[role]?.config["boards"];
  if (!Array.isArray(list) || list.length === 0) {
    return document.refuse(path, "is missing", "list its boards: [{ address: 1, outputs: 32 }]");
  }
  return list.map((item, i): Board => {
    const board = item as { readonly address?: unknown; readonly outputs?: unknown } | null;
    const { address, outputs } = board ?? {};
    if (!Number.isInteger(address) || !Number.isInteger(outputs) || Number(outputs) < 1) {
      return document.refuse([...path, i], "is not a board", "write { address: 1, outputs: 32 }");
    }
    return { address: Number(address), outputs: Number(outputs) };
  });
}

export function checkRelays(document: Doc): void {
  const { relays, relay_classes, instruments, gpio } = document.value;
  const boards = new Map<string, readonly Board[]>();
  const addresses: [string, Path][] = [];
  for (const [role, entry] of Object.entries(instruments)) {
    if (entry.kind !== "matrix") continue;
    const list = boardsOf(document, role);
    boards.set(role, list);
    list.forEach((board, i) => {
      addresses.push([
        `${entry.ports[0] ?? role} address ${board.address}`,
        ["instruments", role, "config", "boards", i],
      ]);
    });
  }
  refuseRepeats(document, addresses, "each board on a line needs its own address");
  const outputs: [string, Path][] = [];
  const mirrors: [string, Path][] = [];
  for (const [id, relay] of Object.entries(relays)) {
    const path = ["relays", id];
    if (!Object.hasOwn(relay_classes, relay.class)) {
      document.refuse([...path, "class"], `there is no relay class ${relay.class}`, "add it under relay_classes");
    }
    const list = boards.get(relay.role);
    if (!list)
      document.refuse([...path, "role"], `no instrument of kind matrix has the role ${relay.role}`, "correct it");
    const board = list?.find((one) => one.address === relay.board);
    if (!board) document.refuse([...path, "board"], `${relay.role} has no board ${relay.board}`, "correct the address");
    if (board && relay.output >= board.outputs) {
      const last = board.outputs - 1;
      document.refuse([...path, "output"], `board ${relay.board} ends at output ${last}`, "outputs count from 0");
    }
    outputs.push([`${relay.role} board ${relay.board} output ${relay.output}`, [...path, "output"]]);
    if (relay.mirror === undefined) continue;
    if (gpio.lines[relay.mirror]?.direction !== "in") {
      document.refuse([...path, "mirror"], `${relay.mirror} is not an input line`, "add it under gpio.lines");
    }
    mirrors.push([relay.mirror, [...path, "mirror"]]);
  }
  refuseRepeats(document, outputs, "each relay needs an output of its own");
  refuseRepeats(document, mirrors, "each mirror contact needs a line of its own");
}

export function checkExclusive(document: Doc): void {
  const ids = Object.keys(document.value.relays);
  const matches = (pattern: string): readonly string[] =>
    pattern.endsWith("*")
      ? ids.filter((id) => id.startsWith(pattern.slice(0, -1)))
      : ids.filter((id) => id === pattern);
  for (const [rule, { groups }] of Object.entries(document.value.exclusive)) {
    if (Object.keys(groups).length < 2) {
      document.refuse(
        ["exclusive", rule, "groups"],
        "has fewer than two groups",
        "name the groups that exclude each other",
      );
    }
    const members: [string, Path][] = [];
    for (const [group, patterns] of Object.entries(groups)) {
      patterns.forEach((pattern, i) => {
        const path = ["exclusive", rule, "groups", group, i];
        const found = matches(pattern);
        if (found.length === 0) document.refuse(path, `no relay matches ${pattern}`, "correct its spelling");
        for (const id of found) members.push([id, path]);
      });
    }
    refuseRepeats(document, members, "a relay belongs to one group of a rule");
  }
}
