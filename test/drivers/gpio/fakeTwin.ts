/** The twin's side of the GPIO socket, as small as its protocol. */
import { createServer, type Server, type Socket } from "node:net";

export interface FakeTwin {
  readonly path: string;
  readonly levels: Record<string, boolean>;
  /** Levels set by the client, in order. */
  readonly sets: readonly { readonly line: string; readonly high: boolean }[];
  /** Moves a line and tells the client. */
  edge(line: string, high: boolean): void;
  /** Sends any bytes. */
  raw(text: string): void;
  /** Answers no sets any more. */
  mute(): void;
  hangUp(): void;
  close(): Promise<void>;
}

export async function fakeTwin(path: string, initial: Readonly<Record<string, boolean>>): Promise<FakeTwin> {
  const levels = { ...initial };
  const sets: { line: string; high: boolean }[] = [];
  const clients = new Set<Socket>();
  let seq = 0;
  let muted = false;
  const tell = (object: object): void => {
    for (const client of clients) client.write(`${JSON.stringify(object)}\n`);
  };
  const server: Server = createServer((client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => client.destroy());
    client.write(`${JSON.stringify({ lines: levels })}\n`);
    let text = "";
    client.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const whole = text.split("\n");
      text = whole.pop() ?? "";
      for (const line of whole) {
        const { set, high } = JSON.parse(line) as { set: string; high: boolean };
        sets.push({ line: set, high });
        if (muted) continue;
        levels[set] = high;
        client.write(`${JSON.stringify({ done: set, high })}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    levels,
    sets,
    edge: (line, high) => {
      seq += 1;
      levels[line] = high;
      tell({ edge: line, high, ns: `${seq}000000000000000001`, seq });
    },
    raw: (text) => {
      for (const client of clients) client.write(text);
    },
    mute: () => {
      muted = true;
    },
    hangUp: () => {
      for (const client of clients) client.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.destroy();
        server.close(() => resolve());
      }),
  };
}
