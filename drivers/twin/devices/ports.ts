/** The ends that clients open: a pseudo-terminal for a serial port of the bench, a listener for a network port. */
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Data } from "../../../rig/model/data.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { openPty, type Pty } from "../pty.ts";
import type { Line } from "./line.ts";

export interface TwinPort {
  /** How a client finds it, for ports.json. */
  readonly address: Readonly<Record<string, Data>>;
  /** To the client, if there is one. */
  send(bytes: Uint8Array): void;
  unplug(): void;
  plugIn(): Promise<void>;
  /** A stalled device takes nothing from the wire. */
  stall(on: boolean): void;
  close(): Promise<void>;
}

export interface PortEvents {
  readonly line: Line;
  /** A client came (network ports only). */
  readonly client: () => void;
}

export async function serialTwinPort(dir: string, name: string, baud: number, events: PortEvents): Promise<TwinPort> {
  const link = join(dir, name);
  let pty: Pty | undefined;
  const plugIn = async (): Promise<void> => {
    if (pty !== undefined) return;
    pty = await openPty(link);
    pty.onData((bytes) => events.line.fromClient(bytes));
  };
  await plugIn();
  return {
    address: { kind: "serial", path: link, baud },
    send: (bytes) => pty?.write(bytes),
    unplug: () => {
      pty?.hangUp();
      pty = undefined;
      events.line.connected();
    },
    plugIn,
    stall: () => undefined, // the line keeps what comes, a terminal has no way to refuse it
    close: async () => {
      pty?.close();
      pty = undefined;
    },
  };
}

/** Bytes that may wait for a client that does not read; then it is cut off. */
const WAITING_MAX_bytes = 4 << 20;

/** One client at a time: a new one takes the place of the one before, as instruments' raw sockets do. */
export async function tcpTwinPort(name: string, events: PortEvents): Promise<TwinPort> {
  let client: Socket | undefined;
  let plugged = true;
  let stalled = false;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    if (!plugged) {
      socket.resetAndDestroy();
      return;
    }
    client?.destroy();
    client = socket;
    socket.setNoDelay(true);
    events.client();
    events.line.connected();
    socket.on("data", (bytes) => {
      if (client === socket) events.line.fromClient(bytes);
    });
    if (stalled) socket.pause();
    socket.on("close", () => {
      if (client !== socket) return;
      client = undefined;
      events.line.connected();
    });
  });
  const port = await listen(server, name);
  return {
    address: { kind: "tcp", host: "127.0.0.1", port },
    send: (bytes) => {
      if (client === undefined || !client.writable) return;
      if (client.writableLength > WAITING_MAX_bytes) client.destroy();
      else client.write(bytes);
    },
    unplug: () => {
      plugged = false;
      client?.resetAndDestroy();
      client = undefined;
      events.line.connected();
    },
    plugIn: async () => {
      plugged = true;
    },
    stall: (on) => {
      stalled = on;
      if (on) client?.pause();
      else client?.resume();
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      client?.destroy();
      await closed;
    },
  };
}

function listen(server: Server, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new RigError("PORT_OPEN_FAILED", `${name}: no listener on 127.0.0.1: ${cause.message}`, {}, { cause })),
    );
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string")
        reject(new RigError("PORT_OPEN_FAILED", `${name}: the listener has no port`));
      else resolve(address.port);
    });
  });
}
