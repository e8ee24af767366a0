/** The twin's control socket: bench time, a person's acts, the logs, the state, shutdown. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectControl } from "../../../../drivers/twin/controlClient.ts";
import { startTwin } from "../../../../drivers/twin/server.ts";
import { loadAdapterUnderTest } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld } from "../../../../drivers/twin/world/world.ts";
import { loadBench } from "../../../../rig/bench/benchFile.ts";
import { bench } from "./bench.ts";
import { fakeWorld } from "./fakeWorld.ts";
import { useTwins } from "./twinServer.ts";

const healthy = "drivers/twin/adapters/healthy-a.yaml";
const { twin, control, lineClient, tcp, afterwards } = useTwins();

test("bench time moves by the control socket alone at speed max, and never back", async () => {
  const { handle, world } = await twin();
  const client = await control(handle);
  expect(await client.request({ do: "advance", to_s: 12.5 }, 2000)).toMatchObject({ ok: true, now_s: 12.5 });
  expect(world.now_s()).toBe(12.5);
  await expect(client.request({ do: "advance", to_s: 12 }, 2000)).rejects.toThrow("does not go back");
  await expect(client.request({ do: "advance" }, 2000)).rejects.toThrow('"to_s" must be a finite number');
  expect(await client.request({ do: "now" }, 2000)).toMatchObject({ now_s: 12.5 });
});

test("at a speed bench time follows the wall clock", async () => {
  const { handle } = await twin(1000);
  const client = await control(handle);
  for (let asked = 0; asked < 1000; asked++) {
    const reply = (await client.request({ do: "now" }, 2000)) as { now_s: number };
    if (reply.now_s > 5) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("bench time stood still");
});

test("the operator's acts reach the world, and what it refuses is told", async () => {
  const { handle, world } = await twin();
  const client = await control(handle);
  await client.request({ do: "fit" }, 2000);
  await client.request({ do: "latch", which: "adapter", pressed: true }, 2000);
  await client.request({ do: "lid", which: "LID2", closed: false }, 2000);
  expect(world.knobs.acts).toEqual(["fit", "latch adapter true", "lid LID2 false"]);
  await expect(client.request({ do: "remove" }, 2000)).rejects.toThrow("the nest is empty");
  await expect(client.request({ do: "lid", which: "LID3", closed: true }, 2000)).rejects.toThrow("LID1, LID2");
  await expect(client.request({ do: "fly" }, 2000)).rejects.toThrow('"do" must be one of');
});

test("malformed control lines are answered and do no harm", async () => {
  const { handle } = await twin();
  const client = lineClient(connect(handle.ports.control));
  for (const line of ["{", "[]", "null", '{"do":"toString"}', '{"do":"__proto__"}', "\u0000"]) {
    client.send(`${line}\n`);
    expect(JSON.parse(await client.next())).toMatchObject({ ok: false });
  }
  client.send('{"id":"x","do":"now"}\n');
  expect(JSON.parse(await client.next())).toMatchObject({ id: "x", ok: true });
});

test("the control log tells what the devices saw, from where one left off", async () => {
  const { handle } = await twin();
  const client = await control(handle);
  const source = tcp(handle, "source");
  source.send("*IDN?\n");
  await source.next();
  const first = (await client.request({ do: "log", from: 0 }, 2000)) as {
    events: { what: string; facts: object }[];
    next: number;
  };
  expect(first.events.map((event) => event.what)).toEqual(["client", "rx", "tx"]);
  expect(first.events[1]?.facts).toEqual({ port: "source", hex: "2a49444e3f0a", length: 6 });
  expect(await client.request({ do: "log", from: first.next }, 2000)).toMatchObject({ events: [], next: first.next });
});

test("the control log reads the world's own log too", async () => {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  const entries = [0, 1, 2].map((seq) => ({ seq, t_s: 0, wall_ms: 0, what: "operator" as const, does: `act ${seq}` }));
  const log = { append: () => undefined, entries: (from = 0) => entries.slice(from) };
  const handle = await startTwin({ bench: bench(), world: { ...fakeWorld(), log }, dir, speed: "max" });
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  afterwards(() => handle.close());
  const client = await control(handle);
  expect(await client.request({ do: "log", of: "world", from: 1 }, 2000)).toMatchObject({
    events: [{ does: "act 1" }, { does: "act 2" }],
    next: 3,
  });
  expect(await client.request({ do: "log", of: "world", from: 3 }, 2000)).toMatchObject({ events: [], next: 3 });
});

test("a control client tells a missing twin, an abort and a twin that does not answer", async () => {
  const { handle, dir } = await twin();
  const never = new AbortController().signal;
  await expect(connectControl(join(dir, "none.sock"), never)).rejects.toThrow("no twin answers");
  await expect(connectControl(handle.ports.control, AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  const silent = createServer((socket) => socket.on("data", () => undefined));
  const path = join(dir, "silent.sock");
  await new Promise<void>((resolve) => silent.listen(path, resolve));
  const abort = new AbortController();
  const client = await connectControl(path, abort.signal);
  await expect(client.request({ do: "now" }, 20)).rejects.toThrow("within 20 ms");
  const waiting = client.request({ do: "now" }, 10_000);
  abort.abort();
  await expect(waiting).rejects.toThrow("has gone");
  await new Promise((resolve) => silent.close(resolve));
});

test("shutdown answers, then the twin is gone", async () => {
  const { handle } = await twin();
  const client = await control(handle);
  expect(await client.request({ do: "shutdown" }, 2000)).toMatchObject({ ok: true });
  await handle.closed;
  await expect(client.request({ do: "now" }, 2000)).rejects.toThrow("has gone");
});

test("it says what is wrong with it on purpose, and takes another adapter of a file", async () => {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  const file = "drivers/twin/adapters/pe-open.yaml";
  const world = createWorld({ bench: loadBench("benches/rb-1.yaml"), adapter: loadAdapterUnderTest(healthy) });
  const handle = await startTwin({ bench: world.bench, world, dir, speed: "max" });
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  afterwards(() => handle.close());
  const client = await control(handle);
  const state = async () => (await client.request({ do: "state" }, 2000)) as Readonly<Record<string, unknown>>;
  expect(await state()).toMatchObject({ adapter: "healthy-a", estop: false, lids: [], misbehaving: {} });
  await client.request({ do: "misbehave", port: "daq", mode: "silent" }, 2000);
  await client.request({ do: "estop", pressed: true }, 2000);
  await client.request({ do: "lid", which: "LID2", closed: false }, 2000);
  expect(await state()).toMatchObject({ estop: true, lids: ["LID2"], misbehaving: { daq: "silent" } });
  // The next one fitted is the other: its earth is open.
  expect(world.gpio.lines()["NEST0"]).toBe(true);
  await client.request({ do: "exchange", file }, 2000);
  expect([world.gpio.lines()["NEST0"], world.adapterName()]).toEqual([false, "pe-open"]);
  await expect(client.request({ do: "exchange", file: "README.md" }, 2000)).rejects.toThrow(/README/);
  await expect(client.request({ do: "exchange" }, 2000)).rejects.toThrow(/path of an adapter file/);
  expect(world.adapterName()).toBe("pe-open");
});
