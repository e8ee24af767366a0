/** A TCP connection (SCPI raw sockets, serial servers). */
import { connect as connectSocket, type Socket } from "node:net";
import { RigError } from "../../rig/model/errors.ts";
import { type Connector, type Link, type LinkEvents, timeLeft_ms, type Wait } from "./link.ts";

export interface TcpAddress {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
}

/** After this long without traffic the system asks whether the peer is still there: a pulled cable sends no end. */
const KEEP_ALIVE_ms = 1000;

export function tcpConnector(address: TcpAddress): Connector {
  const where = `${address.host}:${address.port}`;
  return { where, isolates: true, connect: (events, io) => connect(address, where, events, io) };
}

function connect(address: TcpAddress, where: string, events: LinkEvents, io: Wait): Promise<Link> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      forget();
      socket.on("error", () => socket.destroy());
      socket.destroy();
      const text = `cannot connect to ${where}: ${why}`;
      reject(new RigError("PORT_OPEN_FAILED", text, { where, why }, cause === undefined ? {} : { cause }));
    };
    const socket = connectSocket({ host: address.host, port: address.port, noDelay: true });
    const timer = setTimeout(() => fail("no answer in time"), timeLeft_ms(io.deadline_wall_ms));
    const onAbort = (): void => fail("aborted", io.signal.reason);
    const onError = (error: Error): void => fail(error.message, error);
    const onConnect = (): void => {
      forget();
      socket.setKeepAlive(true, KEEP_ALIVE_ms);
      resolve(new TcpLink(socket, events));
    };
    const forget = (): void => {
      clearTimeout(timer);
      io.signal.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      socket.off("connect", onConnect);
    };
    if (io.signal.aborted) return onAbort();
    io.signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", onError);
    socket.on("connect", onConnect);
  });
}

class TcpLink implements Link {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #over = false;

  constructor(socket: Socket, events: LinkEvents) {
    this.#socket = socket;
    const lose = (why: string): void => {
      if (this.#over) return;
      this.#over = true;
      socket.destroy();
      events.lost(why);
    };
    socket.on("data", (chunk: Uint8Array) => events.data(chunk));
    socket.on("error", (error) => lose(error.message));
    socket.on("end", () => lose("the peer ended the connection"));
    this.#closed = new Promise((resolve) => {
      socket.on("close", () => {
        lose("the connection was closed");
        resolve();
      });
    });
  }

  /** The callback comes when the kernel has the bytes; there is nothing to drain on a network. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#over || this.#socket.destroyed) throw new Error("the connection is closed");
      this.#socket.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  close(discard: boolean): Promise<void> {
    const gone = this.#over && this.#socket.closed;
    this.#over = true;
    if (gone) return Promise.resolve();
    // A reset throws away what the peer has not taken; an orderly end lets the last command arrive.
    if (discard) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    return this.#closed;
  }
}
