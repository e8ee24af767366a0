/** A twin's server on a fake world, and clients of its sockets; all closed after each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { connectControl } from "../../../../drivers/twin/controlClient.ts";
import { startTwin, type TwinHandle } from "../../../../drivers/twin/server.ts";
import { bench } from "./bench.ts";
import { type FakeWorld, fakeWorld } from "./fakeWorld.ts";

/** Sends lines, gives the next one. */
interface LineClient {
  next(): Promise<string>;
  send(text: string): void;
  readonly ended: Promise<void>;
}

export function useTwins() {
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

  function lineClient(socket: Socket): LineClient {
    closers.push(() => socket.destroy());
    return clientOf(socket);
  }

  const tcp = (handle: TwinHandle, name: string) =>
    lineClient(connect(Number(handle.ports.ports[name]?.["port"]), "127.0.0.1"));

  /** Called after the test, the last first. */
  const afterwards = (close: () => unknown): void => void closers.push(close);
  return { twin, control, lineClient, tcp, afterwards };
}

function clientOf(socket: Socket): LineClient {
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
