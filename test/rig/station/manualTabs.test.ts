/** The page's own hold on the manual panel, in two tabs at once: the module of the page against the routes of the station. */
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BenchRuns } from "../../../rig/station/bench.ts";
import { Manual, silent_ms } from "../../../rig/station/manual.ts";
import { as, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

interface Tab {
  readonly token: { readonly value: string | undefined };
  readonly lost: { readonly value: string };
  hold(given: { readonly token: string; readonly ticket: string }): void;
  keep(): void;
}

let station: TestStation;
let manual: Manual;
let egon: Visitor;
let stops: number;
/** What `sessionStorage` holds: of the tab that is loaded next, a copy of that of the first. */
let kept: Map<string, string>;
/** Tokens of pages that are not there any more. */
let gone: string[];
/** The station is not reached. */
let cut: boolean;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "setTimeout", "clearInterval", "clearTimeout", "performance"] });
  [stops, kept, gone, cut] = [0, new Map(), [], false];
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => ({
      send: () => undefined,
      stop: () => {
        stops += 1;
      },
      onMessage: () => undefined,
      onExit: () => undefined,
    }),
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  manual = new Manual({
    ...{ bench, enabled: true, adapters: ["generic-a-pass"], argsOf: () => [] },
    offer: { roles: {}, relays: {}, channels: {}, limits: { source_V: 1, current_A: 1, rails_V: 12 } },
    audit: (...of) => station.accounts.audit(...of),
    auditIfPossible: (...of) => station.accounts.auditIfPossible(...of),
    now_ms: () => performance.now(),
  });
  station = await TestStation.open(["Egon"], { manual, bench });
  egon = await station.login("Egon");
  vi.stubGlobal("location", { hash: "" });
  vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
    cut || gone.some((token) => String(init.body).includes(token))
      ? Promise.reject(new TypeError("Failed to fetch"))
      : station.post(path, String(init.body), as(egon)),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  station.close();
});

/** A page with a memory of its own and the storage of its tab. */
async function tab(): Promise<Tab> {
  const own = new Map(kept);
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => own.get(key) ?? null,
    setItem: (key: string, value: string) => void own.set(key, value),
    removeItem: (key: string) => void own.delete(key),
  });
  vi.resetModules();
  const url = pathToFileURL(`${import.meta.dirname}/../../../rig/station/page/manual.ts`).href;
  const loaded = (await import(url)) as Tab;
  kept = own;
  return loaded;
}

async function seconds(s: number): Promise<void> {
  for (let i = 0; i < 10 * s; i += 1) {
    await vi.advanceTimersByTimeAsync(100);
    // Answers of the station come by other ways than timers.
    await new Promise((resolve) => setImmediate(resolve));
    manual.look();
  }
}

async function opened(): Promise<Tab> {
  const first = await tab();
  const body = { secret: secretOf("Egon"), adapter: "generic-a-pass" };
  first.hold(await (await station.post("/api/manual/open", body, as(egon))).json());
  return first;
}

test("a duplicated tab drives nothing, says so, and does not take over when the first is closed later", async () => {
  const first = await opened();
  const second = await tab();
  second.keep();
  await seconds(6);
  expect([first.lost.value, second.token.value]).toEqual(["", undefined]);
  expect(second.lost.value).toMatch(/second one and only shows it/);
  expect([manual.openedBy, stops]).toEqual(["Egon", 0]);
  cut = true;
  await seconds(1 + silent_ms / 1000);
  expect(stops).toBe(1);
});

test("the same tab loaded anew goes on, with a token of its own, and its next page does so too", async () => {
  const pages = [await opened()];
  for (let i = 0; i < 2; i += 1) {
    gone.push(pages.at(-1)?.token.value ?? "");
    const next = await tab();
    next.keep();
    await seconds(4);
    expect(next.token.value).toMatch(/^[\w-]{32}$/);
    pages.push(next);
  }
  expect(new Set(pages.map(({ token }) => token.value)).size).toBe(3);
  await seconds(6);
  expect(stops).toBe(0);
});

test("a page that hangs for a while and comes back finds that the next one drives, and says so", async () => {
  const first = await opened();
  cut = true;
  await seconds(3);
  cut = false;
  const second = await tab();
  second.keep();
  await vi.advanceTimersByTimeAsync(0);
  await seconds(3);
  const driving = [first, second].filter(({ token }) => token.value !== undefined);
  expect(driving).toHaveLength(1);
  expect([first, second].map(({ lost }) => lost.value).filter((why) => why !== "")).toHaveLength(1);
});
