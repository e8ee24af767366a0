/** The sweeps' own judges on traces made by hand: each fault that they are there for must be seen. */
import { describe, expect, it } from "vitest";
import type { Event } from "../../rig/store/types.ts";
import { rb1 } from "../drivers/opening.ts";
import { spreadOf } from "./figures.ts";
import { unexplained } from "./issued.ts";
import { attacks, judge } from "./judge.ts";
import { points } from "./plan.ts";
import { phases } from "./procedure.ts";
import type { WireEvent, WorldEvent } from "./trace.ts";

const at = (ms: number, what: object): WorldEvent => ({ seq: 0, t_s: ms / 1000, ms, ...what }) as unknown as WorldEvent;
const source = (ms: number, current_A: number, on: boolean) => at(ms, { what: "source", voltage_V: 4, current_A, on });
const live = [
  at(1, { what: "relay", relay: "K1A", closed: true, hot_A: 0 }),
  at(2, { what: "enable", on: true, why: "all hold" }),
  at(3, { what: "load", unit: 0, current_A: 20, on: true }),
  source(4, 25, true),
  at(5, { what: "current", source_A: 20, load_A: 20 }),
];
const off = (enable_ms: number, relay_ms: number) => [
  at(enable_ms, { what: "current", source_A: 0, load_A: 0 }),
  at(enable_ms, { what: "enable", on: false, why: "EN" }),
  source(enable_ms + 1, 25, false),
  at(enable_ms + 2, { what: "load", unit: 0, current_A: 20, on: false }),
  at(relay_ms, { what: "relay", relay: "K1A", closed: false, hot_A: 0 }),
];
const setpoints = new Set(["source 4 V 25 A", "load 0 20.000 A"]);
const judged = (after: readonly WorldEvent[], attack: (typeof attacks)[number] = "SIGKILL") =>
  judge({ world: [...live, ...after], wire: [] }, 1000, attack, setpoints);

describe("the judge of a kill", () => {
  it("measures a safe one", () => {
    const found = judged(off(1100, 1500));
    expect(found).toMatchObject({ enable_ms: 100, serial_ms: 500, peak_A: 20, peak_V: 4, unsafe: [] });
    expect(found.charge_As).toBeCloseTo(2, 6);
  });

  it.each([
    ["nothing happens", [], /still high; 20\.0 A still flow; still on: source load 1 K1A/],
    ["enable drops late", off(1251, 1500), /low after 251 ms, allowed 250 ms.*5\.02 A s/],
    ["the ports are late", off(1100, 3001), /ports after 2001 ms, allowed 2000 ms/],
    ["a relay stays", off(1100, 1500).slice(0, -1), /still on: K1A/],
    ["a truncated set-point is executed", [source(1010, 2, true), ...off(1100, 1500)], /4 V 2 A was never asked for/],
    [
      "the current rises before the drop",
      [at(1001, { what: "current", source_A: 200, load_A: 0 }), at(1040, { what: "enable", on: false, why: "EN" })],
      /200\.0 A still flow/,
    ],
  ])("sees that %s", (_, after, why) => {
    expect(judged(after).unsafe.join("; ")).toMatch(why);
  });

  it("asks nothing of the ports when nobody is left to speak to them", () => {
    expect(judged(off(1250, 9000), "both killed").unsafe).toEqual([]);
    expect(judged(off(1250, 9000), "stall").unsafe).toHaveLength(1);
  });
});

describe("frames and their events", () => {
  const rx = (ms: number, port: string, bytes: string | Buffer): WireEvent => {
    const data = Buffer.from(bytes as string, "latin1");
    return { what: "rx", port, hex: data.toString("hex"), length: data.length, ms };
  };
  const issued = (ms: number, role: string, op: string, args: object): Event =>
    ({
      type: "issued",
      seq: 1,
      bench_s: 0,
      utc: new Date(ms).toISOString(),
      lane: "main",
      attempt: 1,
      effect: "energise",
      command: { do: "call", role, op, args },
    }) as unknown as Event;
  const contactors = rx(20, "relays", Buffer.from([5, 0x0f, 0, 0, 0, 8, 1, 0b11, 0, 0]));
  const cases: readonly (readonly [WireEvent, Event])[] = [
    [contactors, issued(10, "contactor", "pattern", { closed: ["K1A", "K1B"] })],
    [rx(20, "source", "OUTP ON\n"), issued(10, "source", "output", { on: true })],
    [rx(20, "source", "CURR 25.000\n"), issued(10, "source", "set", { voltage_V: 4, current_A: 25 })],
    [{ what: "gpio", line: "EN", high: true, by: "client", ms: 20 }, issued(10, "gpio", "enable", { on: true })],
  ];

  it.each(cases)("%j is explained by its event, and by nothing less", (frame, event) => {
    expect(unexplained([frame], [event], rb1, 0)).toEqual([]);
    expect(unexplained([frame], [], rb1, 0)).toHaveLength(1);
    // An event that comes after the frame proves nothing.
    expect(unexplained([frame], [event], rb1, 20)).toHaveLength(1);
  });

  it("another pattern explains no frame", () => {
    const other = issued(10, "contactor", "pattern", { closed: ["K3F"] });
    expect(unexplained([contactors], [other], rb1, 0)).toHaveLength(1);
  });

  it("frames that take energy away need no event", () => {
    const harmless = [
      rx(1, "source", "OUTP OFF\n"),
      rx(2, "source", "CURR 0.000\n"),
      rx(3, "relays", Buffer.from([5, 0x0f, 0, 0, 0, 8, 1, 0, 0, 0])),
    ];
    expect(unexplained(harmless, [], rb1, 0)).toEqual([]);
  });
});

describe("the plan of a sweep", () => {
  const all = phases.map((phase) => ({ phase, port: "daq", nth: 1, gap_ms: 100 }));

  it("lets each attack meet each phase, and is the same for the same seed", () => {
    const list = points(all, attacks, phases, attacks.length * phases.length, 7);
    const pairs = new Set(list.map(({ attack, instant }) => `${attack} ${instant.phase}`));
    expect(pairs.size).toBe(attacks.length * phases.length);
    expect(points(all, attacks, phases, 20, 7)).toEqual(list.slice(0, 20));
    expect(points(all, attacks, phases, 20, 8)).not.toEqual(list.slice(0, 20));
  });
});

describe("figures", () => {
  it("are values that occurred", () => {
    expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ count: 5, min: 1, median: 3, p99: 5, max: 5 });
    expect(spreadOf([])).toBeUndefined();
  });
});
