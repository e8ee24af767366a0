/** Unix sockets that carry one JSON object a line: for control and GPIO of the twin. */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { RigError } from "../../rig/model/errors.ts";

/** sun_path of Linux holds 108 bytes with the closing NUL (unix(7)). */
const PATH_MAX = 107;
const LINE_MAX = 65_536;

export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= PATH_MAX) return;
  throw new RigError(
    "PORT_OPEN_FAILED",
    `${path}: ${length} bytes; a socket's path has ${PATH_MAX} at most: shorten it`,
  );
}

/** Listens on `path`, for this user only. A socket that nobody serves is replaced. @throws RigError PORT_OPEN_FAILED */
export async function listenUnix(path: string, onClient: (socket: Socket) => void): Promise<Server> {
  checkSocketPath(path);
  await clear(path);
  const server = createServer(onClient);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new RigError("PORT_OPEN_FAILED", `${path}: ${cause.message}`, {}, { cause })),
    );
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

async function clear(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw new RigError("PORT_OPEN_FAILED", `${path} exists and is no socket: choose another name`);
  const served = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (served)
    throw new RigError("PORT_OPEN_FAILED", `${path}: another twin answers here; stop it or choose another folder`);
  unlinkSync(path);
}

/** Cuts a socket's text into lines. A line beyond 64 KiB ends the connection. */
export function onLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    rest += text;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line.trim() !== "") onLine(line);
    }
    if (rest.length > LINE_MAX) socket.destroy();
  });
}

/** A peer that does not read is cut off when this much waits for it. */
const WAITING_MAX_bytes = 1 << 20;

export function sendLine(socket: Socket, body: object): void {
  if (socket.destroyed || !socket.writable) return;
  if (socket.writableLength > WAITING_MAX_bytes) socket.destroy();
  else socket.write(`${JSON.stringify(body)}\n`);
}

/** Closes a server and everybody on it. */
export async function closeUnix(server: Server, clients: Iterable<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const client of clients) client.destroy();
  await closed;
}
