import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import modbus from "modbus-serial";
import { afterEach, expect, test } from "vitest";
import { lines } from "../../../../drivers/port/lines.ts";
import { openPort } from "../../../../drivers/port/open.ts";
import { connectControl } from "../../../../drivers/twin/controlClient.ts";
import { startTwin, type TwinHandle } from "../../../../drivers/twin/server.ts";
import { loadAdapterUnderTest } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld } from "../../../../drivers/twin/world/world.ts";
import { loadBench } from "../../../../rig/bench/benchFile.ts";
import { bench } from "./bench.ts";
import { type FakeWorld, fakeWorld } from "./fakeWorld.ts";

const healthy = "drivers/twin/adapters/healthy-a.yaml";
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function twin(speed: number | "max" = "max"): Promise<{ world: FakeWorld; handle: TwinHandle; dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  const world = fakeWorld();
  const handle = await startTwin({ bench: bench(), world, dir, speed });
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  closers.push(() => handle.close());
  return { world, handle, dir };
}

async function control(handle: TwinHandle) {
  const client = await connectControl(handle.ports.control, new AbortController().signal);
  closers.push(() => client.close());
  return client;
}

/** A line client on a socket: sends, gives the next line. */
function lineClient(socket: Socket): { next(): Promise<string>; send(text: string): void; ended: Promise<void> } {
  let rest = "";
  const got: string[] = [];
  let waiting: ((line: string) => void) | undefined;
  socket.on("data", (bytes) => {
    rest += bytes.toString("latin1");
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      got.push(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
    if (waiting !== undefined && got.length > 0) {
      waiting(got.shift() ?? "");
      waiting = undefined;
    }
  });
  const ended = new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  closers.push(() => socket.destroy());
  return {
    ended,
    send: (text) => void socket.write(text),
    next: () =>
      new Promise((resolve) => {
        const line = got.shift();
        if (line !== undefined) resolve(line);
        else waiting = resolve;
      }),
  };
}

const tcp = (handle: TwinHandle, name: string) =>
  lineClient(connect(Number(handle.ports.ports[name]?.["port"]), "127.0.0.1"));

test("ports.json names every port of the bench, and closing leaves nothing behind", async () => {
  const { handle, dir } = await twin();
  const written = JSON.parse(readFileSync(handle.file, "utf8"));
  expect(written).toEqual(handle.ports);
  expect(written).toMatchObject({ simulated: true, bench: "RB-1", speed: "max" });
  expect(Object.keys(written.ports).sort()).toEqual(Object.keys(bench().ports).sort());
  expect(written.ports.relays).toEqual({ kind: "serial", path: join(dir, "relays"), baud: 9600 });
  expect(written.ports.daq).toMatchObject({ kind: "tcp", host: "127.0.0.1" });
  await handle.close();
  await handle.closed;
  for (const name of ["ports.json", "control.sock", "gpio.sock", "relays", "load1"])
    expect(existsSync(join(dir, name))).toBe(false);
});

test("a foreign Modbus master drives boards 1 to 5 over the pseudo-terminal", async () => {
  const { world, dir } = await twin();
  const master = new modbus.default();
  await master.connectRTUBuffered(join(dir, "relays"), { baudRate: 9600 });
  closers.push(() => new Promise<void>((resolve) => master.close(() => resolve())));
  master.setTimeout(2000);
  master.setID(4);
  await master.writeCoils(0, [true, false, true, ...new Array<boolean>(13).fill(false)]);
  expect(world.relays.coils("matrix", 4).slice(0, 4)).toEqual([true, false, true, false]);
  const read = await master.readCoils(0, 16);
  expect(read.data.slice(0, 4)).toEqual([true, false, true, false]);
  master.setID(5);
  await master.writeCoil(2, true);
  expect(world.relays.coils("contactor", 5)[2]).toBe(true);
  await expect(master.writeCoil(8, true)).rejects.toThrow(/Illegal data address/i);
  await expect(master.readInputRegisters(0, 1)).rejects.toThrow(/Illegal function/i);
  master.setID(9);
  master.setTimeout(50);
  await expect(master.readCoils(0, 1)).rejects.toThrow(/Timed out/i);
});

test("each network port identifies itself with the text and the serial number of the bench file", async () => {
  const { handle } = await twin();
  for (const role of ["daq", "source", "generator", "rails", "scope"]) {
    const entry = bench().instruments[role];
    const client = tcp(handle, role);
    client.send("*IDN?\n");
    const line = await client.next();
    expect(line).toContain(entry?.identity);
    expect(line).toContain(entry?.serial);
  }
});

test("a new client takes the place of the one before and finds no half command of it", async () => {
  const { handle } = await twin();
  const first = tcp(handle, "source");
  first.send("VOLT?\n");
  await first.next();
  first.send("VOLT 9");
  const second = tcp(handle, "source");
  second.send("VOLT?\n");
  expect(await second.next()).toBe("0.000");
  await first.ended;
});

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
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  closers.push(() => handle.close());
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

test("a second twin in the same folder is refused and does not disturb the first", async () => {
  const { handle, dir } = await twin();
  const again = startTwin({ bench: bench(), world: fakeWorld(), dir, speed: "max" });
  await expect(again).rejects.toThrow("another twin answers here");
  expect(existsSync(join(dir, "relays"))).toBe(true);
  expect(existsSync(handle.file)).toBe(true);
  const client = await control(handle);
  expect(await client.request({ do: "now" }, 2000)).toMatchObject({ ok: true });
});

test("another identity, silence and a hang-up are switched on and off by port", async () => {
  const { handle } = await twin();
  const client = await control(handle);
  const misbehave = (mode: string, port = "source") => client.request({ do: "misbehave", port, mode }, 2000);
  await misbehave("identity");
  const source = tcp(handle, "source");
  source.send("*IDN?\n");
  expect(await source.next()).toContain("ACME");
  await misbehave("silent");
  source.send("VOLT 3\n*IDN?\n");
  await client.request({ do: "now" }, 2000);
  await misbehave("none");
  source.send("VOLT?\n");
  expect(await source.next()).toBe("3.000");
  await misbehave("hang-up");
  await source.ended;
  const refused = tcp(handle, "source");
  await refused.ended;
  await misbehave("none");
  const again = tcp(handle, "source");
  again.send("VOLT?\n");
  expect(await again.next()).toBe("3.000");
  await expect(misbehave("sulky")).rejects.toThrow('"mode" must be one of');
  await expect(misbehave("silent", "teapot")).rejects.toThrow('no port "teapot"');
});

test("a stalled device reads when it wakes up", async () => {
  const { handle } = await twin();
  const client = await control(handle);
  const source = tcp(handle, "source");
  source.send("VOLT?\n");
  await source.next();
  await client.request({ do: "misbehave", port: "source", mode: "stalled" }, 2000);
  source.send("VOLT 2\nVOLT?\n");
  await client.request({ do: "now" }, 2000);
  await client.request({ do: "misbehave", port: "source", mode: "none" }, 2000);
  expect(await source.next()).toBe("2.000");
});

test("an unplugged serial port is lost at the client and comes back by its link", async () => {
  const { handle, dir } = await twin();
  const client = await control(handle);
  // The project's own port: a bare SerialPort may spin instead of closing when the line goes during a read.
  const open = () => openPort({ kind: "serial", path: join(dir, "ohm"), baud: 115200 }, "ohm");
  const port = await open();
  const gone = new Promise((resolve) => port.lost.addEventListener("abort", resolve, { once: true }));
  await client.request({ do: "misbehave", port: "ohm", mode: "hang-up" }, 2000);
  await gone;
  expect(existsSync(join(dir, "ohm"))).toBe(false);
  await client.request({ do: "misbehave", port: "ohm", mode: "none" }, 2000);
  const again = await open();
  const io = { signal: new AbortController().signal, deadline_wall_ms: performance.now() + 5000 };
  const answer = await again.transact(Buffer.from("*IDN?\r\n"), { framer: lines("crlf", 200) }, io);
  expect(Buffer.from(answer).toString("latin1")).toContain("HIOKI,RM3545");
  await again.close();
});

test("GPIO: levels on connecting, edges with time and number, outputs that stay when the client goes", async () => {
  const { handle, world } = await twin();
  const client = lineClient(connect(handle.ports.gpio));
  expect(JSON.parse(await client.next())).toMatchObject({ lines: world.gpio.lines() });
  client.send('{"set":"EN","high":true}\n');
  expect(JSON.parse(await client.next())).toEqual({ done: "EN", high: true });
  world.edge("ESTOP", false);
  world.edge("ESTOP", true);
  const [first, second] = [JSON.parse(await client.next()), JSON.parse(await client.next())];
  expect(first).toMatchObject({ edge: "ESTOP", high: false, seq: 1 });
  expect(second).toMatchObject({ edge: "ESTOP", high: true, seq: 2 });
  expect(BigInt(second.ns) >= BigInt(first.ns)).toBe(true);
  client.send('{"set":"ESTOP","high":true}\n{"set":"NONE","high":true}\nx\n');
  expect(JSON.parse(await client.next())).toEqual({ error: "line ESTOP is an input" });
  expect(JSON.parse(await client.next())).toEqual({ error: 'no line "NONE" on this bench' });
  expect(JSON.parse(await client.next())).toHaveProperty("error");
  const other = lineClient(connect(handle.ports.gpio));
  expect(JSON.parse(await other.next())).toMatchObject({ lines: { EN: true } });
});

test("shutdown answers, then the twin is gone", async () => {
  const { handle } = await twin();
  const client = await control(handle);
  expect(await client.request({ do: "shutdown" }, 2000)).toMatchObject({ ok: true });
  await handle.closed;
  await expect(client.request({ do: "now" }, 2000)).rejects.toThrow("has gone");
});

test("a model without a simulated device and an impossible speed are refused by name", async () => {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const whole = bench();
  const daq = whole.instruments["daq"];
  if (daq === undefined) throw new Error("no daq");
  const odd = { ...whole, instruments: { ...whole.instruments, daq: { ...daq, model: "abacus" } } };
  const world = fakeWorld();
  await expect(startTwin({ bench: odd, world, dir, speed: "max" })).rejects.toThrow('model "abacus"');
  await expect(startTwin({ bench: whole, world, dir, speed: 0 })).rejects.toThrow("speed 0");
  await expect(startTwin({ bench: whole, world, dir: join(dir, "x".repeat(100)), speed: 1 })).rejects.toThrow("107");
});

test("it says what is wrong with it on purpose, and takes another adapter of a file", async () => {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  const file = "drivers/twin/adapters/pe-open.yaml";
  const world = createWorld({ bench: loadBench("benches/rb-1.yaml"), adapter: loadAdapterUnderTest(healthy) });
  const handle = await startTwin({ bench: world.bench, world, dir, speed: "max" });
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  closers.push(() => handle.close());
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
