/** From an accepted start on, what the page knows of the run before is of the past, however late the stream is. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type BenchDeps, BenchRuns } from "../../../rig/station/bench.ts";
import { Live, type Message } from "../../../rig/station/live.ts";
import { host, job, origin, TestStation } from "./doorFixture.ts";
import { type PageModules, pageModules } from "./pageModules.ts";

let page: PageModules;
let station: TestStation;
/** What the station says to the page and the page has not heard yet. */
let onItsWay: Message[];
let endRun: () => Promise<void>;
/** What the controller says. */
let tell: (message: unknown) => void;
/** What the store says of a run that has ended. */
let left: Awaited<ReturnType<BenchDeps["ended"]>>;

const no = () => undefined;

beforeAll(async () => {
  page = await pageModules();
});
beforeEach(async () => {
  page.live.begin();
  page.state.begunAt.value = undefined;
  onItsWay = [];
  left = { safe: true, why: "test" };
  let exit: (code: number | null, signal: string | null) => void = no;
  const wait = (listener: typeof exit): void => {
    exit = listener;
  };
  const hears = (listener: typeof tell): void => {
    tell = listener;
  };
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => ({ send: no, stop: no, onMessage: hears, onExit: wait }),
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => left,
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  endRun = async () => exit(2, null);
  const live = new Live(bench, () => Promise.reject(new Error("no store")));
  station = await TestStation.open(["Tina"], { bench, live });
  const watcher = live.watch({ run: 0, boot: "", batch: 0, seq: 0 }, () => {
    for (let text = watcher.take(); text !== undefined; text = watcher.take()) said(text);
  });
  said(watcher.take() ?? "");
});
afterEach(() => {
  vi.unstubAllGlobals();
  page.state.me.value = undefined;
  station.close();
});

const said = (text: string): void => void onItsWay.push(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "") as Message);
const hear = (): void => {
  for (const message of onItsWay.splice(0)) page.live.take(message);
};
const phase = () => page.state.bench.value?.run?.phase;
const starting = () => page.state.starting.value;

/** As the page does it, by its own code. */
async function begin(path: "/api/start" | "/api/resume", body: object): Promise<void> {
  const tina = await station.login("Tina");
  page.state.me.value = { name: "Tina", role: "technician", csrf: tina.csrf };
  vi.stubGlobal("location", { hash: "#/new" });
  vi.stubGlobal("fetch", (to: string, init: RequestInit) =>
    station.ask(to, { ...init, headers: { ...(init.headers as object), host, origin, cookie: tina.cookie } }),
  );
  await page.begun.beginRun(path, body);
  expect(location.hash).toBe("#/");
}

const start = (): Promise<void> => begin("/api/start", job);

async function oneBefore(): Promise<void> {
  await start();
  await endRun();
  hear();
  expect([phase(), starting()]).toEqual(["ended", false]);
}

test("a start that was accepted counts until the stream has brought its run, and no longer", async () => {
  await oneBefore();
  await start();
  expect([phase(), starting()]).toEqual(["ended", true]);
  hear();
  expect([phase(), starting()]).toEqual(["preflight", false]);
  await endRun();
  hear();
  expect([phase(), starting()]).toEqual(["ended", false]);
});

test("states that were on their way before the start do not end it", async () => {
  await start();
  await endRun();
  const before = onItsWay.splice(0);
  await start();
  for (const message of before) page.live.take(message);
  expect([phase(), starting()]).toEqual(["ended", true]);
  hear();
  expect([phase(), starting()]).toEqual(["preflight", false]);
});

test("where the stream was quicker than the answer nothing is in doubt", async () => {
  await oneBefore();
  const known = page.state.begunAt.value;
  await start();
  const answer = page.state.begunAt.value;
  page.state.begunAt.value = known;
  hear();
  page.state.begunAt.value = answer;
  expect([phase(), starting()]).toEqual(["preflight", false]);
});

test("over a stream that begins anew it counts, and a station that was started anew knows nothing of it", async () => {
  await oneBefore();
  await start();
  page.live.begin();
  expect(starting()).toBe(true);
  const [first] = onItsWay;
  page.live.take({ ...(first as Extract<Message, { is: "state" }>), boot: "another", number: 1 });
  expect(starting()).toBe(false);
});

test("a resume that was accepted counts in the same way: no verdict from before it is shown while it is unheard", async () => {
  const interrupted = { ...job, run: 7, id: "R000007", by: "Tina", checkpoint: "Fit" };
  left = { ...left, outcome: { verdict: "inconclusive", ending: "aborted" }, interrupted };
  await start();
  tell({ is: "run", run: 7, id: "R000007" });
  await endRun();
  await vi.waitFor(() => expect(onItsWay.length).toBeGreaterThan(3));
  hear();
  expect([phase(), starting(), page.state.bench.value?.run?.outcome]).toEqual(["ended", false, left.outcome]);
  await begin("/api/resume", { run: 7 });
  expect([phase(), starting()]).toEqual(["ended", true]);
  hear();
  expect([phase(), starting(), page.state.bench.value?.run?.outcome]).toEqual(["preflight", false, undefined]);
});

test("a resume that was refused changes nothing: the verdict from before it stands", async () => {
  await oneBefore();
  const known = page.state.begunAt.value;
  await expect(begin("/api/resume", { run: 7 })).rejects.toThrow();
  expect([phase(), starting(), page.state.begunAt.value]).toEqual(["ended", false, known]);
});
