/** Notes and pauses of a person at the bench: in the record first, told after, bounded, and never with anything on. */
import { expect, test } from "vitest";
import { Desk, type DeskSays, note_max, notes_max, pause_max_s } from "../../../rig/cli/desk.ts";
import type { EventBody } from "../../../rig/store/types.ts";

function desk() {
  const order: string[] = [];
  const told: DeskSays[] = [];
  const bodies: Readonly<Record<string, unknown>>[] = [];
  const bench = { atRest: true, earthProved: true };
  let late: () => void = () => undefined;
  const made = new Desk({
    journal: {
      append: (event: EventBody) => {
        bodies.push((event as { readonly body: Readonly<Record<string, unknown>> }).body);
        return bodies.length;
      },
      durable: async (seq) => void order.push(`durable ${String(bodies[seq - 1]?.["kind"])}`),
    },
    bench: () => ({ ...bench }),
    tell: (message) => {
      told.push(message);
      order.push(message.is === "pause" ? `told ${message.state}` : `told ${message.is}`);
    },
    utc: () => "2026-01-01T00:00:00.000Z",
    sleep: (for_s, signal) =>
      new Promise((resolve, reject) => {
        expect(for_s).toBe(pause_max_s);
        late = resolve;
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  });
  return { made, order, told, bodies, bench, late: () => late(), kinds: () => bodies.map(({ kind }) => kind) };
}
const turns = async () => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};
const never = new AbortController().signal;

test("without a wish nothing waits; with one the run pauses at the next place, and a person lets it go on", async () => {
  const d = desk();
  await d.made.at("Fit", never);
  d.made.heard({ is: "pause", by: "Tina" });
  const waiting = d.made.at("Drop", never);
  await turns();
  expect(d.told.at(-1)).toMatchObject({ state: "paused", by: "Tina", before: "Drop", for_s: pause_max_s });
  d.made.heard({ is: "go-on", by: "Tom" });
  await waiting;
  expect(d.kinds()).toEqual(["pause-asked", "paused", "went-on"]);
  expect(d.bodies.at(-1)).toMatchObject({ by: "Tom", before: "Drop" });
  expect(d.order).toEqual(["told wanted", "durable paused", "told paused", "durable went-on", "told none"]);
  await d.made.at("Rise", never);
});

test("with anything on, the wish stays and the run goes on to the next place", async () => {
  const d = desk();
  d.bench.atRest = false;
  d.made.heard({ is: "pause", by: "Tina" });
  await d.made.at("Drop", never);
  expect(d.kinds()).toEqual(["pause-asked"]);
  d.bench.atRest = true;
  const waiting = d.made.at("Rise", never);
  await turns();
  d.made.heard({ is: "go-on", by: "Tina" });
  await waiting;
  expect(d.bodies[1]).toMatchObject({ kind: "paused", before: "Rise" });
});

test("a wish that was withdrawn pauses nothing; two wishes are one", async () => {
  const d = desk();
  d.made.heard({ is: "pause", by: "Tina" });
  d.made.heard({ is: "pause", by: "Tom" });
  d.made.heard({ is: "go-on", by: "Tina" });
  d.made.heard({ is: "go-on", by: "Tina" });
  await d.made.at("Drop", never);
  expect(d.kinds()).toEqual(["pause-asked", "pause-withdrawn"]);
  expect(d.told.at(-1)).toEqual({ is: "pause", state: "none" });
});

test("nobody lets it go on: the run ends", async () => {
  const d = desk();
  d.made.heard({ is: "pause", by: "Tina" });
  const waiting = d.made.at("Drop", never);
  const refused = expect(waiting).rejects.toMatchObject({ code: "PROMPT_TIMEOUT" });
  await turns();
  d.late();
  await refused;
  expect(d.kinds()).not.toContain("went-on");
  expect(d.told.at(-1)).toEqual({ is: "pause", state: "none" });
});

test("a stop, trip or lost store ends the pause at once, with its own reason", async () => {
  const d = desk();
  const end = new AbortController();
  d.made.heard({ is: "pause", by: "Tina" });
  const waiting = d.made.at("Drop", end.signal);
  const refused = expect(waiting).rejects.toThrow("the emergency stop");
  await turns();
  end.abort(new Error("the emergency stop"));
  await refused;
  expect(d.told.at(-1)).toEqual({ is: "pause", state: "none" });
});

test("S9: a lid that was opened during the pause ends the run before anything is switched", async () => {
  const d = desk();
  d.made.heard({ is: "pause", by: "Tina" });
  const waiting = d.made.at("Drop", never);
  const refused = expect(waiting).rejects.toMatchObject({ code: "ABORTED", message: expect.stringMatching(/earth/) });
  await turns();
  d.bench.earthProved = false;
  d.made.heard({ is: "go-on", by: "Tina" });
  await refused;
  expect(d.kinds()).not.toContain("went-on");
});

test("a note is told of when it is on disk; an empty, long or surplus one is refused", async () => {
  const d = desk();
  d.made.heard({ is: "note", number: 7, by: "Tina", text: "  <b>smells</b> warm " });
  await turns();
  expect(d.order).toEqual(["durable operator-note", "told noted"]);
  expect(d.bodies[0]).toMatchObject({ kind: "operator-note", by: "Tina", text: "<b>smells</b> warm" });
  for (const text of ["   ", "x".repeat(note_max + 1)]) {
    d.made.heard({ is: "note", number: 8, by: "Tina", text });
    await turns();
    expect(d.told.at(-1)).toMatchObject({ is: "noted", number: 8, wrong: expect.stringMatching(/1 to 500/) });
  }
  for (let i = 1; i < notes_max; i += 1) d.made.heard({ is: "note", number: 100 + i, by: "Tina", text: "again" });
  d.made.heard({ is: "note", number: 9, by: "Tina", text: "one more" });
  await turns();
  expect(d.told.find((m) => m.is === "noted" && m.number === 9)).toMatchObject({ wrong: expect.stringMatching(/200/) });
  expect(d.bodies.length).toBe(notes_max);
});
