/** incoming, pilot-corners and intermittents: healthy adapters pass, each fault is found at its row, the bench is blamed for its own. */
import { describe, expect, test } from "vitest";
import { incoming_s } from "../../procedures/incoming.ts";
import { type Between, dryRun } from "../../rig/cli/nominal.ts";
import { nominalPath } from "../../rig/cli/preflight.ts";
import type { LineEdge } from "../../rig/kinds/kinds.ts";
import { isPass } from "../../rig/model/verdict.ts";
import { adapterFile, benchFile, type Case, expectFail, expectPass, expectRigFault, faulty } from "./cases.ts";
import { noteOf } from "./notes.ts";
import { bad, inputsOf, perform } from "./scenario.ts";

const incoming = "incoming";
const corners = "pilot-corners";
const flexed = "intermittents";

describe("healthy adapters", () => {
  test.each([
    ["incoming, family A", { procedure: incoming }],
    ["incoming, family B", { procedure: incoming, type: "generic-b-pass", adapter: adapterFile("healthy-b") }],
    [
      "incoming, own resistors",
      { procedure: incoming, type: "generic-a-local", adapter: adapterFile("healthy-local") },
    ],
    [
      "incoming, latch in series",
      { procedure: incoming, type: "generic-a-series-sw", adapter: faulty("pp: { topology: SERIES_SW }") },
    ],
    ["incoming, family C", { procedure: incoming, type: "generic-c-pass", adapter: adapterFile("healthy-c") }],
    ["incoming, family D", { procedure: incoming, type: "generic-d-pass", adapter: adapterFile("healthy-d") }],
    [
      "incoming, both inlets of family E",
      { procedure: incoming, type: "generic-e-joined", adapter: adapterFile("healthy-e") },
    ],
    ["intermittents, family D", { procedure: flexed, type: "generic-d-pass", adapter: adapterFile("healthy-d") }],
    ["pilot-corners, family A", { procedure: corners }],
    ["intermittents, family A", { procedure: flexed }],
    [
      "intermittents, own resistors: PP has no loop",
      { procedure: flexed, type: "generic-a-local", adapter: adapterFile("healthy-local") },
    ],
    [
      "intermittents, a tick of 0.3 ms once",
      { procedure: flexed, adapter: faulty("paths: { PE: { intermittent: { open_s: 0.0003, per_s: 0.03 } } }") },
    ],
  ])("%s: pass", (_, scenario) => expectPass(scenario));
});

describe("preflight", () => {
  test.each([
    incoming,
    corners,
    flexed,
  ])("a nominal adapter passes %s with the preflight's thinned captures", async (procedure) => {
    const { dry } = await nominalPath(inputsOf({ procedure }));
    expect({ verdict: dry.verdict, ending: dry.ending }).toEqual({ verdict: "pass-screening", ending: "completed" });
  });
});

describe("incoming in 90 s", () => {
  test("its steps declare no more, and a run measures no more, for every topology", async () => {
    for (const [type, adapter] of [
      ["generic-a-pass", adapterFile("healthy-a")],
      ["generic-a-local", adapterFile("healthy-local")],
      ["generic-a-series-sw", faulty("pp: { topology: SERIES_SW }")],
    ] as const) {
      const run = await perform({ procedure: incoming, type, adapter });
      const declared_s = run.steps
        .filter(({ path }) => !path.includes(" / "))
        .reduce((sum, { takes_s }) => sum + takes_s, 0);
      expect(declared_s).toBeLessThanOrEqual(incoming_s);
      expect(run.bench_s).toBeLessThanOrEqual(incoming_s);
    }
  });

  const cases: readonly Case[] = [
    [
      "PE open",
      { procedure: incoming, adapter: adapterFile("pe-open") },
      { id: "pe.r.screen", step: "Protective earth at 1 A", contact: "evse.PE", cause: /^PE is open/ },
    ],
    [
      "DC+ and DC- swapped",
      { procedure: incoming, adapter: adapterFile("dc-swapped") },
      { id: "wiring.path.r/DC+", step: "Wiring", contact: "ev.DC+", cause: /^DC\+ and DC- are swapped/ },
    ],
    [
      "half a megohm from DC+ to PE",
      { procedure: incoming, adapter: faulty("leaks: [{ between: [ev.DC+, ev.PE], ohm: 500000 }]") },
      { id: "wiring.isolation.r/0", step: "Wiring", contact: "ev.DC+", cause: /of leakage between/ },
    ],
    [
      "2 ohm in CP",
      { procedure: incoming, adapter: faulty("paths: { CP: { bar_ohm: 2 } }") },
      { id: "cp.series.r", step: "Pilot path", contact: "evse.CP", cause: /too much resistance/ },
    ],
    [
      "5 Mohm from CP to PP",
      { procedure: incoming, adapter: faulty("leaks: [{ between: [ev.CP, ev.PP], ohm: 5.0e6 }]") },
      { id: "cp.pp.r", step: "Pilot path", contact: "evse.PP", cause: /^pilot and proximity are coupled/ },
    ],
    [
      "a clamp of 8 V on CP, for which nobody blames the bench's pilot",
      { procedure: incoming, adapter: faulty("diodes: [{ anode: evse.CP, cathode: evse.PE, drop_V: 8 }]") },
      { id: "cp.pe.leak12v/positive", step: "Pilot path", contact: "evse.CP", cause: /^the pilot leaks to earth$/ },
    ],
    [
      "a diode from PE to CP",
      { procedure: incoming, adapter: faulty("diodes: [{ anode: evse.PE, cathode: evse.CP }]") },
      { id: "wiring.isolation.r/1", step: "Wiring", contact: "evse.CP", cause: /of leakage between PE and CP$/ },
    ],
    [
      "680 ohm in place of 150",
      { procedure: incoming, type: "generic-a-local", adapter: adapterFile("pp-680") },
      {
        id: "pp.latched.r",
        step: "Proximity / Proximity of the adapter itself",
        contact: "ev.PP",
        cause: /^the proximity resistor is wrong/,
      },
    ],
  ];
  const onAc: Case = [
    "2 ohm in CP of family C",
    {
      procedure: incoming,
      type: "generic-c-pass",
      adapter: "adapter: faulty\nfamily: C\npaths: { CP: { bar_ohm: 2 } }\n",
    },
    { id: "cp.series.r", step: "Pilot path", contact: "evse.CP", cause: /too much resistance/ },
  ];
  test.each([...cases, onAc])("%s", (_, scenario, expected) => expectFail(scenario, expected));

  test("an earth tie left closed is the bench's fault", () =>
    expectRigFault(
      { procedure: incoming, adapter: adapterFile("pe-open"), bench: benchFile("earth-tie") },
      { id: "rig.pe.open.r", step: "Open fixture", cause: /^the two PE contacts are joined/ },
    ));

  test("a pilot relay that does not close is the bench's fault, and not the adapter's", () =>
    expectRigFault(
      { procedure: incoming, bench: "stuckOpen: ['KP1.A#0']\n" },
      { id: "rig.signal.agreement/CP", step: "Control pilot", cause: /^no pilot gets through/ },
    ));
});

describe("pilot-corners (all its faults: test/slow/pilotCorners.test.ts)", () => {
  const leaky: Case = [
    "100 kohm from CP to PE",
    { procedure: corners, adapter: faulty("leaks: [{ between: [ev.CP, ev.PE], ohm: 100000 }]") },
    {
      id: "cp.corner.shift/B",
      step: "Pilot corners / Corners computed",
      contact: "ev.CP",
      cause: /shifts state B too much at 12\.6 V/,
    },
  ];
  test.each([leaky])("%s", (_, scenario, expected) => expectFail(scenario, expected));
});

describe("intermittents", () => {
  const flexing = "Intermittent contacts / Flexing";
  const cases: readonly Case[] = [
    [
      "CP opens for 3 ms now and then",
      { procedure: flexed, adapter: faulty("paths: { CP: { intermittent: { open_s: 0.003, per_s: 0.1 } } }") },
      {
        id: "watch.open.s/evse.CP-ev.CP",
        step: flexing,
        contact: "ev.CP",
        cause: /interrupted while .* longest 3 ms$/,
      },
    ],
    [
      "DC+ chatters for 0.3 ms",
      { procedure: flexed, adapter: faulty("paths: { DC+: { intermittent: { open_s: 0.0003, per_s: 2, at: bar } } }") },
      {
        id: "watch.chatter/evse.DC+-ev.DC+",
        step: flexing,
        contact: "evse.DC+",
        cause: /chatters while .* 0 of 1 ms or more/,
      },
    ],
    [
      "PP open from the first",
      { procedure: flexed, adapter: faulty("paths: { PP: { open: ev } }") },
      {
        id: "wiring.path.watch/evse.PP-ev.PP",
        step: "Intermittent contacts / Paths before flexing",
        contact: "ev.PP",
        cause: /^evse\.PP-ev\.PP is open before/,
      },
    ],
    [
      "PE open",
      { procedure: flexed, adapter: adapterFile("pe-open") },
      { id: "pe.r.screen", step: "Protective earth at 1 A", contact: "evse.PE", cause: /^PE is open/ },
    ],
  ];
  test.each(cases)("%s", (_, scenario, expected) => expectFail(scenario, expected));

  test("a loop that its relay does not close is the bench's fault", () =>
    expectRigFault(
      { procedure: flexed, bench: 'stuckOpen: ["KW#2"]\n' },
      { id: "rig.watch.closed/WATCH.2", step: flexing, cause: /^WATCH\.2 \(evse\.CP-ev\.CP\) reads open/ },
    ));

  test("the record says which paths no loop watches", async () => {
    const run = await perform({ procedure: flexed, type: "generic-a-local", adapter: adapterFile("healthy-local") });
    const told = run.journal.events.flatMap((e) => noteOf(e, "watch-window"));
    expect(told[0]?.["notWatched"]).toEqual(expect.arrayContaining(["evse.PP", "ev.PP"]));
    expect(told[0]?.["length_s"]).toBeCloseTo(30, 3);
  });
});

type Events = { readonly edges: readonly LineEdge[]; readonly last_seq: number };

/** The procedure with something between it and the lines: what the n-th question about edges is answered. */
function withLines(
  adapter: string,
  change: (events: Events, question: number) => Events,
  level = (_: string, high: boolean) => high,
) {
  const inputs = inputsOf({ procedure: flexed });
  let question = 0;
  const between: Between = {
    instruments: (twins) => {
      const gpio = twins["gpio"];
      if (gpio?.kind !== "gpio") throw new Error("no lines");
      const lines = gpio as unknown as { call: Record<string, (...args: unknown[]) => Promise<unknown>> };
      const call = {
        ...lines.call,
        read: async (...args: unknown[]) => {
          const levels = (await lines.call["read"]?.(...args)) as Record<string, boolean>;
          return Object.fromEntries(Object.entries(levels).map(([line, high]) => [line, level(line, high)]));
        },
        watchEvents: async (...args: unknown[]) => {
          question += 1;
          return change((await lines.call["watchEvents"]?.(...args)) as Events, question);
        },
      };
      return { ...twins, gpio: { ...gpio, call } as unknown as typeof gpio };
    },
    body: (body) => body,
    ask: (ask) => ask,
    advancing: () => undefined,
    step: () => undefined,
    refused: () => undefined,
  };
  return import("../../drivers/twin/world/adapterUnderTest.ts").then(({ parseAdapterUnderTest }) =>
    dryRun(inputs, { adapter: parseAdapterUnderTest(adapter), between }),
  );
}

describe("lost edges", () => {
  // Questions: 1 empties the buffer, 2 begin, 3 the window, 4 the end.
  const during = (change: (events: Events) => Events) => (events: Events, question: number) =>
    question === 3 ? change(events) : events;
  /** Two edges of a line that nobody judges, with one missing between them: 1 ms of the window is blind. */
  const gap = ({ edges, last_seq }: Events): Events => {
    const other = (seq: number, ns: string): LineEdge => ({ line: "NEST3", high: seq % 2 === 0, ns, seq });
    const made = [other(last_seq + 1, "5000000000"), other(last_seq + 3, "5001000000")];
    return { edges: [...edges, ...made], last_seq: last_seq + 3 };
  };

  test("a good contact with an edge missing is not passed", async () => {
    const run = await withLines(faulty(""), during(gap));
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "inconclusive", ending: "completed" });
    const open = run.measurements.find(({ id }) => id === "watch.open.s/evse.CP-ev.CP");
    expect(open).toMatchObject({ verdict: "inconclusive", reading: { is: "invalid", code: "edges-lost" } });
    expect(run.measurements.filter(({ limit, verdict }) => limit.startsWith("watch.") && isPass(verdict))).toEqual([]);
  });

  test("an interruption that was seen stays a fail, whatever was lost", async () => {
    const loud = faulty("paths: { CP: { intermittent: { open_s: 0.02, per_s: 1 } } }");
    const run = await withLines(
      loud,
      during(({ edges, last_seq }) => ({ edges: edges.filter((_, i) => i % 7 !== 3), last_seq })),
    );
    expect(run.verdict).toBe("fail");
    const open = run.measurements.find(({ id }) => id === "watch.open.s/evse.CP-ev.CP");
    expect(open).toMatchObject({ verdict: "fail", reading: { is: "above" } });
  });

  test("a window that is mostly blind is the bench's fault", async () => {
    const run = await withLines(
      faulty(""),
      during(({ edges, last_seq }) => ({ edges, last_seq: last_seq + 3 })),
    );
    expect(bad(run).map(({ id }) => id)).toContain("rig.watch.blind");
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "not-judged", ending: "rig-error" });
  });

  test("a loop whose line tells no edges is the bench's fault, not a good contact", async () => {
    const mute = (events: Events) => ({ ...events, edges: events.edges.filter(({ line }) => line !== "WATCH.3") });
    const run = await withLines(faulty(""), mute);
    expect(bad(run)[0]?.id).toBe("rig.watch.edges/WATCH.3");
    expect(run.ending).toBe("rig-error");
  });

  test("a comparator that always says closed is the bench's fault", async () => {
    const run = await withLines(
      faulty(""),
      (events) => events,
      (line, high) => high || line === "WATCH.4",
    );
    expect(bad(run)[0]?.id).toBe("rig.watch.open/WATCH.4");
    expect(run.ending).toBe("rig-error");
  });
});
