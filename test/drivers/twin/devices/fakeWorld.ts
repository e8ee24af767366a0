/** A small world behind the interface of the models: what a test sets is what devices measure. */
import type { World } from "../../../../drivers/twin/models.ts";

export interface Knobs {
  ohm: ReturnType<World["milliohm"]["measure"]>;
  volts: Map<number, number>;
  degC: Map<number, number | "open">;
  loop: { voltage_V: number; current_A: number };
  mode: "CV" | "CC" | "off";
  wave: (channel: number, t_s: number) => number;
  /** Tests asked of the milliohm meter, newest last. */
  tests: { current_A: number; range_ohm: number; open_V: number }[];
  acts: string[];
}

export interface FakeWorld extends World {
  readonly knobs: Knobs;
  edge(line: string, high: boolean): void;
}

export function fakeWorld(): FakeWorld {
  const knobs: Knobs = {
    ohm: { is: "ohm", ohm: 0.00123 },
    volts: new Map(),
    degC: new Map(),
    loop: { voltage_V: 0, current_A: 0 },
    mode: "off",
    wave: () => 0,
    tests: [],
    acts: [],
  };
  const coils = new Map<string, readonly boolean[]>();
  const source = { voltage_V: 0, current_A: 0, on: false };
  const units = [0, 1, 2].map(() => ({ current_A: 0, on: false }));
  const pilot = {
    shape: "low" as "high" | "low" | "square",
    frequency_Hz: 1000,
    duty_pct: 50,
    on: false,
    plus_V: 0,
    minus_V: 0,
    railsOn: false,
  };
  const lines: Record<string, boolean> = { EN: false, WD: false, ESTOP: true, LID1: true };
  const listeners = new Set<(edge: { line: string; high: boolean; at_s: number }) => void>();
  let events: { at_s: number; event: () => void }[] = [];
  let now = 0;
  const unit = (n: number) => units[n] ?? { current_A: 0, on: false };
  const edge = (line: string, high: boolean): void => {
    lines[line] = high;
    for (const listener of listeners) listener({ line, high, at_s: now });
  };
  return {
    knobs,
    edge,
    relays: {
      coils: (role, board) => coils.get(`${role}/${board}`) ?? [],
      setCoils: (role, board, pattern) => void coils.set(`${role}/${board}`, [...pattern]),
    },
    milliohm: {
      measure: (test) => {
        knobs.tests.push(test);
        return knobs.ohm.is === "ohm" && knobs.ohm.ohm > 1.2 * test.range_ohm ? { is: "over" } : knobs.ohm;
      },
    },
    daq: {
      volt: (channel, range_V) => {
        const value = knobs.volts.get(channel) ?? 0;
        return Math.abs(value) > range_V * 1.2 ? "overload" : value;
      },
      thermocouple: (channel) => knobs.degC.get(channel) ?? 23,
    },
    source: {
      set: (point) => void Object.assign(source, point),
      output: (on) => {
        source.on = on;
      },
      state: () => ({ ...source }),
      enabled: () => lines["EN"] === true,
      measure: () => ({ ...knobs.loop, mode: knobs.mode }),
    },
    load: {
      units: 3,
      set: (n, current_A) => {
        unit(n).current_A = current_A;
      },
      input: (n, on) => {
        unit(n).on = on;
      },
      state: (n) => ({ ...unit(n) }),
      measure: () => ({ ...knobs.loop }),
    },
    pilot: {
      wave: (shape, frequency_Hz, duty_pct) => void Object.assign(pilot, { shape, frequency_Hz, duty_pct }),
      output: (on) => {
        pilot.on = on;
      },
      rails: (plus_V, minus_V) => void Object.assign(pilot, { plus_V, minus_V }),
      railsOutput: (on) => {
        pilot.railsOn = on;
      },
      state: () => ({ ...pilot }),
      measureRails: () => ({ plus_V: pilot.railsOn ? pilot.plus_V : 0, minus_V: pilot.railsOn ? pilot.minus_V : 0 }),
    },
    scope: {
      acquire: (channels, dt_s, count) =>
        channels.map((channel) => Float64Array.from({ length: count }, (_, i) => knobs.wave(channel, i * dt_s))),
    },
    gpio: {
      setLine: (line, high) => {
        lines[line] = high;
      },
      lines: () => ({ ...lines }),
      onEdge: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    insulation: {
      set: () => undefined,
      start: () => false,
      stop: () => undefined,
      testing: () => false,
      measure: () => ({ state: "idle", voltage_V: 0, current_A: 0, ohm: "over", dwelling: false, time_s: 0 }),
    },
    operator: {
      fit: () => void knobs.acts.push("fit"),
      half: (id) => void knobs.acts.push(`half ${id}`),
      remove: () => {
        throw new Error("the nest is empty");
      },
      latch: (which, pressed) => void knobs.acts.push(`latch ${which} ${pressed}`),
      lid: (which, closed) => void knobs.acts.push(`lid ${which} ${closed}`),
      warm: () => undefined,
      emergencyStop: (pressed) => edge("ESTOP", !pressed),
      flex: (on) => void knobs.acts.push(`flex ${on}`),
    },
    now_s: () => now,
    advance: (to_s) => {
      for (;;) {
        const due = events.filter((event) => event.at_s <= to_s).sort((a, b) => a.at_s - b.at_s)[0];
        if (due === undefined) break;
        events = events.filter((event) => event !== due);
        now = Math.max(now, due.at_s);
        due.event();
      }
      now = Math.max(now, to_s);
    },
    schedule: (at_s, event) => {
      const entry = { at_s, event };
      events.push(entry);
      return () => {
        events = events.filter((other) => other !== entry);
      };
    },
  };
}
