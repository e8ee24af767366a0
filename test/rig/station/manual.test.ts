/** Who may drive the bench by hand: an engineer who gave the password again, from one page that is heard of. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { manualBenchOf } from "../../../procedures/routines/manualCommand.ts";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { BenchRuns } from "../../../rig/station/bench.ts";
import { claim_ms, type Hold, Manual, type ManualDeps, silent_ms } from "../../../rig/station/manual.ts";
import { as, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

const prompt = { id: "manual", title: "Manual panel", text: "", kind: "text", longest: 400, timeout_s: 120 };
const offer = manualBenchOf(loadBench("benches/rb-1.yaml"));

let now_ms: number;
let started: (readonly string[])[];
let sent: unknown[];
let stops: number;
let hear: (message: unknown) => void;
let exit: (code: number | null, signal: string | null) => void;
let bench: BenchRuns;
let manual: Manual;
let station: TestStation;
let egon: Visitor;
let tina: Visitor;

async function open(part: Partial<ManualDeps> = {}): Promise<void> {
  [now_ms, started, sent, stops] = [0, [], [], 0];
  bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: (args) => {
      started.push(args);
      return {
        send: (message) => void sent.push(message),
        stop: () => {
          stops += 1;
        },
        onMessage: (listener) => {
          hear = listener;
        },
        onExit: (listener) => {
          exit = listener;
        },
      };
    },
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  manual = new Manual({
    ...{ bench, enabled: true, offer, adapters: ["generic-a-pass"] },
    argsOf: (by, adapter) => ["manual", by, adapter],
    audit: (who, what, detail) => station.accounts.audit(who, what, detail),
    auditIfPossible: (who, what, detail) => station.accounts.auditIfPossible(who, what, detail),
    now_ms: () => now_ms,
    ...part,
  });
  station = await TestStation.open(["Egon", "Tina", "Queenie"], { manual, bench });
  [egon, tina] = [await station.login("Egon"), await station.login("Tina")];
}
beforeEach(() => open());
afterEach(() => station.close());

const asked = { secret: secretOf("Egon"), adapter: "generic-a-pass" };
const post = (path: string, body: unknown, who = egon) => station.post(`/api/manual/${path}`, body, as(who));
const errorOf = async (answer: Response): Promise<string> => ((await answer.json()) as { error: string }).error;

/** The panel is open and waits for a command. */
const opened = async (): Promise<string> => (await held()).token;

async function held(): Promise<Hold> {
  const answer = await post("open", asked);
  expect(answer.status).toBe(200);
  hear({ is: "run", run: 7, id: "R000007" });
  hear({ is: "prompt", number: 1, prompt });
  return (await answer.json()) as Hold;
}

test("it is off unless the station was started with it, and says how", async () => {
  station.close();
  await open({ enabled: false });
  const answer = await post("open", asked);
  expect([answer.status, await errorOf(answer)]).toEqual([400, expect.stringMatching(/rig serve --manual/)]);
  const said = await (await station.ask("/api/manual", { headers: as(egon) })).json();
  expect(said).toEqual({ enabled: false, openedBy: null });
  expect(started).toEqual([]);
});

test("only an engineer, and only with the password given again", async () => {
  const queenie = await station.login("Queenie");
  for (const who of [tina, queenie]) {
    expect((await post("open", { ...asked, secret: "anything" }, who)).status).toBe(403);
    expect((await post("command", { token: "x", command: "off" }, who)).status).toBe(403);
  }
  const wrong = await post("open", { ...asked, secret: "not the password" });
  expect([wrong.status, started]).toEqual([403, []]);
  expect(station.written(1)).toEqual(["Egon: refused: password given again"]);
  expect((await station.post("/api/manual/open", asked)).status).toBe(401);
  expect((await station.ask("/api/manual/open", { headers: as(egon) })).status).toBe(404);
  await opened();
  expect(started).toEqual([["manual", "Egon", "generic-a-pass"]]);
});

test("a bench that is taken is not driven by hand, and one that is driven by hand starts no run", async () => {
  bench.start({ by: "Tina", procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1" }, ["run"]);
  expect(await errorOf(await post("open", asked))).toMatch(/Tina is running incoming/);
  exit(2, null);
  await opened();
  expect(() => bench.start({ by: "Tina", procedure: "incoming", adapter: "a", serial: "S" }, [])).toThrow(
    /Egon is running manual/,
  );
});

test("each command goes to the controller and into the list of actions; only one at a time", async () => {
  const token = await opened();
  expect((await post("command", { token, command: "close KG" })).status).toBe(200);
  expect(sent).toEqual([{ is: "answer", number: 1, answer: "close KG", by: "Egon" }]);
  hear({ is: "answered", number: 1 });
  expect(await errorOf(await post("command", { token, command: "open KG" }))).toMatch(/no answer yet/);
  const last = station.accounts.actions(5).find(({ what }) => what === "manual command");
  expect(last).toMatchObject({ who: "Egon", detail: { run: "R000007", command: "open KG" } });
});

test.each([
  ["no command", {}],
  ["a list", { command: ["off"] }],
  ["a control character", { command: "close KG\u0000" }],
  ["a line break", { command: "off\nend" }],
  ["too long", { command: "x".repeat(201) }],
  ["markup beyond ASCII", { command: "close \u202eKG" }],
])("%s reaches no controller", async (_, body) => {
  const token = await opened();
  expect((await post("command", { token, ...body })).status).toBe(400);
  expect(sent).toEqual([]);
});

test("another page, even of the same person, drives nothing; prompts are not answered behind the panel's back", async () => {
  const token = await opened();
  const again = await station.login("Egon");
  const other = await post("command", { token: `${token.slice(0, -1)}?`, command: "off" }, again);
  expect(await errorOf(other)).toMatch(/another page/);
  expect(await errorOf(await post("alive", { token }, tina))).toMatch(/Egon has the manual panel open/);
  const behind = await station.post("/api/answer", { number: 1, answer: "close KG" }, as(egon));
  expect(await errorOf(behind)).toMatch(/has its own page/);
  expect(sent).toEqual([]);
});

test("a page that was loaded anew goes on once the one before it is silent, and that one drives nothing any more", async () => {
  const { token, ticket } = await held();
  now_ms = claim_ms + 1;
  const next = (await (await post("claim", { ticket })).json()) as Hold;
  expect(station.written(1)).toEqual(["Egon: manual panel: its page was loaded anew"]);
  for (const path of ["alive", "command", "close"])
    expect(await errorOf(await post(path, { token, command: "close KG" }))).toMatch(/on another page/);
  expect(await errorOf(await post("claim", { ticket }))).toMatch(/on another page/);
  expect(sent).toEqual([]);
  expect((await post("command", { token: next.token, command: "close KG" })).status).toBe(200);
  expect(sent).toHaveLength(1);
  now_ms += silent_ms;
  manual.look();
  expect(stops).toBe(0);
});

test("a duplicated tab has the ticket and no token: it waits while the first page is heard of, and keeps nothing alive", async () => {
  const { token, ticket } = await held();
  now_ms = claim_ms;
  expect(await (await post("claim", { ticket })).json()).toEqual({});
  for (const path of ["alive", "command"])
    expect(await errorOf(await post(path, { token: ticket, command: "close KG" }))).toMatch(/on another page/);
  expect((await post("alive", { token })).status).toBe(200);
  now_ms += claim_ms;
  expect(await (await post("claim", { ticket })).json()).toEqual({});
  expect((await post("command", { token, command: "close KG" })).status).toBe(200);
  now_ms += silent_ms + 1;
  manual.look();
  expect(stops).toBe(1);
  expect(await errorOf(await post("claim", { ticket }))).toMatch(/not open any more/);
});

test("a ticket is worth nothing to anybody else", async () => {
  const { token, ticket } = await held();
  now_ms = claim_ms + 1;
  expect((await post("claim", { ticket }, tina)).status).toBe(403);
  expect(await errorOf(await post("claim", { ticket: token }))).toMatch(/on another page/);
  expect((await post("claim", {})).status).toBe(400);
});

test("the panel is not opened where that cannot be written down, and open it is where only the outcome cannot", async () => {
  const audit = vi.spyOn(station.accounts, "audit").mockImplementation((_, what) => {
    throw new RigError("STORAGE_FAILED", `no space left for ${what}`);
  });
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  expect([(await post("open", asked)).status, started]).toEqual([500, []]);
  audit.mockRestore();
  const real = station.accounts.audit.bind(station.accounts);
  vi.spyOn(station.accounts, "audit").mockImplementation((who, what, detail) => {
    if (what === "manual panel opened") throw new RigError("STORAGE_FAILED", "no space left");
    real(who, what, detail);
  });
  const token = await opened();
  expect((await post("command", { token, command: "off" })).status).toBe(200);
  vi.restoreAllMocks();
});

test("a page that is lost ends the panel, and nothing is taken from it any more", async () => {
  const token = await opened();
  now_ms = silent_ms - 1;
  expect((await post("alive", { token })).status).toBe(200);
  now_ms += silent_ms;
  manual.look();
  expect(stops).toBe(0);
  now_ms += 1;
  manual.look();
  manual.look();
  expect([stops, bench.state.run?.phase, bench.state.safety.is]).toEqual([1, "stopping", "asked"]);
  expect(station.written(1)).toEqual(["Egon: manual panel: its page was lost"]);
  expect(await errorOf(await post("command", { token, command: "close KG" }))).toMatch(/not open any more/);
});

test("STOP works for anybody, and after it no command goes through", async () => {
  const token = await opened();
  expect((await station.post("/api/stop", {}, as(tina))).status).toBe(200);
  expect(stops).toBe(1);
  expect(await errorOf(await post("command", { token, command: "close KG" }))).toMatch(/being made safe/);
  expect(sent).toEqual([]);
});

test("it is closed in order at its prompt, else as a run is stopped; a panel that ended is forgotten", async () => {
  const token = await opened();
  expect((await post("close", { token })).status).toBe(200);
  expect(sent).toEqual([{ is: "answer", number: 1, answer: "end", by: "Egon" }]);
  hear({ is: "answered", number: 1 });
  await post("close", { token });
  expect(stops).toBe(1);
  exit(0, null);
  expect(manual.openedBy).toBeUndefined();
  expect(await errorOf(await post("alive", { token }))).toMatch(/not open any more/);
});
