/** Reading memory of the DAQ970A and how a reading is written. */
import { nr3 } from "./scpiSettings.ts";

export interface Stored {
  readonly value: number;
  /** Since the start of the scan. */
  readonly at_s: number;
  readonly channel: number;
  readonly unit: "VDC" | "C";
}

export interface ReadingFormat {
  readonly unit: boolean;
  readonly time: boolean;
  readonly channel: boolean;
  readonly alarm: boolean;
  /** Wall-clock start of the scan in absolute format; undefined: time since the start. */
  readonly start: Date | undefined;
}

/** DAQ970A Programming Guide, page 109: 100,000 readings, then the oldest are overwritten. */
export const MEMORY = 100_000;

/** A ring, so that the oldest reading is dropped without moving the rest. */
export class ReadingMemory {
  #ring: (Stored | undefined)[] = [];
  #first = 0;
  #count = 0;
  overflowed = false;

  get length(): number {
    return this.#count;
  }

  add(reading: Stored): void {
    if (this.#count === MEMORY) {
      this.#first = (this.#first + 1) % MEMORY;
      this.#count--;
      this.overflowed = true;
    }
    this.#ring[(this.#first + this.#count) % MEMORY] = reading;
    this.#count++;
  }

  /** The oldest `count`, removed. */
  take(count: number): readonly Stored[] {
    const taken = this.read(count);
    this.#first = (this.#first + taken.length) % MEMORY;
    this.#count -= taken.length;
    return taken;
  }

  /** The oldest `count`, kept. */
  read(count = this.#count): readonly Stored[] {
    const found: Stored[] = [];
    for (let i = 0; i < Math.min(count, this.#count); i++) {
      const reading = this.#ring[(this.#first + i) % MEMORY];
      if (reading !== undefined) found.push(reading);
    }
    return found;
  }

  /** The newest of a channel, newest last. */
  last(channel: number, count: number): readonly Stored[] {
    return this.read()
      .filter((reading) => reading.channel === channel)
      .slice(-count);
  }

  clear(): void {
    this.#ring = [];
    this.#first = 0;
    this.#count = 0;
    this.overflowed = false;
  }
}

/** `+2.61950000E+01 C,0000000000.017,101,0`: value and unit, time, channel, alarm (Programming Guide, page 139). */
export function written(reading: Stored, format: ReadingFormat): string {
  const parts = [nr3(reading.value) + (format.unit ? ` ${reading.unit}` : "")];
  if (format.time) parts.push(timeOf(reading, format.start));
  if (format.channel) parts.push(String(reading.channel));
  if (format.alarm) parts.push("0");
  return parts.join(",");
}

function timeOf(reading: Stored, start: Date | undefined): string {
  if (start === undefined) return reading.at_s.toFixed(3).padStart(14, "0");
  const at = new Date(start.getTime() + reading.at_s * 1000).toISOString();
  return `${at.slice(0, 10).replaceAll("-", ",")},${at.slice(11, 23).replaceAll(":", ",")}`;
}
