/** Sample runs with plausible data: a good adapter, one with CP open and PP shorted to earth, and a twin's run. */

import type { AdapterType } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import type { Data } from "../../rig/model/data.ts";
import { above, invalid, type Reading, reading } from "../../rig/model/reading.ts";
import type { Unit } from "../../rig/model/units.ts";
import { judge, type Outcome } from "../../rig/model/verdict.ts";
import { recordOf } from "../../rig/store/record.ts";
import type { Event, EventBody, Points, RunHead, RunRecord, SeriesInfo, StoredRun } from "../../rig/store/types.ts";
import { confidenceOf, limitRows } from "./fixture-limits.ts";
import { thermal, waveforms } from "./fixture-series.ts";

export const adapterType: AdapterType = {
  id: "sample-a500",
  maker: "Sample Works",
  model: "A-500",
  family: "A",
  rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 50 },
  pp: { topology: "PASS" },
  parts: { idElement: false, tempSensors: false, latchSwitch: true, acContactsPopulated: false },
  source: "maker's label",
  confidence: "S",
};

const fakeHash = (seed: string): string => Buffer.from(seed.repeat(32)).toString("hex").slice(0, 64);

export function headOf(over: Partial<RunHead> = {}): RunHead {
  return {
    run: 42,
    id: "R000042",
    uid: "2f0c9e3e-7a55-4d4e-9a3b-0c1f5a6f7b10",
    started: "2026-08-22T09:14:03.120Z",
    procedure: { id: "dc-screening", revision: 3, hash: fakeHash("p") },
    limits: {
      id: "adapter-seed",
      revision: "0.1",
      title: "Seed limits, unapproved",
      rows: limitRows,
      hash: fakeHash("l"),
    },
    bench: { id: "RB-1", hash: fakeHash("b"), file: "benches/rb-1.yaml" },
    adapter: { ...adapterType, serial: "SW-A500-004711", label: "SW-A500-004711", hash: fakeHash("a") },
    software: { version: "0.1.0", hash: fakeHash("s"), node: "20.20.2" },
    operator: "M. Keller",
    simulated: false,
    options: { ambient_target_degC: 23 },
    waivers: [
      { id: "W-2026-03", text: "Load bank: dead-man timer set is UNVERIFIED against a manual", by: "R. Ortiz" },
    ],
    ...over,
  };
}

/** Appends events with running numbers and time. */
export class Script {
  readonly events: Event[] = [];
  private t_s = 0;
  private path: string[] = [];

  add(body: EventBody, after_s = 0.4): number {
    this.t_s += after_s;
    const seq = this.events.length + 1;
    const utc = new Date(Date.parse("2026-08-22T09:14:03.120Z") + this.t_s * 1000).toISOString();
    this.events.push({ ...body, seq, bench_s: this.t_s, utc });
    return seq;
  }

  note(body: Record<string, Data>): void {
    this.add({ type: "note", body, lane: "main", attempt: 1 }, 0.01);
  }

  step(name: string, body: () => void): void {
    this.path.push(name);
    this.mark("enter", name);
    body();
    this.mark("leave", name);
    this.path.pop();
  }

  private mark(phase: "enter" | "leave", name: string): void {
    this.add({ type: "step", phase, name, path: this.path.join(" / "), lane: "main", attempt: 1 });
  }

  ask(prompt: Data, answer: Data): void {
    const to = this.add({ type: "issued", command: { do: "ask", prompt }, effect: "read", lane: "main", attempt: 1 });
    this.add({ type: "replied", to, reply: answer, lane: "main", attempt: 1 }, 12);
  }

  judge(
    limit: string,
    got: Reading,
    contacts: readonly Contact[],
    more: { suffix?: string; meaning?: string; attempt?: number } = {},
  ): void {
    const row = limitRows[limit];
    const body = {
      id: more.suffix === undefined ? limit : `${limit}/${more.suffix}`,
      limit,
      step: this.path.join(" / "),
      attempt: more.attempt ?? 1,
      reading: got as unknown as Data,
      verdict: row === undefined ? "inconclusive" : judge(row, got),
      subject: row?.subject ?? "adapter",
      contacts: [...contacts],
      ...(more.meaning === undefined ? {} : { meaning: more.meaning }),
    };
    this.add({ type: "judged", body, lane: "main", attempt: 1 });
  }
}

export const value = (unit: Unit, v: number, u: number, raw = ""): Reading =>
  reading(unit, v, u, { raw: raw || String(v), t_s: 1 });

const both = (pin: "DC+" | "DC-" | "PE" | "CP" | "PP"): readonly Contact[] => [`evse.${pin}`, `ev.${pin}`];

const straight = (["DC+", "DC-", "PE", "CP", "PP"] as const).map((pin) => [`evse.${pin}`, `ev.${pin}`]);

function opening(s: Script): void {
  for (const [role, model, serial, firmware, calibrationDue] of [
    ["daq", "Keysight DAQ973A", "MY59001234", "A.02.02", "2027-02-01"],
    ["milliohm", "GW Instek GOM-805", "GEX880123", "1.24", "2026-11-15"],
    ["source", "ITECH IT-M3906C-10-1020", "80410012", "1.12", "2027-01-10"],
    ["load", "EA EL 9080-340 B", "2841290017", "3.08", "2026-06-30"],
    ["scope", "Rigol DS1104Z", "DS1ZA2104", "00.04.05", "2027-03-20"],
  ] as const) {
    const unverified = role === "load" ? ["dead-man timer"] : [];
    s.note({ kind: "instrument", role, model, serial, firmware, calibrationDue, unverified });
  }
  s.note({ kind: "ambient", at: "start", temperature_degC: 22.8, humidity_pct: 41 });
  s.ask(
    { id: "fit", kind: "confirm", title: "Fit the adapter", text: "Nest N1, lid closed.", timeout_s: 600 },
    { answer: true, by: "M. Keller" },
  );
}

/** The wiring step; `bad`: CP open, PP shorted to PE on the EV side. */
function wiring(s: Script, bad: boolean): void {
  s.step("Wiring screen", () => {
    for (const [pin, ohm] of [
      ["DC+", 0.00041],
      ["DC-", 0.00044],
      ["PE", 0.0031],
      ["CP", 0.21],
      ["PP", 0.24],
    ] as const) {
      if (bad && pin === "CP") {
        s.judge("wiring.path.r", above("ohm", 1e6, { raw: "OVLD", t_s: 3 }), both("CP"), {
          suffix: "CP",
          meaning: "Control pilot is open: no connection from the EVSE side to the EV side.",
        });
      } else s.judge("wiring.path.r", value("ohm", ohm, ohm * 0.01), both(pin), { suffix: pin });
    }
    if (bad)
      s.judge("wiring.isolation.r", value("ohm", 3.42, 0.02), ["ev.PP", "ev.PE"], {
        suffix: "PP-PE",
        meaning: "Proximity is shorted to earth inside the adapter.",
      });
    else
      s.judge("wiring.isolation.r", above("ohm", 1e8, { raw: "> 100 Mohm", t_s: 4 }), ["ev.PP", "ev.PE"], {
        suffix: "PP-PE",
      });
    const found = straight.map(([a, b]) =>
      bad && a === "evse.CP" ? { a, b, is: "open" } : { a, b, is: "path", ohm: 0.2 },
    );
    const short = bad
      ? [
          { a: "ev.PP", b: "ev.PE", is: "short", ohm: 3.42 },
          { a: "evse.DC+", b: "ev.DC-", is: "path", ohm: 0.0021 },
        ]
      : [];
    s.note({ kind: "wiring", expected: straight, found: [...found, ...short] } as unknown as Record<string, Data>);
  });
}

const planned = [
  ...["DC+", "DC-", "PE", "CP", "PP"].map((pin) => ({ id: `wiring.path.r/${pin}`, step: "Wiring screen" })),
  { id: "wiring.isolation.r/PP-PE", step: "Wiring screen" },
  { id: "pe.r", step: "Protective earth, 25 A for 60 s" },
  { id: "cp.stateB", step: "Control pilot" },
  { id: "cp.delta.state.ev", step: "Control pilot" },
  { id: "power.dc.r/DC+", step: "Power path" },
  { id: "power.dc.r/DC-", step: "Power path" },
  { id: "th.rise", step: "Thermal run, 500 A" },
];

const outcomes = {
  pass: { verdict: "pass-screening", ending: "completed" },
  fail: {
    verdict: "fail",
    ending: "completed",
    firstCause: "Control pilot is open: no connection from the EVSE side to the EV side (evse.CP to ev.CP).",
  },
} as const satisfies Record<string, Outcome>;

export interface Sample {
  readonly record: RunRecord;
  readonly series: ReadonlyMap<string, Points>;
}

function finish(s: Script, head: RunHead, outcome: Outcome, series: ReadonlyMap<string, Points>): Sample {
  const infos = [...series].map(
    ([name, p]): SeriesInfo => ({ series: name, unit: name.startsWith("pilot") ? "V" : "degC", points: p.total }),
  );
  const stored: StoredRun = {
    head,
    outcome,
    ended: s.events.at(-1)?.utc ?? head.started,
    hash: fakeHash("h"),
    previousHash: fakeHash("g"),
    events: s.events,
    series: infos,
  };
  return { record: recordOf(stored), series };
}

/** A good adapter, all steps made. */
export function passing(over: Partial<RunHead> = {}): Sample {
  const s = new Script();
  s.note({ kind: "planned", judgements: planned });
  opening(s);
  wiring(s, false);
  s.step("Protective earth, 25 A for 60 s", () => {
    s.judge("rig.self", value("ohm", 2.1e7, 1e5), [], {});
    s.judge("pe.r", value("ohm", 0.00312, 0.00002), both("PE"));
  });
  s.step("Control pilot", () => {
    s.judge("cp.stateB", value("V", 8.981, 0.004), both("CP"));
    s.judge("cp.delta.state.ev", value("V", -0.0023, 0.0011), ["ev.CP"]);
  });
  s.step("Power path", () => {
    s.judge("power.dc.r", invalid("ohm", "drift-beyond-budget", { raw: "9.1E1 uohm", t_s: 5 }), both("DC+"), {
      suffix: "DC+",
    });
    s.judge("power.dc.r", value("ohm", 98.4e-6, 0.95e-6), both("DC+"), { suffix: "DC+", attempt: 2 });
    s.judge("power.dc.r", value("ohm", 147.2e-6, 0.9e-6), both("DC-"), { suffix: "DC-" });
  });
  s.step("Thermal run, 500 A", () => {
    s.note({ kind: "stabilised", rule: "2 K in 30 min, three readings", t_s: 60 + 62 * 60 });
    s.judge("th.rise", value("K", 38.6, 0.7), ["evse.DC-"]);
    s.judge("th.contact.abs", value("degC", 61.4, 0.7), ["evse.DC-"]);
  });
  s.note({ kind: "ambient", at: "end", temperature_degC: 23.1, humidity_pct: 40 });
  s.note({ kind: "deviation", text: "Bench door opened for 20 s in the cool-down", by: "M. Keller" });
  s.note({ kind: "loop-delay", max_ms: 7.4 });
  return finish(s, headOf(over), outcomes.pass, new Map([...thermal(), ...waveforms(0)]));
}

/** CP open, PP to PE, DC crossed: later judgements are blocked. */
export function failing(over: Partial<RunHead> = {}): Sample {
  const s = new Script();
  s.note({ kind: "planned", judgements: planned });
  opening(s);
  wiring(s, true);
  for (const { id, step } of planned.slice(6)) s.note({ kind: "blocked", id, step, by: "wiring.path.r/CP" });
  s.note({ kind: "safe-off", evidence: "measured effect", current_A: 0.02, took_ms: 412 });
  return finish(s, headOf({ run: 43, id: "R000043", ...over }), outcomes.fail, waveforms(0.4));
}

export { confidenceOf };
