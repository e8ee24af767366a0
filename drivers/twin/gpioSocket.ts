/**
 * The bench's digital lines over a unix socket, as a GPIO character device gives them: levels on connecting, then edges
 * with kernel time and a sequence number. A line that a client set stays when the client goes: no kernel interface is
 * trusted to drop an output (S11).
 */
import type { Socket } from "node:net";
import type { GpioLine } from "../../rig/model/bench.ts";
import type { GpioModel } from "./models.ts";
import { closeUnix, listenUnix, onLines, sendLine } from "./unixSocket.ts";

/** The kernel's clock of the simulated bench is bench time: durations are right at any speed. */
export const nanoseconds = (at_s: number): string => String(Math.round(at_s * 1e9));

export interface GpioSocket {
  close(): Promise<void>;
}

export async function startGpioSocket(
  path: string,
  gpio: GpioModel,
  lines: Readonly<Record<string, GpioLine>>,
  saw: (event: { readonly line: string; readonly high: boolean; readonly by: "client" | "world" }) => void,
  patience: number,
): Promise<GpioSocket> {
  const clients = new Set<Socket>();
  let seq = 0;
  const server = await listenUnix(path, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => clients.delete(socket));
    onLines(socket, (line) => sendLine(socket, answer(line)));
    sendLine(socket, { lines: gpio.lines(), patience });
    // Asking for the lines can move one (a watchdog relay that has dropped meanwhile): no edge before they are told.
    clients.add(socket);
  });
  const answer = (line: string): object => {
    const wanted = parse(line);
    if (typeof wanted === "string") return { error: wanted };
    const known = lines[wanted.set];
    if (known === undefined) return { error: `no line "${wanted.set}" on this bench` };
    if (known.direction !== "out") return { error: `line ${wanted.set} is an input` };
    gpio.setLine(wanted.set, wanted.high);
    saw({ line: wanted.set, high: wanted.high, by: "client" });
    return { done: wanted.set, high: wanted.high };
  };
  const stop = gpio.onEdge(({ line, high, at_s }) => {
    seq++;
    saw({ line, high, by: "world" });
    const edge = { edge: line, high, ns: nanoseconds(at_s), seq };
    for (const client of clients) sendLine(client, edge);
  });
  return {
    close: async () => {
      stop();
      await closeUnix(server, clients);
    },
  };
}

function parse(line: string): { readonly set: string; readonly high: boolean } | string {
  let body: unknown;
  try {
    body = JSON.parse(line);
  } catch (error) {
    return `no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof body !== "object" || body === null) return "expected an object";
  const { set, high } = body as { set?: unknown; high?: unknown };
  if (typeof set !== "string" || typeof high !== "boolean") return 'expected {"set":"<line>","high":true|false}';
  return { set, high };
}
