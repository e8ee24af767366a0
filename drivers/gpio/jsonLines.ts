/**
 * One JSON object a line over a unix socket, both ways, with bounds: a line has a largest size, and so has what waits
 * to be sent. What is not an object ends the connection, except where the caller wants to answer it.
 */
import type { Socket } from "node:net";
import { RigError } from "../../rig/model/errors.ts";

/** sun_path holds 108 bytes with its NUL (unix(7), "Pathname sockets"); node would cut a longer path off silently. */
const SOCKET_PATH_max_bytes = 107;
/** Largest line; recipes of a whole bench take some kB. */
const LINE_max_bytes = 1 << 20;
/** What may wait for a peer that does not read. */
const WAITING_max_bytes = 1 << 20;

const LF = 0x0a;

/** @throws RigError USAGE when the path does not fit a unix socket's address. */
export function checkSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (bytes > 0 && bytes <= SOCKET_PATH_max_bytes && !path.includes("\0")) return path;
  const why = bytes === 0 ? "is empty" : `has ${bytes} bytes, a unix socket takes ${SOCKET_PATH_max_bytes}`;
  throw new RigError("USAGE", `the socket path "${path}" ${why}: choose a shorter directory`, { path, bytes });
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonLinesEvents {
  message(object: JsonObject): void;
  /** A line that is no JSON object. The connection stays. */
  malformed(why: string): void;
  /** Called once, when either side has ended it or it broke. */
  ended(why: string): void;
}

export class JsonLines {
  readonly #socket: Socket;
  readonly #events: JsonLinesEvents;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #pieces: Buffer[] = [];
  #held = 0;
  #ended = false;

  constructor(socket: Socket, events: JsonLinesEvents) {
    this.#socket = socket;
    this.#events = events;
    let why = "the other side closed the connection";
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => {
      why = error.message;
    });
    socket.on("end", () => this.end(why));
    socket.on("close", () => this.end(why));
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** False: not sent, because the connection has ended or its peer does not read. */
  send(object: JsonObject): boolean {
    if (this.#ended) return false;
    if (this.#socket.writableLength > WAITING_max_bytes) {
      this.end("the other side does not read");
      return false;
    }
    this.#socket.write(`${JSON.stringify(object)}\n`);
    return true;
  }

  /** Ends it at once; what waits is thrown away. */
  end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pieces = [];
    this.#socket.destroy();
    this.#events.ended(why);
  }

  /** Sends what waits, then ends. Resolves when the other side has it, or after `within_ms`. */
  async finish(within_ms: number): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, within_ms);
      this.#socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.end("finished");
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0 && !this.#ended; at = chunk.indexOf(LF, from)) {
      this.#pieces.push(chunk.subarray(from, at));
      from = at + 1;
      const line = Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#held = 0;
      this.#line(line);
    }
    if (this.#ended || from === chunk.length) return;
    this.#pieces.push(chunk.subarray(from));
    this.#held += chunk.length - from;
    if (this.#held > LINE_max_bytes) this.end(`a line has more than ${LINE_max_bytes} bytes`);
  }

  #line(line: Buffer): void {
    const object = this.#parse(line);
    if (typeof object === "string") this.#events.malformed(object);
    else this.#events.message(object);
  }

  #parse(line: Buffer): JsonObject | string {
    try {
      const value: unknown = JSON.parse(this.#decoder.decode(line));
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
      return "a line must hold one JSON object";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** Levels of lines by their names, as twin and guard send them. */
export function isLevels(value: unknown): value is Readonly<Record<string, boolean>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((level) => typeof level === "boolean")
  );
}
