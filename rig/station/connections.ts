/** What the station's server allows a connection: slow, silent and too many clients are cut off, and that is written down. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { isOwn } from "./address.ts";
import type { Refusals } from "./refusals.ts";

export interface ConnectionLimits {
  /** Time for the headers of a request, from the first byte or the beginning of the connection, ms. */
  readonly headers_ms: number;
  /** Time for a request as a whole. */
  readonly request_ms: number;
  /** Between requests. */
  readonly idle_ms: number;
  /** Without a byte in either direction: longer than a report may take; a live stream has a beat each second. */
  readonly silent_ms: number;
  readonly all_max: number;
  /** Of all, kept for this machine: whoever stands at the bench's own screen can stop whatever the network does. */
  readonly own: number;
  /** Of one address: a browser opens 6. */
  readonly each_max: number;
}

export const usualLimits: ConnectionLimits = {
  headers_ms: 5000,
  request_ms: 15_000,
  idle_ms: 5000,
  silent_ms: 90_000,
  all_max: 200,
  own: 24,
  each_max: 64,
};

/** Options of the server: node looks for slow requests only so often. */
export const serverOptions = ({ headers_ms, request_ms, idle_ms }: ConnectionLimits) => ({
  headersTimeout: headers_ms,
  requestTimeout: request_ms,
  keepAliveTimeout: idle_ms,
  connectionsCheckingInterval: Math.min(1000, headers_ms),
});

/** `server`: of `node:http` or `node:https`, not listening yet. */
export function limitConnections(server: Server, limits: ConnectionLimits, refusals: Refusals): void {
  const open = new Map<string, number>();
  let foreign = 0;
  server.maxConnections = limits.all_max;
  const answering = new WeakSet<Socket>();
  server.on("request", ({ socket }, answer) => {
    answering.add(socket);
    answer.once("close", () => answering.delete(socket));
  });
  server.setTimeout(limits.silent_ms, (socket: Socket) => {
    // Called too where a browser keeps a connection for later: that one was not refused anything.
    if (answering.has(socket))
      refusals.note("nobody", "refused: silent connection", { address: socket.remoteAddress ?? "?" });
    socket.destroy();
  });
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "?";
    const now = open.get(address) ?? 0;
    const own = isOwn(socket);
    if (now >= limits.each_max || (!own && foreign >= limits.all_max - limits.own)) {
      refusals.note("nobody", "refused: too many connections", { address });
      socket.destroy();
      return;
    }
    open.set(address, now + 1);
    if (!own) foreign += 1;
    socket.once("close", () => {
      if (!own) foreign -= 1;
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
  server.on("drop", (data) => {
    refusals.note("nobody", "refused: too many connections", { address: data?.remoteAddress ?? "?" });
  });
  // Only a server with TLS has these: http to https, an unknown protocol, a handshake that takes too long.
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET") return;
    const why = `no TLS: ${error.code ?? error.message}`;
    refusals.note("nobody", "refused: bad or slow request", { address: socket.remoteAddress ?? "?", why });
    socket.destroy();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const [status, why] = answers[error.code ?? ""] ?? ["400 Bad Request", "no request of this protocol"];
    // Who went away by themselves did nothing wrong.
    if (error.code !== "ECONNRESET" && error.code !== "EPIPE") {
      const address = "remoteAddress" in socket ? String(socket.remoteAddress) : "?";
      refusals.note("nobody", "refused: bad or slow request", { address, why });
    }
    if (!socket.writable) return void socket.destroy();
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
}

const answers: Readonly<Record<string, readonly [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "too slow"],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "headers too large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["413 Payload Too Large", "chunk extensions too large"],
};
