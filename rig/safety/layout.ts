/**
 * What the rules must know of a bench, found in its netlist once: which relays carry power, which open the taps, which
 * terminals give energy, which channels watch. No relay or node is known by its name.
 */
import type { Bench, DaqChannel, Node } from "../model/bench.ts";
import type { Contact, Pin } from "../model/contacts.ts";
import { faceOf, pinOf } from "../model/contacts.ts";
import { type Edge, edgesOf, Joined } from "../model/netlist.ts";
import { isSearchFailure, searchRoute } from "../model/search.ts";

/** Something that can push current: terminals that are live, and returns that several may share. */
export interface EnergySource {
  readonly name: string;
  readonly what: "source" | "meter" | "pilot" | "supply";
  readonly hot: readonly Node[];
  readonly returns: readonly Node[];
  readonly voltage_V: number;
  /** Of its own limit; a fixture supply is limited by what is in the path. */
  readonly current_A: number;
}

/** The voltage drop over one conductor of the adapter. */
export interface Drop {
  readonly pin: Pin;
  readonly channel: DaqChannel;
}

export interface Layout {
  readonly edges: readonly Edge[];
  /** Joined with all relays open: leads and resistors below 1 ohm. */
  readonly atRest: Joined;
  /** Relays between source and adapter power contacts, in the short of the loop, and in the earth path. */
  readonly loop: ReadonlySet<string>;
  readonly short: ReadonlySet<string>;
  readonly earth: ReadonlySet<string>;
  readonly power: ReadonlySet<string>;
  /** Relays that join a tap of a contact to a signal circuit. */
  readonly taps: ReadonlySet<string>;
  readonly sources: readonly EnergySource[];
  readonly shunt: { readonly channel: DaqChannel; readonly ohm: number } | undefined;
  readonly drops: readonly Drop[];
  readonly thermocouples: readonly DaqChannel[];
  /** Relays with a mirror contact, and the line of it. */
  readonly mirrored: readonly { readonly id: string; readonly mirror: string }[];
  /** Safety lines with their level while all is well. */
  readonly interlocks: readonly { readonly id: string; readonly well: boolean }[];
  /** The most that the first source and the first rails of the bench can give, V. */
  readonly source_V: number;
  readonly rails_V: number;
}

const layouts = new WeakMap<Bench, Layout>();

/** Whether any of some relays is closed. */
export function anyClosed(ids: ReadonlySet<string>, closed: ReadonlySet<string>): boolean {
  for (const id of ids) if (closed.has(id)) return true;
  return false;
}

/** The bench that was asked about last: nearly always the only one. */
let latest: { readonly bench: Bench; readonly layout: Layout } | undefined;

export function layoutOf(bench: Bench): Layout {
  if (latest?.bench === bench) return latest.layout;
  const layout = layouts.get(bench) ?? makeLayout(bench);
  layouts.set(bench, layout);
  latest = { bench, layout };
  return layout;
}

/** Leads, and parts that are wires: a shunt is one; a supply (no carry current) or a signal circuit's resistor is not. */
export const isWire = (edge: Edge): boolean =>
  edge.kind === "lead" ||
  (edge.kind === "part" && edge.resistance_ohm > 0 && edge.resistance_ohm < 1 && Number.isFinite(edge.carry_A));

function makeLayout(bench: Bench): Layout {
  const edges = edgesOf(bench);
  const atRest = new Joined(edges.filter(isWire));
  const { loop, short, earth } = powerPaths(bench);
  const power = new Set([...loop, ...short, ...earth]);
  const atContact = new Set(bench.contacts.map((contact) => atRest.find(contact)));
  const taps = new Set(
    edges
      .filter((edge) => edge.kind === "relay" && !power.has(edge.id))
      .filter((edge) => atContact.has(atRest.find(edge.from)) || atContact.has(atRest.find(edge.to)))
      .map((edge) => edge.id),
  );
  const channels = Object.values(bench.channels);
  return {
    edges,
    atRest,
    loop,
    short,
    earth,
    power,
    taps,
    sources: energySources(bench),
    shunt: findShunt(bench, channels),
    drops: channels.flatMap((channel) => dropOf(bench, atRest, channel)),
    thermocouples: channels.filter((channel) => channel.measure === "TC"),
    interlocks: bench.interlocks.map((id) => ({ id, well: bench.gpio.lines[id]?.healthy === "high" })),
    source_V: voltageOf(bench, "source"),
    rails_V: voltageOf(bench, "rails"),
    mirrored: Object.values(bench.relays).flatMap(({ id, mirror }) => (mirror === undefined ? [] : [{ id, mirror }])),
  };
}

const voltageOf = (bench: Bench, kind: "source" | "rails"): number =>
  Object.values(bench.instruments).find((entry) => entry.kind === kind)?.max.voltage_V ?? 0;

function powerPaths(bench: Bench): Pick<Layout, "loop" | "short" | "earth"> {
  const source = Object.values(bench.instruments).find((entry) => entry.kind === "source");
  const between = (from: Node | undefined, to: Node | undefined): readonly string[] => {
    if (from === undefined || to === undefined) return [];
    const found = searchRoute(bench, from, to, {});
    if (isSearchFailure(found)) return [];
    return found.elements.filter((edge) => edge.kind === "relay").map((edge) => edge.id);
  };
  const { plus, minus } = source?.terminals ?? {};
  return {
    loop: new Set([...between(plus, "evse.DC+"), ...between("evse.DC-", minus)]),
    short: new Set(between("ev.DC+", "ev.DC-")),
    earth: new Set([...between(plus, "evse.PE"), ...between("ev.PE", minus)]),
  };
}

/** A resistor that a channel reads; the circuit behind it is the leakage circuit of `parts`. */
const leak_ohm_min = 1000;

function energySources(bench: Bench): readonly EnergySource[] {
  const found: EnergySource[] = [];
  for (const { role, kind, terminals, max } of Object.values(bench.instruments)) {
    const nodes = Object.values(terminals);
    if (kind === "source") found.push({ name: role, what: "source", hot: nodes, returns: [], ...max });
    if (kind === "milliohm") found.push({ name: role, what: "meter", hot: nodes, returns: [], ...max });
    if (kind === "generator") {
      const hot = nodes.filter((node) => node !== terminals["return"]);
      // The driver's series resistor belongs to it: what is behind it is as live as what is before it.
      const behind = bench.parts.flatMap((part) =>
        part.type === "resistor" && hot.includes(part.from) ? [part.to] : [],
      );
      const returns = nodes.filter((node) => node === terminals["return"]);
      found.push({ name: role, what: "pilot", hot: [...hot, ...behind], returns, ...max });
    }
  }
  for (const part of bench.parts) {
    if (part.type !== "supply") continue;
    const limits = { voltage_V: part.volt, current_A: part.volt / part.ohm };
    found.push({ name: part.id, what: "supply", hot: [part.from], returns: [part.to], ...limits });
  }
  for (const part of bench.parts) {
    if (part.type !== "resistor" || part.ohm < leak_ohm_min) continue;
    if (!Object.values(bench.channels).some((channel) => channel.hi === part.from && channel.lo === part.to)) continue;
    // Live only through its rail relay, so it gives nothing of its own here.
    found.push({ name: part.id, what: "meter", hot: [part.to], returns: [], voltage_V: 0, current_A: 0 });
  }
  return found;
}

function findShunt(bench: Bench, channels: readonly DaqChannel[]): Layout["shunt"] {
  for (const part of bench.parts) {
    if (part.type !== "resistor" || part.ohm >= 1) continue;
    const channel = channels.find((one) => one.hi === part.from && one.lo === part.to);
    if (channel) return { channel, ohm: part.ohm };
  }
  return undefined;
}

/** A channel between the two faces' taps of one pin reads the drop of that conductor. */
function dropOf(bench: Bench, atRest: Joined, channel: DaqChannel): readonly Drop[] {
  const contactAt = (node: Node | undefined): Contact | undefined =>
    node === undefined ? undefined : bench.contacts.find((contact) => atRest.same(contact, node));
  const [hi, lo] = [contactAt(channel.hi), contactAt(channel.lo)];
  if (!hi || !lo || faceOf(hi) === faceOf(lo) || pinOf(hi) !== pinOf(lo)) return [];
  return [{ pin: pinOf(hi), channel }];
}
