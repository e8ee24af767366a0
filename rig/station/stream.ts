/** The live stream of a page: one connection, server-sent events, a beat each second, and a deadline for a page that reads. */
import type { HttpBindings } from "@hono/node-server";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type App, type Ctx, type Door, isWelcome, only, refusal } from "./http.ts";
import type { Live } from "./live.ts";
import { placeIn } from "./place.ts";

/** A page must know within 2 s that the server has gone. */
const beat_ms = 1000;
/** A page that does not take a message for so long is left; it comes back to where it stood. */
const write_ms = 10_000;
/** Pages that watch at once, together and of one account. */
const pages_max = 50;
const pages_each_max = 12;

export function streamRoutes(app: App, door: Door, live: Live): void {
  const pages = new Map<string, number>();
  const count = (name: string, by: number): void => {
    const now = (pages.get(name) ?? 0) + by;
    if (now > 0) pages.set(name, now);
    else pages.delete(name);
  };

  app.get("/api/live", only(door), (c) => {
    const { name } = c.get("account");
    const all = [...pages.values()].reduce((sum, one) => sum + one, 0);
    if (all >= pages_max || (pages.get(name) ?? 0) >= pages_each_max) {
      return refusal(c, 429, "too many pages are watching", "Close some of them.");
    }
    const from = placeIn(c.req.header("last-event-id") ?? c.req.query("from"));
    // What is between would gather it: nginx reads this.
    c.header("X-Accel-Buffering", "no");
    count(name, 1);
    return streamSSE(c, async (stream) => {
      let wake = (): void => undefined;
      const watcher = live.watch(from, () => wake());
      stream.onAbort(() => wake());
      try {
        // A session that ended, or an account that was disabled, watches no longer.
        while (!stream.aborted && isWelcome(door, c)) {
          if (!(await sent(c, stream, beat()))) return;
          const end_ms = performance.now() + beat_ms;
          for (let left_ms = beat_ms; left_ms > 0 && !stream.aborted; left_ms = end_ms - performance.now()) {
            const woken = new Promise<void>((resolve) => {
              wake = resolve;
            });
            const text = watcher.take();
            if (text === undefined) await within(woken, left_ms);
            else if (!(await sent(c, stream, text))) return;
          }
        }
      } finally {
        watcher.leave();
        count(name, -1);
      }
    });
  });
}

/** By the monotonic clock of the station: how old a beat is shows even where it was kept on its way. */
const beat = (): string => `event: beat\ndata: ${JSON.stringify({ ms: performance.now() })}\n\n`;

/** False when the page took nothing in time, or has gone: its connection is closed. */
async function sent(c: Ctx, stream: SSEStreamingApi, text: string): Promise<boolean> {
  const taken = await within(
    stream.write(text).then(() => undefined),
    write_ms,
  );
  if (taken && !stream.aborted) return true;
  stream.abort();
  (c.env as Partial<HttpBindings> | undefined)?.outgoing?.destroy();
  return false;
}

/** Whether it came within the time. */
async function within(what: Promise<void>, most_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), most_ms);
  });
  try {
    return await Promise.race([what.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
