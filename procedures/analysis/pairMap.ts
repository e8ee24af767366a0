/** What the pair map says, in words: opens, shorts, swaps, leaks and diodes, by contact id. */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import { type Contact, pinOf } from "../../rig/model/contacts.ts";

/** One pair as measured in both polarities by the leakage circuit. */
export interface PairReading {
  readonly a: Contact;
  readonly b: Contact;
  /** Resistance with `a` positive and with `b` positive, ohm; Infinity stands for above range. */
  readonly forward_ohm: number;
  readonly reverse_ohm: number;
}

export interface Found {
  readonly a: Contact;
  readonly b: Contact;
  /** unread: one polarity gave no number, so nothing is known of the pair. */
  readonly is: "path" | "short" | "open" | "leak" | "diode" | "unread";
  readonly ohm: number | null;
}

/** Below this a pair counts as joined. The leakage circuit resolves some 100 ohm behind its 100 kohm. */
const joined_ohm = 2000;
/** A polarity that differs by more than this factor is a diode. */
const diode_ratio = 20;

/** Classifies every pair; expected paths that conduct are `path`, those that do not are `open`; NaN is never apart. */
export function classify(
  netlist: AdapterNetlist,
  pairs: readonly PairReading[],
  leak_min_ohm: number,
): readonly Found[] {
  const found: Found[] = [];
  for (const pair of pairs) {
    const expected = netlist.nets.some((net) => net.includes(pair.a) && net.includes(pair.b));
    const declared = netlist.parts.some((p) => bothOf(p, pair));
    const low = Math.min(pair.forward_ohm, pair.reverse_ohm);
    const high = Math.max(pair.forward_ohm, pair.reverse_ohm);
    const ohm = Number.isFinite(low) ? low : null;
    const at = { a: pair.a, b: pair.b };
    if (Number.isNaN(low) || low === Number.NEGATIVE_INFINITY) found.push({ ...at, is: "unread", ohm: null });
    else if (high > low * diode_ratio && low < leak_min_ohm) found.push({ ...at, is: "diode", ohm });
    else if (expected) found.push({ ...at, is: low < joined_ohm ? "path" : "open", ohm });
    else if (declared) continue;
    else if (low < joined_ohm) found.push({ ...at, is: "short", ohm });
    else if (low < leak_min_ohm) found.push({ ...at, is: "leak", ohm });
  }
  return found;
}

const bothOf = (part: { from: Contact; to: Contact }, pair: { a: Contact; b: Contact }): boolean =>
  (part.from === pair.a && part.to === pair.b) || (part.from === pair.b && part.to === pair.a);

/** The most telling sentence about a map, for the technician; the contacts it is about. */
export function explain(found: readonly Found[]): { readonly words: string; readonly contacts: readonly Contact[] } {
  const opens = found.filter((f) => f.is === "open");
  const shorts = found.filter((f) => f.is === "short");
  const crossed = shorts.filter((f) => pinOf(f.a) !== pinOf(f.b) && faceDiffers(f));
  const swap = findSwap(opens, crossed);
  if (swap) return { words: `${swap[0]} and ${swap[1]} are swapped between the faces`, contacts: ends(crossed) };
  const diode = found.find((f) => f.is === "diode");
  if (diode && pinOf(diode.a) === pinOf(diode.b)) {
    return { words: `${pinOf(diode.a)} conducts one way only: a diode is in the path`, contacts: [diode.a, diode.b] };
  }
  const open = opens[0];
  if (open && shorts.length === 0) {
    const names = opens.map((f) => pinOf(f.a)).join(", ");
    return { words: `${names} is open between the faces`, contacts: opens.flatMap((f) => [f.a, f.b]) };
  }
  const through = shorts.find((f) => pinOf(f.a) === pinOf(f.b));
  if (through) {
    const pin = pinOf(through.a);
    const words = `${pin} passes through the adapter, but this type must keep ${through.a} and ${through.b} apart`;
    return { words, contacts: [through.a, through.b] };
  }
  if (shorts.length > 0) {
    const names = [...new Set(shorts.map((f) => [pinOf(f.a), pinOf(f.b)].sort().join(" and ")))];
    return { words: `${names.join("; ")} are shorted together`, contacts: ends(shorts) };
  }
  const worst = found.filter((f) => f.is === "leak" || f.is === "diode").sort((x, y) => (x.ohm ?? 0) - (y.ohm ?? 0))[0];
  if (worst) {
    const ohm = worst.ohm === null ? "some" : `${Number(worst.ohm.toPrecision(3))} ohm`;
    const pins = [pinOf(worst.a), pinOf(worst.b)].sort((x, y) => order.indexOf(x) - order.indexOf(y));
    // The same leak is read at both faces of a conductor: which of them is nearer no reading can tell.
    const alike = found.filter((f) => (f.is === "leak" || f.is === "diode") && isAlike(f, worst));
    return { words: `${ohm} of leakage between ${pins.join(" and ")}`, contacts: ends(alike) };
  }
  const unread = found.filter((f) => f.is === "unread");
  if (unread.length > 0) {
    const pairs = unread.map((f) => `${f.a} to ${f.b}`).join(", ");
    return { words: `no reading of ${pairs}`, contacts: ends(unread) };
  }
  return { words: "the isolation screen failed, but no single pair explains it", contacts: [] };
}

/** In which pins are named. */
const order: readonly string[] = ["DC+", "DC-", "L1", "L2N", "PE", "CP", "PP"];
/** Between the same two pins and no larger than the readings of one leak may differ. */
const isAlike = (f: Found, worst: Found): boolean =>
  (f.ohm ?? 0) <= 1.05 * (worst.ohm ?? 0) &&
  [pinOf(f.a), pinOf(f.b)].sort().join() === [pinOf(worst.a), pinOf(worst.b)].sort().join();

const faceDiffers = (f: Found): boolean => f.a.split(".")[0] !== f.b.split(".")[0];
const ends = (found: readonly Found[]): readonly Contact[] => [...new Set(found.flatMap((f) => [f.a, f.b]))];

/** Whether a pair joins the same two pins with the faces exchanged. */
const joins = (f: Found, [a, b]: readonly [Contact, Contact]): boolean =>
  [f.a, f.b].every((contact) => contact !== a && contact !== b && [pinOf(a), pinOf(b)].includes(pinOf(contact)));

function findSwap(opens: readonly Found[], crossed: readonly Found[]): readonly [string, string] | undefined {
  for (const one of crossed) {
    const [x, y] = [pinOf(one.a), pinOf(one.b)];
    const other = crossed.some((f) => f !== one && joins(f, [one.a, one.b]));
    const bothOpen = [x, y].every((pin) => opens.some((f) => pinOf(f.a) === pin));
    if (other && bothOpen) return [x, y];
  }
  return undefined;
}
