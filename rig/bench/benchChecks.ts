/** Cross references of a bench file: everything named exists, and whatever must be unique is. */
import { ops } from "../kinds/kinds.ts";
import { isContact } from "../model/contacts.ts";
import type { BenchDocument } from "./benchSchema.ts";
import type { Document } from "./document.ts";
import { checkNodes } from "./nodeChecks.ts";
import { checkProtection } from "./protection.ts";
import { checkExclusive, checkRelays } from "./relayChecks.ts";
import { refuseRepeats } from "./repeats.ts";

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
