/**
 * Journal first: each frame that switches or energises, as the twin got it, must have its `issued` event in the store,
 * made before it. Only frames that close, raise or switch on are looked at: taking energy away needs no permission.
 */
import type { Bench } from "../../rig/model/bench.ts";
import type { Event } from "../../rig/store/types.ts";
import type { WireEvent } from "./trace.ts";

/** A call that may explain a frame. */
interface Issued {
  readonly ms: number;
  readonly role: string;
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Stamps have whole milliseconds, and two clocks are compared. */
const slack_ms = 3;
/** A pattern goes to its boards one after the other; an older call than the two before does not explain a frame. */
const recent = 2;

/** `utc_offset_ms`: from the time of day to the monotonic clock. Returns what has no event, in words. */
export function unexplained(
  wire: readonly WireEvent[],
  events: readonly Event[],
  bench: Bench,
  utc_offset_ms: number,
): readonly string[] {
  const issued = events.flatMap((event) => issuedOf(event, utc_offset_ms));
  const missing: string[] = [];
  for (const frame of wire) {
    const explains = explanation(frame, bench);
    if (explains === undefined) continue;
    const before = issued.filter((one) => one.ms <= frame.ms + slack_ms && explains.roles.includes(one.role));
    if (!before.slice(-recent).some(explains.by)) missing.push(`${explains.what} has no event before it`);
  }
  return missing;
}

function issuedOf(event: Event, utc_offset_ms: number): readonly Issued[] {
  if (event.type !== "issued") return [];
  const command = event.command as Readonly<Record<string, unknown>>;
  if (command["do"] !== "call") return [];
  return [
    {
      ms: Date.parse(event.utc) + utc_offset_ms,
      role: String(command["role"]),
      op: String(command["op"]),
      args: command["args"] as Readonly<Record<string, unknown>>,
    },
  ];
}

interface Explanation {
  readonly what: string;
  readonly roles: readonly string[];
  readonly by: (issued: Issued) => boolean;
}

/** What must have been asked for, where the frame adds something; undefined where it does not. */
function explanation(frame: WireEvent, bench: Bench): Explanation | undefined {
  if (frame.what === "gpio" && frame.by === "client" && frame.line === "EN" && frame.high)
    return { what: "EN high", roles: ["gpio"], by: ({ op, args }) => op === "enable" && args["on"] === true };
  if (frame.what !== "rx") return undefined;
  const bytes = Buffer.from(frame.hex, "hex");
  const role = Object.values(bench.instruments).find(({ ports }) => ports.includes(frame.port))?.role ?? "";
  if (role === "matrix" || role === "contactor") return relays(bytes, bench);
  if (role === "source") return source(bytes.toString("latin1"));
  return role === "load" ? load(bytes) : undefined;
}

/** FC 0F: address, 0F, start, count, bytes, coils. */
function relays(bytes: Buffer, bench: Bench): Explanation | undefined {
  if (bytes[1] !== 0x0f) return undefined;
  const on = new Set<number>();
  for (let bit = 0; bit < 8 * (bytes[6] ?? 0); bit += 1)
    if (((bytes[7 + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) on.add(bit);
  const closed = Object.values(bench.relays).filter(({ board, output }) => board === bytes[0] && on.has(output));
  if (on.size === 0) return undefined;
  const role = closed[0]?.role ?? "";
  return {
    what: `board ${bytes[0]} ${closed.map(({ id }) => id).join(" ")}`,
    roles: [role],
    by: ({ op, args }) => {
      const wanted = args["closed"];
      return op === "pattern" && Array.isArray(wanted) && closed.every(({ id }) => wanted.includes(id));
    },
  };
}

function source(text: string): Explanation | undefined {
  const [, word = "", value = ""] = /^(VOLT|CURR|OUTP) ([^\n]*)\n$/.exec(text) ?? [];
  if (word === "OUTP" && value === "ON")
    return { what: "source OUTP ON", roles: ["source"], by: ({ op, args }) => op === "output" && args["on"] === true };
  const key = word === "VOLT" ? "voltage_V" : word === "CURR" ? "current_A" : undefined;
  if (key === undefined || Number(value) === 0) return undefined;
  return {
    what: `source ${word} ${value}`,
    roles: ["source"],
    by: ({ op, args }) => op === "set" && Math.abs(Number(args[key]) - Number(value)) < 1e-3,
  };
}

/** AA, address, command, 22 bytes of data, sum: 2A sets a unit's share of the current, 21 its input. */
function load(bytes: Buffer): Explanation | undefined {
  if (bytes.length < 26) return undefined;
  if (bytes[2] === 0x21 && bytes[3] === 1)
    return { what: "load input on", roles: ["load"], by: ({ op, args }) => op === "input" && args["on"] === true };
  const counts = bytes[2] === 0x2a ? bytes.readUInt32LE(3) : 0;
  if (counts === 0) return undefined;
  return {
    what: `load unit ${counts / 1e4} A`,
    roles: ["load"],
    by: ({ op, args }) => op === "set" && Math.abs(Number(args["current_A"]) / 3 - counts / 1e4) < 1e-3,
  };
}
