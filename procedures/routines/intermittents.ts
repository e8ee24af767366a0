/**
 * Interruptions of the contacts while a person flexes cable and body: the watch loops (bench.md "Watch") tell each edge
 * with the kernel's time stamp and a sequence number. The window is bounded by the loops' own edges: their relay closes
 * them at its begin and opens them at its end, which also proves that every loop can tell an edge.
 */

import type { LineEdge } from "../../rig/kinds/kinds.ts";
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import { faceOf } from "../../rig/model/contacts.ts";
import { above, invalid, type Reading, reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { ask, call, judge, note, now, step, wait } from "../../rig/plan/words.ts";
import { openingsOf, type Watched } from "../analysis/intermittent.ts";
import { resistance } from "./fourWire.ts";
import { gpio } from "./roles.ts";
import { connect, disconnect } from "./switching.ts";
import { truth } from "./truth.ts";

/** An opening this long is an interruption, s: `watch.open.s` (domain.md 2.4). Shorter ones are chatter. */
export const interruption_s = 0.001;
/** Of a duration: two time stamps taken at the interrupt, each some 50 us late at worst, rectangular (H). */
const u_duration_s = (50e-6 * Math.SQRT2) / Math.sqrt(3);
/** For edges to come from the kernel by the guard. */
const told_s = 0.1;

interface Loop {
  readonly what: string;
  readonly line: string;
  readonly contacts: readonly [Contact, Contact];
  readonly route: Route;
}

/** Loops of this bench that an adapter's paths close, and paths that no loop watches. */
export function loopsOf(
  wiring: Wiring,
  netlist: AdapterNetlist,
): { watched: readonly Loop[]; blind: readonly string[] } {
  const watched: Loop[] = [];
  const blind: string[] = [];
  for (const net of netlist.nets) {
    const ev = net.find((contact) => faceOf(contact) === "ev");
    for (const contact of net) {
      if (!ev || faceOf(contact) === "ev") continue;
      // 10 mA is too much for contacts with electronics behind them: their isolating relays stay open (domain.md 9).
      const isDelicate = net.some((one) => netlist.electronics?.includes(one));
      const found = isDelicate ? undefined : wiring.watch(contact, ev);
      const what = `${contact}-${ev}`;
      if (found && !watched.some(({ line }) => line === found.line)) {
        watched.push({ what, contacts: [contact, ev], ...found });
      } else blind.push(what);
    }
    if (net.length === 1) blind.push(net.join());
  }
  return { watched, blind };
}

/** The step that others use. `window_s`: how long the person flexes. */
export function* intermittents(wiring: Wiring, netlist: AdapterNetlist, window_s: number): Plan<void> {
  const { watched, blind } = loopsOf(wiring, netlist);
  const undo = { tearDown: () => stillAndOff(wiring) };
  const whole = yield* step("Paths before flexing", () => pathsWhole(wiring, watched), {
    deadline_s: 120,
    takes_s: 5,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  if (!whole) return;
  yield* step("Flexing", () => window(wiring, watched, blind, window_s), {
    deadline_s: window_s + 1300,
    takes_s: window_s + 30,
    ...undo,
  });
}

function* stillAndOff(wiring: Wiring): Plan<void> {
  yield* disconnect(wiring);
}

/** A loop that is open all the time has no edges: each path must be closed before it is watched. */
function* pathsWhole(wiring: Wiring, loops: readonly Loop[]): Plan<boolean> {
  let whole = true;
  for (const { what, contacts } of loops) {
    const r = yield* resistance(wiring, contacts[0], contacts[1], "signal");
    const verdict = yield* judge("wiring.path.watch", r, {
      id: `wiring.path.watch/${what}`,
      contacts: [...contacts],
      meaning: `${what} is open before anybody flexes it`,
    });
    whole = whole && (verdict === "pass" || verdict === "pass-screening");
  }
  return whole;
}

function* window(wiring: Wiring, loops: readonly Loop[], blind: readonly string[], window_s: number): Plan<void> {
  yield* loopsAre(loops, false, "rig.watch.open", "reads closed while its relay is open: comparator or relay is stuck");
  yield* call(gpio, "watchEvents", {});
  // K_ISO first, so that only the loops' own relay switches their 10 mA.
  const all = loops.map(({ route }) => route);
  const shared = all[0]?.relays.filter((id) => all.every(({ relays }) => relays.includes(id))) ?? [];
  const dry = all.map((route) => ({ ...route, relays: route.relays.filter((id) => !shared.includes(id)) }));
  yield* connect(...dry);
  yield* connect(...all);
  yield* wait(told_s);
  yield* loopsAre(loops, true, "rig.watch.closed", "reads open although the milliohm meter finds its path whole");
  const begin = yield* call(gpio, "watchEvents", {});
  const from_s = yield* now();
  yield* flex(
    true,
    `Flex the cable and the body now, in all directions, for ${window_s} s; then wait for the next prompt.`,
  );
  yield* wait(window_s);
  yield* flex(false, "Stop flexing and let go of the adapter.");
  const during = yield* call(gpio, "watchEvents", {});
  const length_s = (yield* now()) - from_s;
  yield* connect(...dry);
  yield* wait(told_s);
  const end = yield* call(gpio, "watchEvents", {});
  yield* disconnect(wiring);
  yield* edgesTold(loops, begin.edges, end.edges);
  yield* judged(loops, blind, { begin, during, end, length_s });
}

function* flex(on: boolean, text: string): Plan<void> {
  yield* ask({
    id: on ? "flex" : "stop-flexing",
    title: on ? "Flex cable and body" : "Hold still",
    text,
    kind: "confirm",
    timeout_s: 600,
    action: { do: "flex", on },
  });
}

function* loopsAre(loops: readonly Loop[], closed: boolean, limit: string, words: string): Plan<void> {
  const lines = yield* call(gpio, "read", {});
  for (const { line, what } of loops) {
    const level = lines[line] === true;
    yield* truth(
      limit,
      level === closed,
      `${line} ${level ? "high" : "low"}`,
      `${line} (${what}) ${words}`,
      `${limit}/${line}`,
    );
  }
}

/** Rising when their relay closed, falling when it opened (or already open then): a line that tells none sees nothing. */
function* edgesTold(loops: readonly Loop[], begin: readonly LineEdge[], end: readonly LineEdge[]): Plan<void> {
  for (const { line, what } of loops) {
    const rose = begin.some((edge) => edge.line === line && edge.high);
    const fell = end.some((edge) => edge.line === line && !edge.high);
    yield* truth(
      "rig.watch.edges",
      rose && fell,
      `${line}: ${rose ? "rose" : "no rise"}, ${fell ? "fell" : "no fall"}`,
      `${line} (${what}) did not tell the edges of its own relay: check the line, its kernel events and the guard's log`,
      `rig.watch.edges/${line}`,
    );
  }
}

interface Told {
  readonly edges: readonly LineEdge[];
  readonly last_seq: number;
}
interface Times {
  readonly begin: Told;
  readonly during: Told;
  readonly end: Told;
  readonly length_s: number;
}

const newest = (edges: readonly LineEdge[]): string =>
  edges.reduce((best, { ns }) => (BigInt(ns) > BigInt(best) ? ns : best), "0");

function* judged(
  loops: readonly Loop[],
  blind: readonly string[],
  { begin, during, end, length_s }: Times,
): Plan<void> {
  const t_s = yield* now();
  const watchedLines = loops.map(({ line }) => line);
  const from_ns = newest(begin.edges.filter(({ line }) => watchedLines.includes(line)));
  const closing = end.edges.find(({ line, high }) => watchedLines.includes(line) && !high);
  const to_ns = closing?.ns ?? String(BigInt(from_ns) + BigInt(Math.round(length_s * 1e9)));
  const found = loops.map((loop) => {
    const numbers = { seq: begin.last_seq, last_seq: during.last_seq };
    const seen = openingsOf(loop.line, { edges: during.edges, startsHigh: true, from_ns, to_ns, ...numbers });
    return { ...loop, seen };
  });
  const blind_s = Math.max(0, ...found.map(({ seen }) => seen?.blind_s ?? length_s));
  yield* note({ kind: "watch-window", length_s, blind_s, notWatched: [...blind] });
  // A contact that chatters faster than the kernel takes edges is the adapter's fault, and found.
  if (!found.some(({ seen }) => isBad(seen))) {
    const share = reading("%", (100 * blind_s) / length_s, 0, { raw: `${blind_s} s of ${length_s} s`, t_s });
    const meaning = "edges were lost for too much of the window: see the guard's log";
    yield* judge("rig.watch.blind", share, { meaning });
  }
  for (const { line, what, contacts, seen } of found) {
    yield* note({
      kind: "watch",
      line,
      path: what,
      openings: (seen?.openings ?? []).slice(0, noted_max).map((o) => ({ ...o })),
      all: seen?.openings.length ?? null,
      lost: seen?.lost ?? null,
    });
    yield* judge("watch.open.s", longest(seen, t_s), {
      id: `watch.open.s/${what}`,
      contacts: [...contacts],
      meaning: `${what} is interrupted while cable and body are flexed${count(seen)}`,
    });
    yield* judge("watch.chatter", chatter(seen, t_s), {
      id: `watch.chatter/${what}`,
      contacts: [...contacts],
      meaning: `${what} chatters while cable and body are flexed${count(seen)}`,
    });
  }
}

const isBad = (seen: Watched | undefined): boolean =>
  seen !== undefined && (seen.sure_s > interruption_s || seen.openings.length > chatter_max);

/** Openings in a note; the record keeps the rest as a number. */
const noted_max = 50;

const count = (seen: Watched | undefined): string => {
  const long = seen?.openings.filter(({ open_s }) => open_s >= interruption_s).length ?? 0;
  const longest_ms = Number((1000 * (seen?.longest_s ?? 0)).toPrecision(3));
  return seen ? `: ${seen.openings.length} openings, ${long} of 1 ms or more, longest ${longest_ms} ms` : "";
};

/** What is seen stands whatever was lost; that nothing was seen stands only when nothing was lost. */
function longest(seen: Watched | undefined, t_s: number): Reading<"s"> {
  const origin = { raw: "longest opening", t_s };
  if (!seen) return invalid("s", "no-record", origin);
  if (seen.lost === 0) return reading("s", seen.longest_s, u_duration_s, origin);
  return seen.sure_s > interruption_s ? above("s", seen.sure_s, origin) : invalid("s", "edges-lost", origin);
}

function chatter(seen: Watched | undefined, t_s: number): Reading<"1"> {
  const origin = { raw: "openings", t_s };
  if (!seen) return invalid("1", "no-record", origin);
  if (seen.lost === 0) return reading("1", seen.openings.length, 0, origin);
  return seen.openings.length > chatter_max
    ? above("1", seen.openings.length, origin)
    : invalid("1", "edges-lost", origin);
}
/** As the row `watch.chatter`: only for telling whether lost edges matter. */
const chatter_max = 3;
