/**
 * What every simulated instrument is: bytes in, bytes out, and the world behind it. A device knows no contact names, no
 * steps and no limits; what it answers is its own protocol over what the world says.
 */
import type { Bench, InstrumentEntry } from "../../../rig/model/bench.ts";
import type { World } from "../models.ts";

export interface DeviceTwin {
  receive(bytes: Uint8Array): void;
  /** The line has been quiet for 3.5 characters (what ends a Modbus frame). */
  silence?(): void;
  /** A new client has connected: half a command and unread replies of the one before are gone, settings stay. */
  connected?(): void;
}

/** An instrument of the bench that answers on a port; two roles may share one (relay boards on one line). */
export interface Answering {
  readonly entry: InstrumentEntry;
  /** Which of the entry's ports this is, from 0: the unit of a load bank. */
  readonly unit: number;
  /** What its identity reply says at this moment; a misbehaving device says something else. */
  identity(): string;
}

export interface DeviceContext {
  readonly world: World;
  readonly bench: Bench;
  /** At least one. */
  readonly answering: readonly [Answering, ...Answering[]];
  /** Bytes to the client. */
  reply(bytes: Uint8Array): void;
  /** Runs `event` after that much wall time: delays that a program at the other end waits for. Returns a cancel. */
  after(delay_ms: number, event: () => void): () => void;
}

export type DeviceFactory = (context: DeviceContext) => DeviceTwin;

/** Text on the wire is one byte a character. */
export const toBytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
export const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** A number of `config`, or what holds without it. */
export function configNumber(entry: InstrumentEntry, name: string, otherwise: number): number {
  const value = entry.config[name];
  return typeof value === "number" ? value : otherwise;
}
