/**
 * An exact wire conversation for driver tests: what must be sent, and what is answered. One byte that differs, one too
 * many, or a line left over is a failure.
 */
import { printable } from "./framer.ts";
import type { Connector } from "./link.ts";
import { memoryLine } from "./memory.ts";
import type { Port, PortOptions } from "./port.ts";
import { connectPort } from "./transactor.ts";

/** Text is latin1; hex may hold spaces ("aa 00 5f"). */
export type Bytes = string | { readonly hex: string } | Uint8Array;

/** Sent, then answered: null for silence, a list for an answer that comes in pieces. */
export type Exchange = readonly [sent: Bytes, answered: Bytes | readonly Bytes[] | null];

export interface Conversation {
  readonly connector: Connector;
  port(name?: string, options?: PortOptions): Promise<Port>;
  /** @throws Error when something else was sent, or a line was never sent. */
  done(): void;
}

const OPEN_ms = 1000;

export function bytesOf(bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (typeof bytes === "string") {
    if (Buffer.from(bytes, "latin1").toString("latin1") !== bytes)
      throw new RangeError(`not latin1: ${JSON.stringify(bytes)}`);
    return Buffer.from(bytes, "latin1");
  }
  const digits = bytes.hex.replace(/\s+/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new RangeError(`not hex: ${JSON.stringify(bytes.hex)}`);
  return Buffer.from(digits, "hex");
}

const isList = (answer: Exchange[1]): answer is readonly Bytes[] => Array.isArray(answer);

export function conversation(script: readonly Exchange[]): Conversation {
  const { connector, peer } = memoryLine("conversation");
  let line = 0;
  let sent: Uint8Array = new Uint8Array(0);
  let fault: string | undefined;
  const differs = (why: string): void => {
    fault ??= why;
    peer.hangUp();
  };
  const step = (): boolean => {
    const exchange = script[line];
    if (exchange === undefined) {
      differs(`nothing more may be sent after line ${script.length}, but came ${printable(sent)}`);
      return false;
    }
    const [request, answer] = exchange;
    const expected = bytesOf(request);
    const head = sent.subarray(0, expected.length);
    if (Buffer.compare(head, expected.subarray(0, head.length)) !== 0) {
      differs(`line ${line + 1} must send ${printable(expected)}, but came ${printable(sent)}`);
      return false;
    }
    if (sent.length < expected.length) return false;
    sent = sent.slice(expected.length);
    line += 1;
    const pieces = answer === null ? [] : isList(answer) ? answer : [answer];
    for (const piece of pieces) peer.write(bytesOf(piece));
    return sent.length > 0;
  };
  peer.onData((bytes) => {
    sent = Buffer.concat([sent, bytes]);
    while (fault === undefined && step());
  });
  return {
    connector,
    port: (name = "port", options = {}) => {
      const io = { signal: new AbortController().signal, deadline_wall_ms: performance.now() + OPEN_ms };
      return connectPort(connector, name, options, io);
    },
    done: () => {
      if (fault !== undefined) throw new Error(`conversation: ${fault}`);
      const left = script[line];
      if (sent.length > 0) throw new Error(`conversation: line ${line + 1} was sent in part: ${printable(sent)}`);
      if (left !== undefined)
        throw new Error(`conversation: line ${line + 1} was never sent: ${printable(bytesOf(left[0]))}`);
    },
  };
}
