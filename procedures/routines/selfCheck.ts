/**
 * The rig checks itself on the empty nest before an adapter is fitted: emergency-stop circuit, contactors, shorted
 * reference (and that each missing lead is noticed), open fixture. The shorted reference comes before
 * the open fixture, because it names the wire. Without it no earth reading can pass (S9).
 */
import type { Contact } from "../../rig/model/contacts.ts";
import { nestCodeOf } from "../../rig/model/highVoltage.ts";
import type { Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { ask, call, judge, step } from "../../rig/plan/words.ts";
import { binaryGroups, type Group } from "../analysis/groups.ts";
import { contactorsOpen } from "./benchCheck.ts";
import { minutes } from "./durations.ts";
import { through } from "./fourWire.ts";
import { leakage } from "./leakage.ts";
import { gpio } from "./roles.ts";
import { disconnect } from "./switching.ts";
import { truth } from "./truth.ts";

/** On the halves of this run. */
export const selfCheckStep = ({ wiring, fixture }: ProcedureContext): Plan<void> =>
  step("Rig self-check", () => selfCheck(wiring, fixture), { deadline_s: minutes(30), takes_s: 90 });

export function* selfCheck(wiring: Wiring, contacts: readonly Contact[]): Plan<void> {
  yield* step("Nest is empty", emptyNest, { deadline_s: minutes(10), takes_s: 1 });
  yield* step("Emergency-stop circuit", emergencyStop, { deadline_s: minutes(10), takes_s: 10 });
  yield* step("Contactors", contactorsOpen, { deadline_s: 60, takes_s: 1 });
  yield* step("Shorted reference", () => shortedReference(wiring, contacts), {
    deadline_s: minutes(10),
    takes_s: 60,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  yield* step("Open fixture", () => openFixture(wiring, contacts), {
    deadline_s: minutes(5),
    takes_s: 10,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
}

/** The adapter of the run before may still be there: then somebody is asked to take it out. */
export function* emptyNest(): Plan<void> {
  if ((yield* nestNow()) !== 0) {
    yield* ask({
      id: "empty-nest",
      title: "Empty the nest",
      text: "Take the adapter out of the nest and close both lids: the bench checks itself empty first.",
      kind: "confirm",
      timeout_s: 300,
      action: { do: "remove" },
    });
  }
  yield* nestCode(0, "the nest is not empty");
}

/** The nest tells by coding lines what is in it: 0 empty, 1 an adapter in N1; NaN when a line was not read. */
function* nestNow(): Plan<number> {
  const lines: Readonly<Record<string, boolean>> = yield* call(gpio, "read", {});
  return nestCodeOf(lines) ?? Number.NaN;
}

export function* nestCode(expected: number, meaning: string): Plan<void> {
  const code = yield* nestNow();
  yield* truth(
    "rig.nest",
    code === expected,
    `nest code ${code}`,
    `${meaning} (nest code ${code})`,
    `rig.nest/${expected}`,
  );
}

export function* emergencyStop(): Plan<void> {
  yield* ask({
    id: "press-emergency-stop",
    title: "Emergency stop",
    text: "Press the emergency stop and leave it pressed.",
    kind: "confirm",
    timeout_s: 300,
    action: { do: "estop", pressed: true },
  });
  const pressed = yield* call(gpio, "read", {});
  yield* truth(
    "rig.estop",
    pressed["ESTOP"] === false,
    `ESTOP ${pressed["ESTOP"] ? "high" : "low"} while pressed`,
    "the emergency stop was pressed, but its line did not drop",
    "rig.estop/pressed",
  );
  yield* ask({
    id: "release-emergency-stop",
    title: "Emergency stop",
    text: "Release the emergency stop and reset the safety relay.",
    kind: "confirm",
    timeout_s: 300,
    action: { do: "estop", pressed: false },
  });
  const released = yield* call(gpio, "read", {});
  yield* truth(
    "rig.estop",
    released["ESTOP"] === true,
    `ESTOP ${released["ESTOP"] ? "high" : "low"} after release`,
    "the emergency-stop line stays low after release",
    "rig.estop/released",
  );
}

/** S9: more than 1e6 ohm between the PE contacts; then every pair of contacts by binary groups. */
export function* openFixture(wiring: Wiring, contacts: readonly Contact[]): Plan<void> {
  const earth = yield* leakage(wiring, ["evse.PE"], ["ev.PE"], 12);
  yield* judge("rig.pe.open.r", earth, {
    contacts: ["evse.PE", "ev.PE"],
    meaning: "the two PE contacts are joined with no adapter fitted: an earth tie is closed or a relay is welded",
  });
  for (const group of binaryGroups(contacts.map((contact) => [contact]))) {
    const open = yield* leakage(wiring, group.hi, group.lo, 5);
    const joined = isOpen(open) ? [] : yield* locate(wiring, group);
    const names = joined.length > 0 ? joined.join(" and ") : `contacts of group ${group.bit}`;
    yield* judge("rig.open.r", open, {
      id: `rig.open.r/${group.bit}`,
      contacts: joined,
      meaning: `${names} are joined in the empty fixture: a relay is welded or wires touch`,
    });
  }
}

/** Far below any insulation and far above any path: only for deciding whether to search. */
const isOpen = (r: Reading<"ohm">): boolean => r.is === "above" || (r.is === "value" && r.value > 1e7);

/** One contact against the other side, then against each of it: the pairs that are joined. */
function* locate(wiring: Wiring, group: Group): Plan<readonly Contact[]> {
  const found = new Set<Contact>();
  for (const hi of group.hi) {
    if (isOpen(yield* leakage(wiring, [hi], group.lo, 5))) continue;
    for (const lo of group.lo) {
      if (isOpen(yield* leakage(wiring, [hi], [lo], 5))) continue;
      found.add(hi);
      found.add(lo);
    }
  }
  return [...found];
}

/** All four wires of the meter on one contact read about zero; leaving out any one relay must be noticed. */
function* shortedReference(wiring: Wiring, contacts: readonly Contact[]): Plan<void> {
  const routes = contacts.map((contact) => ({ contact, route: wiring.shorted(contact) }));
  const shared = new Set(
    routes[0]?.route.relays.filter((id) => routes.every(({ route }) => route.relays.includes(id))),
  );
  for (const { contact, route } of routes) {
    const short = yield* through(route, "power");
    yield* judge("rig.short.r", short, {
      id: `rig.short.r/${contact}`,
      contacts: [contact],
      meaning: `the four wires to ${contact} do not meet: a wire of the matrix is open or on another contact`,
    });
    // What all routes share is left out once, with the first contact.
    for (const left of route.relays.filter((id) => !shared.has(id) || contact === contacts[0])) {
      const partial = { ...route, relays: route.relays.filter((id) => id !== left) };
      const r = yield* through(partial, "power");
      yield* truth(
        "rig.contact.open",
        r.is === "above" || (r.is === "invalid" && r.code === "contact-error"),
        `${left} open: ${r.raw}`,
        `${left} was left open and the meter still read through it: the relay is welded or bridged`,
        `rig.contact.open/${left}`,
      );
    }
  }
}
