/**
 * The insulation domain on paper: the tester, its relays and nest N2 hang together with nothing else, even with every
 * relay closed, so that no pattern can feed it into a meter, a sensor, a computer or nest N1 (S6).
 */
import { type Bench, touchSafe_V } from "../model/bench.ts";
import { type Contact, isContact } from "../model/contacts.ts";
import { highVoltageTree, nodeInN2, type Tree } from "../model/highVoltage.ts";
import type { BenchDocument } from "./benchSchema.ts";
import type { Document } from "./document.ts";

type Doc = Document<BenchDocument>;

export function checkHighVoltage(document: Doc, bench: Bench): void {
  const given = document.value.high_voltage;
  const testers = Object.values(bench.instruments).filter((entry) => entry.kind === "insulation");
  const [tester, another] = testers;
  if (another) {
    document.refuse(["instruments", another.role], "is a second insulation tester", "N2 has exactly one: remove it");
  }
  if (!given && tester) {
    document.refuse(["instruments", tester.role], "needs the section high_voltage", "add it: contacts, codes, bleeder");
  }
  if (!given) {
    checkBleederKept(document, bench);
    return;
  }
  if (!tester)
    document.refuse(["high_voltage"], "no instrument is of kind insulation", "add one or remove the section");
  for (const terminal of ["high", "return", "earth"]) {
    if (tester && tester.terminals[terminal] === undefined) {
      document.refuse(["instruments", tester.role, "terminals"], `${terminal} is missing`, "name its node");
    }
  }
  checkContacts(document, given);
  const tree = highVoltageTree(bench);
  if (!tree) return;
  checkSeparate(document, bench, tree);
  checkBleederKept(document, bench);
  checkRatings(document, bench, tree);
  checkBleeder(document, bench, tree);
  checkStandard(document, bench, tree);
}

/** Relay boards that a guard and a start leave as they are: those of the tree, so that no charge is shut in, and no others. */
function checkBleederKept(document: Doc, bench: Bench): void {
  const own = highVoltageTree(bench)?.relays;
  for (const { role, kind, config } of Object.values(bench.instruments)) {
    if (kind !== "matrix") continue;
    const relays = Object.values(bench.relays).filter((relay) => relay.role === role);
    const path = ["instruments", role, "config", "keeps_bleeder"];
    const keeps = config["keeps_bleeder"] === true;
    if (!keeps && relays.some(({ id }) => own?.has(id)))
      document.refuse(path, "is missing, so that a guard would open the high-voltage tree on its charge", "write true");
    const other = relays.find(({ id }) => !own?.has(id));
    if (keeps && other) {
      const what = `would leave ${other.id} closed when the bench is made safe`;
      document.refuse(path, what, "remove it: it is only for relays of the high-voltage tree");
    }
  }
}

function checkContacts(document: Doc, given: NonNullable<BenchDocument["high_voltage"]>): void {
  for (const [field, list] of [
    ["contacts", given.contacts],
    ["reach", given.reach],
  ] as const) {
    list.forEach((contact, i) => {
      const path = ["high_voltage", field, i];
      if (!isContact(contact)) document.refuse(path, `"${contact}" is not a contact`, "write for instance evse.CP");
      if (list.indexOf(contact) !== i) document.refuse(path, `${contact} is named twice`, "name each contact once");
      if (!given.contacts.includes(contact)) {
        document.refuse(path, `N2 has no contact ${contact}`, "name one of high_voltage.contacts");
      }
    });
  }
  if (given.code === given.power_code) {
    document.refuse(["high_voltage", "code"], "is also the code of the power nest", "give each nest a code of its own");
  }
}

/** One reason is enough: a node of the domain that something else touches. */
function checkSeparate(document: Doc, bench: Bench, { tester, nodes }: Tree): void {
  const refuse = (path: readonly (string | number)[], node: string): void => {
    const what = `node ${node} hangs together with the insulation tester when relays close`;
    document.refuse(path, what, "separate the two netlists: N2 has no meter, sensor or wire of N1 in it");
  };
  for (const [role, entry] of Object.entries(bench.instruments)) {
    if (role === tester.role) continue;
    for (const [name, node] of Object.entries(entry.terminals)) {
      if (nodes.has(node)) refuse(["instruments", role, "terminals", name], node);
    }
  }
  for (const [name, { hi, lo }] of Object.entries(bench.channels)) {
    for (const [side, node] of Object.entries({ hi, lo })) {
      if (node !== undefined && nodes.has(node)) refuse(["channels", name, side], node);
    }
  }
  for (const { id, watch } of Object.values(bench.gpio.lines)) {
    watch?.forEach((node, i) => {
      if (nodes.has(node)) refuse(["gpio", "lines", id, "watch", i], node);
    });
  }
  for (const part of bench.parts) {
    if (part.type === "supply" && (nodes.has(part.from) || nodes.has(part.to))) refuse(["parts", part.id], part.from);
  }
  for (const tie of bench.ties) if (nodes.has(tie.node)) refuse(["ties", tie.id, "node"], tie.node);
  for (const relay of Object.values(bench.relays)) {
    const [some, every] = [relay.poles.flat().some((n) => nodes.has(n)), relay.poles.flat().every((n) => nodes.has(n))];
    if (some && !every) {
      document.refuse(["relays", relay.id, "poles"], "has poles in N2 and outside", "a relay belongs to one domain");
    }
  }
  bench.contacts.forEach((contact, i) => {
    if (nodes.has(contact)) refuse(["contacts", i], contact);
  });
}

function checkRatings(document: Doc, bench: Bench, { facts, tester, relays, edges, nodes }: Tree): void {
  const over = (path: readonly string[], field: string, limit_V: number): void => {
    if (limit_V >= facts.peak_V) return;
    document.refuse([...path, field], `${limit_V} V is below peak_V ${facts.peak_V} V`, "use one with a higher rating");
  };
  if (facts.peak_V > tester.max.voltage_V) {
    const what = `is above the ${tester.max.voltage_V} V of ${tester.role}`;
    document.refuse(["high_voltage", "peak_V"], what, "lower it");
  }
  if (facts.trip_A > tester.max.current_A) {
    const what = `is above the ${tester.max.current_A} A of ${tester.role}`;
    document.refuse(["high_voltage", "trip_A"], what, "lower it");
  }
  for (const id of relays) {
    const relay = bench.relays[id];
    const ratings = relay && bench.relayClasses[relay.class];
    if (!relay || !ratings) continue;
    over(["relay_classes", relay.class], "withstand_V", ratings.withstand_V);
    if (ratings.hotSwitch_V > 0 || ratings.hotSwitch_A > 0) {
      const what = `${id} is in the high-voltage tree, where nothing is switched under voltage`;
      document.refuse(["relay_classes", relay.class, "hot_switch_V"], what, "write 0");
    }
  }
  for (const edge of edges) if (edge.kind === "lead") over(["leads", edge.id], "withstand_V", edge.withstand_V);
  facts.contacts.forEach((contact: Contact, i) => {
    if (nodes.has(nodeInN2(contact))) return;
    document.refuse(["high_voltage", "contacts", i], `no relay reaches node ${nodeInN2(contact)}`, "add its relays");
  });
}

function checkBleeder(document: Doc, bench: Bench, { facts, high, earth }: Tree): void {
  const part = bench.parts.find(({ id }) => id === facts.bleeder);
  const path = ["high_voltage", "bleeder"];
  if (part?.type !== "resistor") {
    document.refuse(path, `${facts.bleeder} is no resistor of parts`, "name the resistor across the tester's output");
    return;
  }
  if (![part.from, part.to].includes(high) || ![part.from, part.to].includes(earth)) {
    document.refuse(
      path,
      `${part.id} does not join the tester's high and earth terminals`,
      "wire it so, without relay",
    );
  }
  const needs_s = part.ohm * (1 + part.tolerance) * facts.capacitance_F * Math.log(facts.peak_V / touchSafe_V);
  if (needs_s > facts.discharge_s) {
    const what = `${part.ohm} ohm brings ${facts.capacitance_F} F below ${touchSafe_V} V in ${needs_s.toFixed(2)} s only`;
    document.refuse(["high_voltage", "discharge_s"], what, "allow more time or use a smaller resistor");
  }
}

/** One known resistor from the bus to each contact, all alike. */
function checkStandard(document: Doc, bench: Bench, { facts }: Tree): void {
  facts.contacts.forEach((contact, i) => {
    const node = nodeInN2(contact);
    const ends = [facts.standardBus, node];
    const part = bench.parts.find(({ from, to }) => ends.includes(from) && ends.includes(to));
    if (part?.type === "resistor" && part.ohm === facts.standard_ohm) return;
    const what = `no resistor of ${facts.standard_ohm} ohm joins ${node} to ${facts.standardBus}`;
    document.refuse(
      ["high_voltage", "contacts", i],
      what,
      "add it: it proves the path to this contact before each run",
    );
  });
}
