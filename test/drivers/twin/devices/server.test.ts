import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import modbus from "modbus-serial";
import { expect, test } from "vitest";
import { lines } from "../../../../drivers/port/lines.ts";
import { openPort } from "../../../../drivers/port/open.ts";
import { startTwin } from "../../../../drivers/twin/server.ts";
import { bench } from "./bench.ts";
import { fakeWorld } from "./fakeWorld.ts";
import { useTwins } from "./twinServer.ts";

const { twin, control, lineClient, tcp, afterwards } = useTwins();

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
  afterwards(() => new Promise<void>((resolve) => master.close(() => resolve())));
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

test("a model without a simulated device and an impossible speed are refused by name", async () => {
  const dir = mkdtempSync(join(tmpdir(), "twin-"));
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  const whole = bench();
  const daq = whole.instruments["daq"];
  if (daq === undefined) throw new Error("no daq");
  const odd = { ...whole, instruments: { ...whole.instruments, daq: { ...daq, model: "abacus" } } };
  const world = fakeWorld();
  await expect(startTwin({ bench: odd, world, dir, speed: "max" })).rejects.toThrow('model "abacus"');
  await expect(startTwin({ bench: whole, world, dir, speed: 0 })).rejects.toThrow("speed 0");
  await expect(startTwin({ bench: whole, world, dir: join(dir, "x".repeat(100)), speed: 1 })).rejects.toThrow("107");
});
