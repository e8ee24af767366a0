/**
 * The twin's control socket: what a person at the bench does, faults switched on, and bench time when it does not run
 * by itself. One JSON object a line: `{"id":1,"do":"advance","to_s":12.5}` -> `{"id":1,"ok":true,"now_s":12.5}`;
 * anything else is answered with `{"ok":false,"error":"..."}`.
 */
import type { Socket } from "node:net";
import type { Data } from "../../rig/model/data.ts";
import { type Misbehaviour, misbehaviours } from "./devices/line.ts";
import type { World } from "./models.ts";
import type { TwinLog } from "./twinLog.ts";
import { closeUnix, listenUnix, onLines, sendLine } from "./unixSocket.ts";

export interface Controlled {
  readonly world: World;
  /** What the devices saw. */
  readonly log: TwinLog;
  /** What the world saw, by its own sequence numbers, from one of them on. */
  history(from: number): readonly { readonly seq: number }[];
  /** @throws Error for an unknown port */
  misbehave(port: string, mode: Misbehaviour, late_ms: number): Promise<void>;
  /** Ports that misbehave now, and how. */
  misbehaving(): Readonly<Record<string, Misbehaviour>>;
  /** Names of all ports. */
  readonly ports: readonly string[];
  /** Another adapter of a file in place of the one at hand. @throws RigError for a file that is none */
  exchange(file: string): void;
  adapterName(): string;
  /** Bench time now belongs to the caller as well as to the wall clock. */
  advanced(): void;
  shutdown(): void;
}

export interface ControlSocket {
  close(): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;
type Facts = Readonly<Record<string, Data>>;

export async function startControlSocket(path: string, twin: Controlled): Promise<ControlSocket> {
  const clients = new Set<Socket>();
  const server = await listenUnix(path, (socket) => {
    clients.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => clients.delete(socket));
    onLines(socket, (line) => void answer(twin, line).then((reply) => sendLine(socket, reply)));
  });
  return { close: () => closeUnix(server, clients) };
}

/** The answer to one line; never throws. */
export async function answer(twin: Controlled, line: string): Promise<Facts> {
  let id: Data = null;
  try {
    const body: unknown = JSON.parse(line);
    if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Error("expected an object");
    const request = body as Body;
    if (typeof request["id"] === "number" || typeof request["id"] === "string") id = request["id"];
    const facts = await perform(twin, request);
    return { id, ok: true, now_s: twin.world.now_s(), ...facts };
  } catch (error) {
    return { id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(twin: Controlled, body: Body): Promise<Facts> {
  const act = body["do"];
  if (typeof act !== "string" || !Object.hasOwn(actions, act))
    throw new Error(`"do" must be one of ${Object.keys(actions).join(", ")}`);
  const facts = (await actions[act]?.(twin, body)) ?? {};
  if (act !== "log" && act !== "now" && act !== "state") twin.log.add("control", { do: act, ...told(body) });
  return facts;
}

/** Events in one answer; the next request goes on from `next`. */
const LOG_MAX = 500;

type Action = (twin: Controlled, body: Body) => Facts | undefined | Promise<Facts | undefined>;

const actions: Readonly<Record<string, Action>> = {
  now: () => undefined,
  advance: (twin, body) => {
    const to_s = number(body, "to_s");
    const now_s = twin.world.now_s();
    if (to_s < now_s) throw new Error(`bench time is ${now_s} s and does not go back to ${to_s} s`);
    twin.world.advance(to_s);
    twin.advanced();
    return undefined;
  },
  fit: (twin, body) => {
    twin.world.operator.fit(body["nest"] === 2 ? 2 : 1);
    return undefined;
  },
  remove: (twin) => {
    twin.world.operator.remove();
    return undefined;
  },
  half: (twin, body) => {
    const half = body["half"];
    if (typeof half !== "string") throw new Error('"half" must be the name of a reference half');
    twin.world.operator.half(half);
    return undefined;
  },
  latch: (twin, body) => {
    twin.world.operator.latch(oneOf(body, "which", ["evse", "adapter"]), flag(body, "pressed"));
    return undefined;
  },
  lid: (twin, body) => {
    twin.world.operator.lid(oneOf(body, "which", ["LID1", "LID2"]), flag(body, "closed"));
    return undefined;
  },
  estop: (twin, body) => {
    twin.world.operator.emergencyStop(flag(body, "pressed"));
    return undefined;
  },
  flex: (twin, body) => {
    twin.world.operator.flex(flag(body, "on"));
    return undefined;
  },
  warm: (twin, body) => {
    const channel = body["channel"] ?? null;
    if (channel !== null && typeof channel !== "string") throw new Error('"channel" must be a channel\'s name or null');
    twin.world.operator.warm(channel);
    return undefined;
  },
  misbehave: async (twin, body) => {
    const port = body["port"];
    if (typeof port !== "string") throw new Error('"port" must be the name of a port');
    const mode = oneOf(body, "mode", misbehaviours);
    const late_ms = body["ms"] === undefined ? 0 : number(body, "ms");
    if (late_ms < 0 || late_ms > 600_000) throw new Error('"ms" must lie between 0 and 600000');
    if (mode === "late" && late_ms === 0) throw new Error('mode "late" needs "ms"');
    await twin.misbehave(port, mode, late_ms);
    return undefined;
  },
  exchange: (twin, body) => {
    const file = body["file"];
    if (typeof file !== "string") throw new Error('"file" must be the path of an adapter file');
    twin.exchange(file);
    return { adapter: twin.adapterName() };
  },
  state: (twin) => {
    const lines = twin.world.gpio.lines();
    const lids = ["LID1", "LID2"].filter((lid) => lines[lid] === false);
    return {
      adapter: twin.adapterName(),
      estop: lines["ESTOP"] === false,
      lids,
      ports: [...twin.ports],
      misbehaving: { ...twin.misbehaving() },
    };
  },
  log: (twin, body) => {
    const from = body["from"] === undefined ? 0 : number(body, "from");
    const of = body["of"] === undefined ? "wire" : oneOf(body, "of", ["wire", "world"]);
    if (of === "world") {
      const events = twin.history(from).slice(0, LOG_MAX);
      return { events: events.map((event) => ({ ...event })), next: (events.at(-1)?.seq ?? from - 1) + 1 };
    }
    const { events, next, lost } = twin.log.read(from, LOG_MAX);
    return { events: events.map((event) => ({ ...event })), next, lost };
  },
  shutdown: (twin) => {
    twin.shutdown();
    return undefined;
  },
};

/** The plain values of a request, for the log. */
function told(body: Body): Facts {
  const facts: Record<string, Data> = {};
  for (const [key, value] of Object.entries(body))
    if (key !== "do" && key !== "id" && ["string", "number", "boolean"].includes(typeof value))
      facts[key] = value as Data;
  return facts;
}

function number(body: Body, field: string): number {
  const value = body[field];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`"${field}" must be a finite number`);
  return value;
}

function flag(body: Body, field: string): boolean {
  const value = body[field];
  if (typeof value !== "boolean") throw new Error(`"${field}" must be true or false`);
  return value;
}

function oneOf<T extends string>(body: Body, field: string, allowed: readonly T[]): T {
  const value = allowed.find((candidate) => candidate === body[field]);
  if (value === undefined) throw new Error(`"${field}" must be one of ${allowed.join(", ")}`);
  return value;
}
