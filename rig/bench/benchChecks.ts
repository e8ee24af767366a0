/** Cross references of a bench file: everything named exists, and whatever must be unique is. */
import { ops } from "../kinds/kinds.ts";
import { isContact } from "../model/contacts.ts";
import type { BenchDocument } from "./benchSchema.ts";
import type { Document, Path } from "./document.ts";
import { checkProtection } from "./protection.ts";

type Doc = Document<BenchDocument>;

export function checkBench(document: Doc): void {
  checkContacts(document);
  checkInstruments(document);
  checkRelays(document);
  checkNodes(document);
  checkChannels(document);
  checkLines(document);
  checkExclusive(document);
  checkProtection(document.value.protection, document.value.envelope, (path, what, remedy) =>
    document.refuse(path, what, remedy),
  );
  for (const [id, test] of Object.entries(document.value.proof_tests)) {
    if (test.due < test.done) document.refuse(["proof_tests", id, "due"], "is before done", "correct the dates");
  }
  refuseRepeats(
    document,
    document.value.waivers.map((waiver, i) => [waiver.id, ["waivers", i, "id"]]),
    "keep one",
  );
}

/** The second use of a value that must be unique is the one to point at. */
function refuseRepeats(document: Doc, uses: Iterable<readonly [string, Path]>, remedy: string): void {
  const seen = new Map<string, Path>();
  for (const [value, path] of uses) {
    const before = seen.get(value);
    if (before) document.refuse(path, `${value} is used twice, also by ${before.map(String).join(".")}`, remedy);
    seen.set(value, path);
  }
}

function checkContacts(document: Doc): void {
  const { contacts, leads, reach } = document.value;
  const wired = new Set(Object.values(leads).flatMap((lead) => [lead.from, lead.to]));
  contacts.forEach((contact, i) => {
    const path = ["contacts", i];
    if (!isContact(contact)) document.refuse(path, `"${contact}" is not a contact`, "write for instance evse.CP");
    if (!wired.has(contact)) document.refuse(path, `no lead reaches ${contact}`, "add its force and sense leads");
  });
  for (const [who, list] of Object.entries(reach)) {
    list.forEach((contact, i) => {
      if (contacts.includes(contact)) return;
      document.refuse(["reach", who, i], `the bench has no contact "${contact}"`, "name one of `contacts`");
    });
  }
  refuseRepeats(
    document,
    contacts.map((contact, i) => [contact, ["contacts", i]]),
    "name each contact once",
  );
}

function checkInstruments(document: Doc): void {
  const { instruments, ports } = document.value;
  const usedBy = new Map<string, string>();
  for (const [role, entry] of Object.entries(instruments)) {
    const path = ["instruments", role];
    if (!Object.hasOwn(ops, entry.kind)) {
      const known = Object.keys(ops).join(", ");
      document.refuse([...path, "kind"], `there is no kind "${entry.kind}"`, `write one of: ${known}`);
    }
    entry.ports.forEach((port, i) => {
      const where = [...path, "ports", i];
      if (!Object.hasOwn(ports, port)) document.refuse(where, `there is no port ${port}`, "add it under ports");
      const other = instruments[usedBy.get(port) ?? ""];
      if (other && other.model !== entry.model) {
        document.refuse(where, `port ${port} already belongs to another model`, "give each model a port of its own");
      }
      if (other && other.kind !== "matrix") {
        document.refuse(where, `port ${port} is used by ${usedBy.get(port)} too`, "only relay boards share a line");
      }
      usedBy.set(port, role);
    });
    refuseRepeats(
      document,
      entry.ports.map((port, i) => [port, [...path, "ports", i]]),
      "name each port once",
    );
  }
  refuseRepeats(
    document,
    Object.entries(ports).map(([id, port]) => [
      "tcp" in port ? `${port.tcp}:${port.port}` : port.serial,
      ["ports", id],
    ]),
    "give each port its own address",
  );
}

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

function checkRelays(document: Doc): void {
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

/**
 * A node that only one thing touches is a misspelt node, unless the file says that it ends there. Channels and
 * terminals count as users only of nodes that the netlist has.
 */
/** A watch loop ends on two nodes that a relay brings to the contacts; its line is an input and no interlock. */
function checkLoop(document: Doc, id: string): void {
  const { relays, gpio } = document.value;
  const line = gpio.lines[id];
  const path = ["gpio", "lines", id, "watch"];
  if (!line?.watch) return;
  if (line.direction === "out") document.refuse(path, "an output cannot watch a loop", "remove it");
  if (line.healthy !== undefined) document.refuse(path, "an interlock cannot watch a loop", "remove one of the two");
  const wired = new Set(Object.values(relays).flatMap(({ poles }) => poles.flat()));
  const missing = line.watch.find((node) => !wired.has(node));
  if (missing !== undefined) document.refuse(path, `no relay joins the node ${missing}`, "correct the node");
}

function checkNodes(document: Doc): void {
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

function checkChannels(document: Doc): void {
  const { channels, instruments } = document.value;
  const names = Object.keys(channels);
  refuseRepeats(
    document,
    names.map((name) => [`channel ${channels[name]?.channel}`, ["channels", name, "channel"]]),
    "each channel has one number",
  );
  if (names.length > 0 && !Object.values(instruments).some((entry) => entry.kind === "daq")) {
    document.refuse(["channels"], "no instrument of kind daq reads these", "add one under instruments");
  }
}

function checkLines(document: Doc): void {
  const lines = Object.entries(document.value.gpio.lines);
  refuseRepeats(
    document,
    lines.map(([id, line]) => [`line ${line.line}`, ["gpio", "lines", id, "line"]]),
    "each signal has a line of its own",
  );
  for (const [id, line] of lines) {
    if (line.direction === "out" && line.healthy !== undefined) {
      document.refuse(["gpio", "lines", id, "healthy"], "an output cannot be an interlock", "remove it");
    }
    checkLoop(document, id);
    for (const mark of ["access", "watchdog"] as const) {
      if (line[mark] && line.healthy === undefined) {
        document.refuse(["gpio", "lines", id, mark], "is only for interlocks", "add healthy or remove it");
      }
    }
  }
  for (const required of ["EN", "WD"]) {
    if (document.value.gpio.lines[required]?.direction !== "out") {
      document.refuse(["gpio", "lines"], `the output line ${required} is missing`, "add it: the guard drives it");
    }
  }
  if (!lines.some(([, line]) => line.healthy !== undefined)) {
    document.refuse(["gpio", "lines"], "no line is an interlock", "give the emergency stop and lid lines `healthy`");
  }
}

function checkExclusive(document: Doc): void {
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
