/** What the fault classes have in common: picking from a site, and changing the draft of an adapter file. */
import type { Contact, Pin } from "../../../rig/model/contacts.ts";
import type { Random } from "../random.ts";
import type { Draft, FaultClass, Severity, Site } from "./faultClass.ts";

export const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random.next() * list.length)] as T;

export function two<T>(list: readonly T[], random: Random): readonly [T, T] {
  const first = Math.floor(random.next() * list.length);
  const second = (first + 1 + Math.floor(random.next() * (list.length - 1))) % list.length;
  return [list[first] as T, list[second] as T];
}

export type Paths = NonNullable<Draft["paths"]>;
type Path = NonNullable<Paths[keyof Paths]>;

export function pathIn(draft: Draft, pin: Pin, { list = "paths" }: Site): Path {
  draft[list] ??= {};
  const paths = draft[list] as Record<string, Path>;
  paths[pin] ??= {};
  return paths[pin];
}

export const elements = ["evse_contact_ohm", "bar_ohm", "ev_contact_ohm"] as const;

/** More resistance in a contact or the bar of one of the pins. */
export function addSeries(pins: readonly Pin[]): FaultClass["apply"] {
  return (draft, ohm, random, site) => {
    const path = pathIn(draft, pick(passing(pins, site), random), site);
    const element = pick(elements, random);
    path[element] = (path[element] ?? 0) + ohm;
  };
}

export const passing = (pins: readonly Pin[], site: Site): readonly Pin[] =>
  pins.filter((pin) => site.pins.includes(pin) && !(pin === "PP" && site.topology === "LOCAL"));

/** Two contacts of different conductors. */
export function twoNets(site: Site, random: Random): [Contact, Contact] {
  for (;;) {
    const [a, b] = two(site.contacts, random);
    if (a.split(".")[1] !== b.split(".")[1]) return [a, b];
  }
}

export function leakBetween(pins: readonly [Pin, Pin]): FaultClass["apply"] {
  return (draft, ohm, random, site) => {
    const at = (pin: Pin): Contact =>
      pick(
        site.contacts.filter((contact) => contact.endsWith(`.${pin}`)),
        random,
      );
    draft.leaks = [...(draft.leaks ?? []), { between: [at(pins[0]), at(pins[1])], ohm }];
  };
}

/** A resistance off its nominal value by this factor less one, up or down. */
export const off = (nominal: number, by: number, random: Random): number =>
  random.next() < 0.5 ? nominal * (1 + by) : nominal / (1 + by);

export const thermalOf = (draft: Draft): NonNullable<Draft["thermal"]> => {
  draft.thermal ??= {};
  return draft.thermal;
};

export const ohm = (from: number, to: number, gross: Severity["gross"]): Severity => ({ unit: "ohm", from, to, gross });
