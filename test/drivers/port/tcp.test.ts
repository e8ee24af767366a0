import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { lines } from "../../../drivers/port/lines.ts";
import { openPort } from "../../../drivers/port/open.ts";
import { type Expect, noReply, type Port, type PortOptions } from "../../../drivers/port/port.ts";

const bytes = (s: string): Uint8Array => Buffer.from(s, "latin1");
const line: Expect = { framer: lines("lf", 64) };
const within = (ms: number) => ({ signal: new AbortController().signal, deadline_wall_ms: performance.now() + ms });

const servers: { server: Server; sockets: Socket[] }[] = [];

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function instrument(answer: (text: string, socket: Socket, connection: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => answer(data.toString("latin1").trim(), socket, connection));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("no TCP address");
  const open = (options: PortOptions = {}): Promise<Port> =>
    openPort({ kind: "tcp", host: "127.0.0.1", port: at.port }, "daq", options);
  return { open, sockets, server };
}

test("answers over TCP, and a command without an answer arrives before an orderly close", async () => {
  const got: string[] = [];
  let last: (() => void) | undefined;
  const arrived = new Promise<void>((resolve) => {
    last = resolve;
  });
  const { open } = await instrument((text, socket) => {
    got.push(text);
    if (text.endsWith("?")) socket.write("1.5\r\n");
    else last?.();
  });
  const port = await open();
  expect(Buffer.from(await port.transact(bytes("READ?\n"), line, within(2000))).toString()).toBe("1.5");
  await port.transact(bytes("INP OFF\n"), noReply, within(2000));
  await port.close();
  await arrived;
  expect(got).toEqual(["READ?", "INP OFF"]);
});

test("the peer's end in mid-frame loses the port at once", async () => {
  const { open } = await instrument((_text, socket) => socket.end("1."));
  const port = await open();
  await expect(port.transact(bytes("READ?\n"), line, within(60_000))).rejects.toMatchObject({ code: "PORT_LOST" });
  expect(port.lost.aborted).toBe(true);
  await port.close();
});

test("a reconnecting port leaves the late answer on the old connection", async () => {
  const late: Socket[] = [];
  const { open, sockets } = await instrument((text, socket, connection) => {
    if (connection === 1) late.push(socket);
    else {
      for (const old of late) if (!old.destroyed) old.write("late\n");
      socket.write(`${text}!\n`);
    }
  });
  const port = await open({ resync: { by: "reconnect" } });
  await expect(port.transact(bytes("a\n"), line, within(50))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  expect(Buffer.from(await port.transact(bytes("b\n"), line, within(5000))).toString()).toBe("b!");
  expect(sockets).toHaveLength(2);
  expect(port.lost.aborted).toBe(false);
  await port.close();
});

test("a reconnecting port that finds nobody is lost", async () => {
  const { open, server, sockets } = await instrument(() => undefined);
  const port = await open({ resync: { by: "reconnect" } });
  await expect(port.transact(bytes("a\n"), line, within(50))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  server.close();
  await expect(port.transact(bytes("b\n"), line, within(5000))).rejects.toMatchObject({ code: "PORT_LOST" });
  expect(port.lost.aborted).toBe(true);
  expect(sockets).toHaveLength(1);
});

test("a refused connection and a bad port number name the address", async () => {
  const { server, open } = await instrument(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  await expect(open()).rejects.toMatchObject({
    code: "PORT_OPEN_FAILED",
    message: expect.stringContaining("127.0.0.1:"),
  });
  const bad = openPort({ kind: "tcp", host: "127.0.0.1", port: 70_000 }, "daq");
  await expect(bad).rejects.toMatchObject({ code: "BENCH_INVALID" });
});

test("opening ends at its deadline and at its signal", async () => {
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  const { open } = await instrument(() => undefined);
  const port = await open();
  await port.close();
  const [, portNumber] = port.where.split(":");
  const address = { kind: "tcp", host: "127.0.0.1", port: Number(portNumber) } as const;
  const io = { signal: stop.signal, deadline_wall_ms: performance.now() + 1000 };
  await expect(openPort(address, "daq", { io })).rejects.toMatchObject({ code: "PORT_OPEN_FAILED" });
});
