/** Faults on purpose: only on a twin, only by who may run, written down, and shown while they last. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { BenchRuns } from "../../../rig/station/bench.ts";
import { TwinDesk, type TwinState } from "../../../rig/station/twin.ts";
import { as, TestStation, type Visitor } from "./doorFixture.ts";

let state: TwinState;
let asked: Readonly<Record<string, unknown>>[];
let gone: boolean;
let bench: BenchRuns;
let desk: TwinDesk;
let station: TestStation;
let tina: Visitor;

beforeEach(async () => {
  [asked, gone] = [[], false];
  state = { adapter: "healthy A", estop: false, lids: [], ports: ["daq", "source"], misbehaving: {} };
  bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => ({
      send: () => undefined,
      stop: () => undefined,
      onMessage: () => undefined,
      onExit: () => undefined,
    }),
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  desk = new TwinDesk({
    bench,
    request: async (body) => {
      if (gone) throw new Error("no twin answers");
      if (body["do"] !== "state") asked.push(body);
      const { do: what, port, mode, pressed, which, closed } = body;
      if (what === "misbehave") {
        const { [String(port)]: _, ...rest } = state.misbehaving;
        state = { ...state, misbehaving: mode === "none" ? rest : { ...rest, [String(port)]: String(mode) } };
      }
      if (what === "estop") state = { ...state, estop: pressed === true };
      if (what === "lid") state = { ...state, lids: closed === true ? [] : [String(which)] };
      if (what === "exchange") state = { ...state, adapter: "pe open" };
      return state;
    },
    adapters: { "pe-open": "/twin/adapters/pe-open.yaml" },
    audit: (who, what, detail) => station.accounts.audit(who, what, detail),
  });
  station = await TestStation.open(["Egon", "Tina", "Queenie"], { twin: desk });
  tina = await station.login("Tina");
  await desk.look();
});
afterEach(() => station.close());

const act = (body: unknown, who = tina) => station.post("/api/twin", body, as(who));

test("each fault is done, written down, and shown until it is cleared", async () => {
  for (const body of [
    { do: "misbehave", port: "daq", mode: "silent" },
    { do: "misbehave", port: "source", mode: "late", ms: 500 },
    { do: "estop", pressed: true },
    { do: "lid", which: "LID1", closed: false },
    { do: "exchange", adapter: "pe-open" },
  ]) {
    expect((await act(body)).status).toBe(200);
  }
  expect(bench.state.faults).toEqual([
    "daq: silent",
    "source: late",
    "emergency stop pressed",
    "LID1 open",
    'adapter exchanged for "pe open"',
  ]);
  expect(station.accounts.actions(5).map(({ what }) => what)).toEqual([
    ...["twin: exchange", "twin: lid", "twin: estop", "twin: misbehave", "twin: misbehave"],
  ]);
  expect(asked.at(-1)).toEqual({ do: "exchange", file: "/twin/adapters/pe-open.yaml" });
  expect((await act({ do: "clear" })).status).toBe(200);
  expect(bench.state.faults).toEqual(['adapter exchanged for "pe open"']);
});

test("what a prompt of a run asks for is no fault; what is left over when it has ended is one", async () => {
  bench.start({ by: "Tina", procedure: "incoming", adapter: "a", serial: "S" }, []);
  state = { ...state, estop: true };
  await desk.look();
  expect(bench.state.faults ?? []).toEqual([]);
  await act({ do: "lid", which: "LID2", closed: false });
  expect(bench.state.faults).toEqual(["LID2 open"]);
});

test("a twin that is gone is said, and nothing pretends to be well", async () => {
  gone = true;
  await desk.look();
  expect(bench.state.faults).toEqual(["the twin does not answer"]);
  expect(await (await station.ask("/api/twin", { headers: as(tina) })).json()).toEqual({
    simulated: true,
    fault: "no twin answers",
  });
  gone = false;
  await desk.look();
  expect(bench.state.faults).toEqual([]);
});

test.each([
  ["nothing", {}],
  ["an unknown act", { do: "shutdown" }],
  ["moving bench time", { do: "advance", to_s: 1e9 }],
  ["a mode that is none", { do: "misbehave", port: "daq", mode: "explode" }],
  ["a port with a path", { do: "misbehave", port: "../daq", mode: "silent" }],
  ["an endless wait", { do: "misbehave", port: "daq", mode: "late", ms: 1e9 }],
  ["an adapter that is a path", { do: "exchange", adapter: "../../../etc/passwd" }],
  ["an adapter of the prototype", { do: "exchange", adapter: "constructor" }],
  ["fields that nobody asked for", { do: "clear", file: "/etc/passwd" }],
])("%s is refused with one line and reaches no twin", async (_, body) => {
  const answer = await act(body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error).not.toMatch(/\n/);
  expect(asked).toEqual([]);
});

test("QA and strangers do nothing to it", async () => {
  const queenie = await station.login("Queenie");
  expect((await act({ do: "clear" }, queenie)).status).toBe(403);
  expect((await station.post("/api/twin", { do: "clear" })).status).toBe(401);
  expect((await station.ask("/api/twin")).status).toBe(401);
  expect(asked).toEqual([]);
});

test("a real bench has no twin: nothing is on offer and everything is refused with one line", async () => {
  const real = await TestStation.open(["Egon"]);
  try {
    const egon = await real.login("Egon");
    expect(await (await real.ask("/api/twin", { headers: as(egon) })).json()).toEqual({ simulated: false });
    const answer = await real.post("/api/twin", { do: "estop", pressed: true }, as(egon));
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(/not simulated/)]);
  } finally {
    real.close();
  }
});
