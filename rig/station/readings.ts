/**
 * The last thing that each instrument said, out of the record of the present or last run, as it became durable. Nothing is
 * asked for it; each value carries how old it is.
 */
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import type { Reading } from "../model/reading.ts";
import { noPlaces, type Tail } from "../store/tail.ts";
import type { Event } from "../store/types.ts";

export interface LastReading {
  readonly role: string;
  /** Channel of the DAQ, or quantity. */
  readonly name: string;
  readonly unit: string;
  readonly is: Reading["is"];
  readonly value?: number;
  readonly bound?: number;
  readonly code?: string;
  /** Seconds since the station read it in the record, up to 2 s less than since it was measured. */
  readonly age_s: number;
}

export interface ReadingsNow {
  /** Whose record was read last; absent: no run since the station started. */
  readonly run?: number;
  readonly readings: readonly LastReading[];
  /** Relays as last read back, by the role that switches them. */
  readonly closed: readonly { readonly role: string; readonly relays: readonly string[]; readonly age_s: number }[];
  /** Safety lines as the run last read them. */
  readonly lines?: { readonly levels: Readonly<Record<string, boolean>>; readonly age_s: number };
  /** What tripped the run, if anything. */
  readonly trip?: { readonly message: string; readonly age_s: number };
}

type Kept = Omit<LastReading, "age_s"> & { readonly at_ms: number };

/** Events read in one look; a run that is faster is caught up with in the next ones. */
const batch = 2000;
/** Commands whose answers are awaited; more are forgotten, the oldest first. */
const open_max = 500;

export class LastReadings {
  private readonly bench: Pick<Bench, "channels" | "instruments">;
  private readonly now_ms: () => number;
  private run: number | undefined;
  private seq = 0;
  private places = noPlaces();
  private readonly issued = new Map<number, { readonly role: string; readonly op: string }>();
  private readonly kept = new Map<string, Kept>();
  private readonly closed = new Map<string, { readonly relays: readonly string[]; readonly at_ms: number }>();
  private lines: { readonly levels: Readonly<Record<string, boolean>>; readonly at_ms: number } | undefined;
  private trip: { readonly message: string; readonly at_ms: number } | undefined;

  constructor(bench: Pick<Bench, "channels" | "instruments">, now_ms: () => number) {
    this.bench = bench;
    this.now_ms = now_ms;
  }

  /** What is new of this run. */
  look(tail: Tail, run: number): void {
    if (run !== this.run) this.forget(run);
    for (const event of tail.events(run, this.seq, batch).events) {
      this.seq = event.seq;
      this.take(event);
    }
    for (const { series, unit, values } of tail.points(run, [""], this.places).points) {
      const value = values.at(-1);
      const name = series.split("/").at(-1) ?? series;
      if (value === undefined) continue;
      const role = Object.hasOwn(this.bench.channels, name) ? this.daq() : series;
      this.keep(
        role,
        name,
        unit,
        Number.isFinite(value) ? { is: "value", value } : { is: "invalid", code: "no value" },
      );
    }
  }

  now(): ReadingsNow {
    const age = ({ at_ms }: { readonly at_ms: number }): number => Math.max(0, (this.now_ms() - at_ms) / 1000);
    return {
      ...(this.run === undefined ? {} : { run: this.run }),
      readings: [...this.kept.values()].map(({ at_ms, ...rest }) => ({ ...rest, age_s: age({ at_ms }) })),
      closed: [...this.closed].map(([role, one]) => ({ role, relays: one.relays, age_s: age(one) })),
      ...(this.lines ? { lines: { levels: this.lines.levels, age_s: age(this.lines) } } : {}),
      ...(this.trip ? { trip: { message: this.trip.message, age_s: age(this.trip) } } : {}),
    };
  }

  private forget(run: number): void {
    this.run = run;
    this.seq = 0;
    this.places = noPlaces();
    // What an instrument said last stays its last word, with its age.
    for (const memory of [this.issued, this.closed]) memory.clear();
    this.lines = undefined;
    this.trip = undefined;
  }

  private daq(): string {
    return Object.values(this.bench.instruments).find(({ kind }) => kind === "daq")?.role ?? "daq";
  }

  private take(event: Event): void {
    if (event.type === "issued") {
      const { do: what, role, op } = fields(event.command);
      if (what !== "call" || typeof role !== "string" || typeof op !== "string") return;
      this.issued.set(event.seq, { role, op });
      const oldest = this.issued.keys().next().value;
      if (this.issued.size > open_max && oldest !== undefined) this.issued.delete(oldest);
    } else if (event.type === "replied") {
      const asked = this.issued.get(event.to);
      this.issued.delete(event.to);
      if (asked) this.replied(asked.role, asked.op, event.reply);
    } else if (event.type === "failed") {
      const asked = this.issued.get(event.to);
      this.issued.delete(event.to);
      if (asked) this.keep(asked.role, asked.op, "", { is: "invalid", code: event.message });
    } else if (event.type === "tripped") {
      this.trip = { message: String(fields(event.body)["message"]), at_ms: this.now_ms() };
    }
  }

  private replied(role: string, op: string, reply: Data): void {
    const said = fields(reply);
    const kind = this.bench.instruments[role]?.kind;
    // The instrument answers again.
    this.kept.delete(`${role} ${op}`);
    if (isReading(reply)) this.keepReading(role, op, reply);
    if (kind === "gpio" && op === "read") {
      const levels = Object.entries(said).filter((one): one is [string, boolean] => typeof one[1] === "boolean");
      this.lines = { levels: Object.fromEntries(levels), at_ms: this.now_ms() };
    }
    if (kind === "matrix" && Array.isArray(said["closed"])) {
      this.closed.set(role, { relays: said["closed"].map(String), at_ms: this.now_ms() });
    }
    for (const [key, value] of Object.entries(said)) {
      // No field of a reading is a reading.
      if (isReading(value)) this.keepReading(role, kind === "daq" ? this.channel(key) : key, value);
    }
  }

  private channel(number: string): string {
    return Object.values(this.bench.channels).find(({ channel }) => String(channel) === number)?.name ?? number;
  }

  private keepReading(role: string, name: string, reading: Reading): void {
    if (reading.is === "value") this.keep(role, name, reading.unit, { is: "value", value: reading.value });
    else if (reading.is === "invalid") this.keep(role, name, reading.unit, { is: "invalid", code: reading.code });
    else this.keep(role, name, reading.unit, { is: reading.is, bound: reading.bound });
  }

  private keep(role: string, name: string, unit: string, rest: Pick<Kept, "is" | "value" | "bound" | "code">): void {
    this.kept.set(`${role} ${name}`, { role, name, unit, ...rest, at_ms: this.now_ms() });
  }
}

const isReading = (data: Data): data is Data & Reading => {
  const { is, unit } = fields(data);
  return typeof unit === "string" && (is === "value" || is === "above" || is === "below" || is === "invalid");
};

const fields = (data: Data): Readonly<Record<string, Data>> =>
  typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Readonly<Record<string, Data>>) : {};
