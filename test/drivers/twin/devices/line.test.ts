import { expect, test } from "vitest";
import { Line, type Misbehaviour } from "../../../../drivers/twin/devices/line.ts";
import { Pending, ScpiDevice } from "../../../../drivers/twin/devices/scpi.ts";

/** A line with a clock of its own; the device answers each piece with the bytes given. */
function line(character_ms: number, answer = "0123456789abcdef") {
  let now = 0;
  let due: { at: number; event: () => void }[] = [];
  const received: [number, string][] = [];
  const sent: [number, string][] = [];
  const silences: number[] = [];
  const made = new Line({
    wire: { send: (bytes) => void sent.push([now, Buffer.from(bytes).toString("latin1")]) },
    character_ms,
    silence_ms: 4,
    wall_ms: () => now,
    after: (delay, event) => {
      const entry = { at: now + delay, event };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    saw: () => undefined,
  });
  made.attach({
    receive: (bytes) => {
      received.push([now, Buffer.from(bytes).toString("latin1")]);
      made.fromDevice(Buffer.from(answer));
    },
    silence: () => void silences.push(now),
  });
  const run = (to_ms: number): void => {
    for (;;) {
      const next = due.filter((entry) => entry.at <= to_ms).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      due = due.filter((entry) => entry !== next);
      now = Math.max(now, next.at);
      next.event();
    }
    now = to_ms;
  };
  const say = (text: string): void => made.fromClient(Buffer.from(text));
  const all = (): string => sent.map(([, text]) => text).join("");
  return { line: made, say, run, received, sent, silences, all };
}

test("without pacing a reply is there before the write returns", () => {
  const { say, all } = line(0);
  say("x");
  expect(all()).toBe("0123456789abcdef");
});

test("with pacing bytes take their time both ways, and replies arrive in pieces", () => {
  const { say, run, received, sent } = line(1);
  say("12345");
  run(4.9);
  expect(received).toEqual([]);
  run(100);
  expect(received).toEqual([[5, "12345"]]);
  expect(sent).toEqual([
    [13, "01234567"],
    [21, "89abcdef"],
  ]);
});

test("pieces of one frame written at once are one frame on the wire: no silence between them", () => {
  const { say, run, received, silences } = line(1);
  say("123");
  say("45678901");
  run(100);
  expect(received.map(([at]) => at)).toEqual([3, 11]);
  expect(silences).toEqual([15]);
});

test("a late reply keeps its bytes and comes after the delay, also without pacing", () => {
  const { line: made, say, run, sent } = line(0);
  made.misbehave("late", 250);
  say("x");
  run(249);
  expect(sent).toEqual([]);
  run(251);
  expect(sent).toEqual([[250, "0123456789abcdef"]]);
});

test.each<[Misbehaviour, string | undefined]>([
  ["silent", ""],
  ["hang-up", ""],
  ["stalled", ""],
  ["truncated", "01234567"],
  ["garbage", undefined],
])("%s spoils the reply", (mode, expected) => {
  const { line: made, say, received, all } = line(0);
  made.misbehave(mode, 0);
  say("x");
  if (expected !== undefined) expect(all()).toBe(expected);
  else {
    expect(all()).toHaveLength(16);
    expect(all()).not.toBe("0123456789abcdef");
  }
  expect(received).toHaveLength(mode === "hang-up" || mode === "stalled" ? 0 : 1);
});

test("a stalled device reads what waited, up to a bound, when it wakes up; a new client finds nothing of it", () => {
  const { line: made, say, received } = line(0);
  made.misbehave("stalled", 0);
  say("abc");
  for (let i = 0; i < 10; i++) say("x".repeat(20_000));
  made.misbehave("none", 0);
  const length = received.reduce((sum, [, text]) => sum + text.length, 0);
  expect(received[0]?.[1]).toBe("abc");
  expect(length).toBeGreaterThan(3);
  expect(length).toBeLessThanOrEqual(65_536);
  made.misbehave("stalled", 0);
  say("old");
  made.connected();
  made.misbehave("none", 0);
  expect(received.at(-1)?.[1]).not.toBe("old");
});

test("bytes on the way to a client that has gone do not reach the next", () => {
  const { line: made, say, run, all } = line(1);
  say("1");
  run(5);
  made.connected();
  run(100);
  expect(all()).toBe("");
});

test("an answer that is still pending belongs to the client who asked", () => {
  let finish: ((reply: string) => void) | undefined;
  let out = "";
  const device = new ScpiDevice({
    commands: [{ header: ":SLOW", ask: () => new Pending((done) => (finish = done)) }],
    identity: () => "ACME",
    reset: () => undefined,
    reply: (bytes) => {
      out += Buffer.from(bytes).toString();
    },
  });
  const say = (text: string) => device.receive(Buffer.from(text));
  say(":SLOW?\n*IDN?\n");
  expect(out).toBe("");
  finish?.("1");
  expect(out).toBe("1\nACME\n");
  say(":SLOW?\n");
  device.connected();
  finish?.("2");
  say("*IDN?\n");
  expect(out).toBe("1\nACME\nACME\n");
});

test("pieces keep their order when the process is late and its timers fire in another", () => {
  let now = 0;
  const due: { readonly at: number; readonly event: () => void }[] = [];
  const sent: string[] = [];
  const made = new Line({
    wire: { send: (bytes) => void sent.push(Buffer.from(bytes).toString("latin1")) },
    character_ms: 0.26,
    silence_ms: 4,
    wall_ms: () => now,
    after: (delay, event) => {
      const entry = { at: now + delay, event };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry), 1);
    },
    saw: () => undefined,
  });
  made.fromDevice(Buffer.from("0123456789abcdefghijklmnop"));
  now = 50;
  while (due.length > 0) due.pop()?.event();
  expect(sent.join("")).toBe("0123456789abcdefghijklmnop");
});
