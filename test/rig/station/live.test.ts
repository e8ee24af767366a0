/** A page shows what the store has, once, in order: over any cuts of the stream, and however slowly it reads. */
import fc from "fast-check";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { BenchRuns, type Child } from "../../../rig/station/bench.ts";
import type { Followed } from "../../../rig/station/follow.ts";
import { Live, type Message, type Watcher } from "../../../rig/station/live.ts";
import { nowhere, placeIn, placeText } from "../../../rig/station/place.ts";
import type { NewPoints } from "../../../rig/store/tail.ts";
import type { Event } from "../../../rig/store/types.ts";
import { type PageModules, pageModules } from "./pageModules.ts";

/** A store that grows as the test says. */
class GrowingTail implements Followed {
  readonly stored: Event[] = [];
  readonly t_s: number[] = [];
  reads = 0;
  fault: Error | undefined;

  grow(events: number, points: number): void {
    for (let i = 0; i < events; i += 1) {
      const seq = this.stored.length + 1;
      const type = seq % 3 === 0 ? "issued" : "judged";
      this.stored.push({ type, seq, bench_s: seq, utc: "", lane: "main", attempt: 1, body: { id: `${seq}` } } as never);
    }
    for (let i = 0; i < points; i += 1) this.t_s.push(this.t_s.length / 10);
  }

  changed(): boolean {
    if (this.fault) throw this.fault;
    return true;
  }

  events(_run: number, after: number, limit: number, types: ReadonlySet<string>) {
    const rows = this.stored.slice(after, after + limit);
    return {
      events: rows.filter(({ type }) => types.has(type)),
      last: after + rows.length,
      more: rows.length === limit,
    };
  }

  points(
    _run: number,
    _prefixes: readonly string[],
    places: { readonly byId: Map<number, { seen: number; row: number }> },
  ) {
    this.reads += 1;
    const from = places.byId.get(1)?.seen ?? 0;
    const t_s = this.t_s.slice(from);
    places.byId.set(1, { seen: this.t_s.length, row: 0 });
    const points: readonly NewPoints[] =
      t_s.length === 0 ? [] : [{ series: "thermal/T.1", unit: "degC", from, t_s, values: t_s.map((t) => 20 + t) }];
    return { points, more: false };
  }

  close(): void {
    this.reads += 0;
  }
}

function opened(run = 1) {
  let say: (message: unknown) => void = () => undefined;
  const child: Child = {
    send: () => undefined,
    stop: () => undefined,
    onMessage: (listener) => {
      say = listener;
    },
    onExit: () => undefined,
  };
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => child,
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  bench.start({ by: "Tina", procedure: "incoming", adapter: "x", serial: "SN-1" }, []);
  const tail = new GrowingTail();
  const live = new Live(bench, async () => tail);
  say({ is: "run", run, id: "R000001" });
  return { bench, tail, live, say: (message: unknown) => say(message) };
}

let page: PageModules;
beforeAll(async () => {
  page = await pageModules();
});
beforeEach(() => page.live.begin());

/** What a browser makes of the stream: the id of the last whole message, and whether the page could go on with it. */
function drain(
  watcher: Watcher,
  most = Number.POSITIVE_INFINITY,
): { readonly id: string | undefined; readonly whole: boolean } {
  let id: string | undefined;
  for (let i = 0; i < most; i += 1) {
    const text = watcher.take();
    if (text === undefined) break;
    for (const one of text.split("\n\n").filter(Boolean)) {
      const message = JSON.parse(/^data: (.*)$/m.exec(one)?.[1] ?? "") as Message;
      if (!page.live.take(message)) return { id, whole: false };
      id = /^id: (.*)$/m.exec(one)?.[1] ?? id;
    }
  }
  return { id, whole: true };
}

const judged = () => page.state.judged.value.map(({ id }) => Number(id));
const times = () => page.state.curves.get("thermal/T.1")?.drawn().t_s ?? [];
const told = (tail: GrowingTail) => tail.stored.filter(({ type }) => type === "judged").map(({ seq }) => seq);

test("a page that opens late gets every judgement and every point once", async () => {
  const { live, tail } = opened();
  tail.grow(1200, 900);
  await live.look();
  expect(drain(live.watch(nowhere, () => undefined)).whole).toBe(true);
  expect(judged()).toEqual(told(tail));
  expect(times()).toEqual(tail.t_s);
});

test("over any cuts, returns and duplicates a page shows what the store has: nothing twice, nothing missing", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("grow" as const), n: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ do: fc.constant("take" as const), n: fc.integer({ min: 0, max: 4 }) }),
    fc.constant({ do: "cut" as const, n: 0 }),
    fc.constant({ do: "forget id" as const, n: 0 }),
    fc.constant({ do: "store fails" as const, n: 0 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      page.live.begin();
      const { live, tail } = opened();
      let id: string | undefined;
      let watcher = live.watch(nowhere, () => undefined);
      const come = (from: string | undefined) => {
        watcher.leave();
        watcher = live.watch(placeIn(from), () => undefined);
      };
      for (const { do: what, n } of steps) {
        if (what === "grow") {
          tail.grow(n, n);
          await live.look();
        } else if (what === "take") {
          const got = drain(watcher, n);
          expect(got.whole).toBe(true);
          id = got.id ?? id;
        } else if (what === "cut") come(id);
        else if (what === "forget id") come(undefined);
        else {
          tail.fault = new Error("the disk is gone");
          await live.look();
          tail.fault = undefined;
          await live.look();
        }
        expect(judged()).toEqual(told(tail).slice(0, judged().length));
      }
      await live.look();
      expect(drain(watcher).whole).toBe(true);
      expect(judged()).toEqual(told(tail));
      expect(times()).toEqual(tail.t_s);
    }),
    { numRuns: 200 },
  );
});

test("a message that comes twice, late or after a gap changes nothing, or makes the page begin anew", async () => {
  const { live, tail } = opened();
  const watcher = live.watch(nowhere, () => undefined);
  const messages: Message[] = [];
  for (let i = 0; i < 6; i += 1) {
    tail.grow(5, 5);
    await live.look();
    for (let text = watcher.take(); text !== undefined; text = watcher.take())
      for (const [, data = ""] of text.matchAll(/^data: (.*)$/gm)) messages.push(JSON.parse(data) as Message);
  }
  fc.assert(
    fc.property(fc.array(fc.nat({ max: messages.length - 1 }), { maxLength: 60 }), (order) => {
      page.live.begin();
      for (const at of order) {
        const message = messages[at];
        if (!message || !page.live.take(message)) break;
        const all = told(tail);
        expect(judged()).toEqual(all.slice(0, judged().length));
        expect(times()).toEqual(tail.t_s.slice(0, times().length));
      }
    }),
    { numRuns: 500 },
  );
});

test("an older state of the bench is never shown after a newer one", async () => {
  const { live, say } = opened();
  const states: Message[] = [];
  const watcher = live.watch(nowhere, () => undefined);
  const take = () => states.push(JSON.parse(/^data: (.*)$/m.exec(watcher.take() ?? "")?.[1] ?? "") as Message);
  take();
  say({ is: "prompt", number: 1, prompt: { title: "Fit" } });
  take();
  const [old, now] = states as [Message, Message];
  page.live.take(now);
  page.live.take(old);
  expect(page.state.bench.value).toMatchObject({ run: { prompt: { number: 1 } } });
});

test("a page that does not read costs no memory: it gets the overview when it comes back, not a queue", async () => {
  const { live, tail } = opened();
  const slow = live.watch(nowhere, () => undefined);
  tail.grow(1, 10);
  await live.look();
  drain(slow);
  for (let i = 0; i < 400; i += 1) {
    tail.grow(1, 10);
    await live.look();
  }
  const texts: string[] = [];
  for (let text = slow.take(); text !== undefined; text = slow.take()) texts.push(text);
  expect(texts.length).toBeLessThan(5);
  expect(texts.at(-1)).toContain('"whole":true');
});

test("the store is read once for all pages, and not again for a page that opens", async () => {
  const { live, tail } = opened();
  for (let i = 0; i < 20; i += 1) live.watch(nowhere, () => undefined);
  tail.grow(10, 10);
  await live.look();
  const { reads } = tail;
  expect(reads).toBe(1);
  expect(drain(live.watch(nowhere, () => undefined)).whole).toBe(true);
  expect(tail.reads).toBe(reads);
});

test("a store that cannot be read is said on every page, and when it can be read again that is shown", async () => {
  const { live, tail } = opened();
  const watcher = live.watch(nowhere, () => undefined);
  tail.grow(5, 5);
  await live.look();
  drain(watcher);
  tail.fault = new Error("disk I/O error");
  expect(await live.look()).toMatch(/disk I\/O error/);
  drain(watcher);
  expect(page.state.unread.value).toMatch(/disk I\/O error/);
  tail.fault = undefined;
  tail.grow(5, 5);
  await live.look();
  drain(watcher);
  expect([page.state.unread.value, judged(), times()]).toEqual([undefined, told(tail), tail.t_s]);
});

test("whatever a browser sends as its place, it gets the present and no error", async () => {
  const { live, tail } = opened();
  tail.grow(50, 50);
  await live.look();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          "1.2",
          "1.2.x",
          "-1.0.0",
          "9".repeat(40),
          "1..5.5",
          placeText({ run: 1, boot: "x", batch: 9, seq: 9e14 }),
        ),
      ),
      (text) => {
        page.live.begin();
        const place = placeIn(text);
        expect([place.run, place.batch, place.seq].every(Number.isSafeInteger)).toBe(true);
        const watcher = live.watch(place, () => undefined);
        expect(() => drain(watcher)).not.toThrow();
        watcher.leave();
      },
    ),
  );
});
