import { type MemoryGpio, memoryGpio } from "../../../drivers/gpio/memory.ts";
import { type MemoryPeer, memoryLine } from "../../../drivers/port/memory.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import { GuardCore } from "../../../rig/guard/core.ts";
import type { OpenPort } from "../../../rig/guard/safeRun.ts";
import type { SafeRecipe, SafeStep } from "../../../rig/kinds/kinds.ts";
import { RigError } from "../../../rig/model/errors.ts";

export const hex = (text: string): string => Buffer.from(text, "latin1").toString("hex");

/** A device on a line in memory that writes down what it gets, and answers what it is told to. */
export interface Device {
  readonly got: string[];
  answer(request: string, reply: string): void;
  readonly peer: MemoryPeer;
}

export interface TestBench {
  readonly gpio: MemoryGpio;
  readonly core: GuardCore;
  /** Messages to the controller. */
  readonly sent: Readonly<Record<string, unknown>>[];
  readonly notes: Readonly<Record<string, unknown>>[];
  readonly killed: number[];
  /** What all devices got, in the order of arrival. */
  readonly order: string[];
  device(host: string): Device;
  hello(): void;
  arm(recipes: readonly SafeRecipe[], at_ms?: number): void;
}

export function testBench(): TestBench {
  const gpio = memoryGpio({ EN: false, WD: false, ESTOP: true, LID1: true });
  const sent: Record<string, unknown>[] = [];
  const notes: Record<string, unknown>[] = [];
  const killed: number[] = [];
  const order: string[] = [];
  const lines = new Map<string, ReturnType<typeof memoryLine>>();
  const open: OpenPort = async (address, name, options) => {
    const key = address.kind === "tcp" ? address.host : address.path;
    const line = lines.get(key);
    if (line === undefined) throw new RigError("PORT_OPEN_FAILED", `cannot open ${key}: no such device`);
    const { io, ...rest } = options;
    return connectPort(
      line.connector,
      name,
      rest,
      io ?? { signal: new AbortController().signal, deadline_wall_ms: performance.now() + 500 },
    );
  };
  const core = new GuardCore(
    {
      gpio,
      enableLine: "EN",
      watchdogLine: "WD",
      open,
      note: (event, facts = {}) => notes.push({ event, ...facts }),
      send: (object) => sent.push({ ...object }) > 0,
      process: {
        startTime: (pid) => (pid === 4711 ? "100" : undefined),
        kill: (pid) => `killed ${killed.push(pid)}`,
      },
      open_ms: 60,
    },
    0,
  );
  return {
    gpio,
    core,
    sent,
    notes,
    killed,
    order,
    device: (host) => {
      const line = memoryLine(host);
      lines.set(host, line);
      const got: string[] = [];
      const answers = new Map<string, string>();
      line.peer.onData((bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        got.push(text);
        order.push(`${host}: ${text}`);
        const reply = answers.get(text);
        if (reply !== undefined) line.peer.write(Buffer.from(reply, "latin1"));
      });
      return { got, peer: line.peer, answer: (request, reply) => void answers.set(request, reply) };
    },
    hello: () => core.message({ id: 1, do: "hello", pid: 4711 }, 0),
    arm: (recipes, at_ms = 0) => core.message({ id: 2, do: "arm", recipes }, at_ms),
  };
}

export const recipe = (host: string, steps: readonly SafeStep[], more: Partial<SafeRecipe> = {}): SafeRecipe => ({
  name: `device ${host}`,
  port: { kind: "tcp", host, port: 1 },
  quiet_ms: 0,
  poison_hex: "",
  steps,
  ...more,
});

export const step = (rank: 1 | 2 | 3 | 4, send: string, expected?: string, deadline_ms = 30): SafeStep => ({
  rank,
  send_hex: hex(send),
  deadline_ms,
  ...(expected === undefined ? {} : { expect_hex: hex(expected) }),
});

/** Lets promises and streams of lines in memory settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
