/**
 * Interruptions of a watched loop from the edges of its line. A line is high while its loop is closed. Times are the
 * kernel's, ns as text, because they exceed what a number holds; durations come out in s.
 */

export interface WatchEdge {
  readonly line: string;
  readonly high: boolean;
  readonly ns: string;
  /** Of all edges of the request, so gaps are edges that were lost, of whichever line. */
  readonly seq: number;
}

export interface Opening {
  /** From the begin of the window, s. */
  readonly at_s: number;
  readonly open_s: number;
  /** The window ended before it closed again: at least this long. */
  readonly unended: boolean;
  /** No edge is missing between its begin and its end: otherwise it may have closed and opened again meanwhile. */
  readonly sure: boolean;
}

export interface Watched {
  readonly openings: readonly Opening[];
  readonly longest_s: number;
  /** The same of those that are sure. */
  readonly sure_s: number;
  /** Edges missing in the sequence, of any line, or reported lost by the source. */
  readonly lost: number;
  /** Time in which a loss may hide something, s: from the edge before each gap to the edge after it. */
  readonly blind_s: number;
}

export interface Watching {
  readonly edges: readonly WatchEdge[];
  /** Level of the line at the begin and the instants of begin and end, kernel ns. */
  readonly startsHigh: boolean;
  readonly from_ns: string;
  readonly to_ns: string;
  /** Sequence number of the last edge before the window. */
  readonly seq: number;
  /** Sequence number of the last edge that the source knows of at the end. */
  readonly last_seq: number;
}

/** Undefined when the window is empty or a time is no whole number: no record is never a good one. */
export function openingsOf(line: string, watched: Watching): Watched | undefined {
  const { edges, from_ns, to_ns, last_seq } = watched;
  if (![from_ns, to_ns, ...edges.map((edge) => edge.ns)].every((ns) => /^\d{1,20}$/.test(ns))) return undefined;
  const [from, to] = [BigInt(from_ns), BigInt(to_ns)];
  if (to <= from || ![watched.seq, last_seq].every(Number.isSafeInteger)) return undefined;
  const seconds = (ns: bigint): number => Number(ns - from) / 1e9;
  const openings: Opening[] = [];
  let lost = 0;
  let blind_s = 0;
  let { seq } = watched;
  let before = from;
  let high = watched.startsHigh;
  let opened = watched.startsHigh ? undefined : from;
  let whole = true;
  const close = (at: bigint, unended: boolean): void => {
    if (opened === undefined) return;
    const open_s = Math.max(0, seconds(at) - seconds(opened));
    openings.push({ at_s: seconds(opened), open_s, unended, sure: whole });
    opened = undefined;
  };
  for (const edge of [...edges].sort((a, b) => a.seq - b.seq)) {
    if (!Number.isSafeInteger(edge.seq) || edge.seq <= seq) return undefined;
    const at = BigInt(edge.ns);
    if (edge.seq > seq + 1) {
      lost += edge.seq - seq - 1;
      whole = false;
      blind_s += Math.max(0, seconds(at) - seconds(before));
    }
    seq = edge.seq;
    before = at;
    if (edge.line !== line || edge.high === high) continue;
    high = edge.high;
    if (high) close(at, false);
    else {
      opened = at;
      whole = true;
    }
  }
  if (last_seq > seq) {
    lost += last_seq - seq;
    whole = false;
    blind_s += Math.max(0, seconds(to) - seconds(before));
  }
  close(to, true);
  const longest = (of: readonly Opening[]): number => of.reduce((most, { open_s }) => Math.max(most, open_s), 0);
  return { openings, longest_s: longest(openings), sure_s: longest(openings.filter((o) => o.sure)), lost, blind_s };
}
