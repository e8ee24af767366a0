/** The program as people start it: a twin process, a run on it, and what the twin itself says that happened. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectControl } from "../../drivers/twin/controlClient.ts";
import type { LogEntry } from "../../drivers/twin/world/log.ts";

const main = "dist/rig/cli/main.js";

export interface Running {
  readonly child: ChildProcess;
  /** All that it wrote to both outputs so far. */
  text(): string;
  out(): string;
  readonly ended: Promise<number | null>;
  /** Resolves when the text so far matches; rejects when the process ends or the time is over before. */
  says(pattern: RegExp, timeout_ms?: number): Promise<void>;
}

const running: Running[] = [];

/** Ends every process that this file started. */
export async function endAll(): Promise<void> {
  for (const one of running.splice(0)) {
    if (one.child.exitCode === null && one.child.signalCode === null) one.child.kill("SIGKILL");
    await one.ended;
  }
}

export function rig(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let all = "";
  let out = "";
  const listeners = new Set<() => void>();
  const hear = (into: (text: string) => void) => (bytes: Buffer) => {
    into(bytes.toString());
    for (const listener of [...listeners]) listener();
  };
  child.stdout.on(
    "data",
    hear((text) => {
      all += text;
      out += text;
    }),
  );
  child.stderr.on(
    "data",
    hear((text) => {
      all += text;
    }),
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const one: Running = {
    child,
    text: () => all,
    out: () => out,
    ended,
    says: (pattern, timeout_ms = 120_000) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          act();
        };
        const fail = (why: string) => settle(() => reject(new Error(`${why} before ${pattern}:\n${all}`)));
        const timer = setTimeout(() => fail("time is over"), timeout_ms);
        const look = () => pattern.test(all) && settle(resolve);
        listeners.add(look);
        void ended.then((code) => (pattern.test(all) ? settle(resolve) : fail(`ended with ${code}`)));
        look();
      }),
  };
  running.push(one);
  return one;
}

export interface Twin {
  readonly dir: string;
  /** What the simulated bench saw from its beginning. */
  history(): Promise<readonly LogEntry[]>;
}

export async function startTwin(dir: string, adapter: string, ...more: readonly string[]): Promise<Twin> {
  const file = `drivers/twin/adapters/${adapter}.yaml`;
  const twin = rig("twin", "--adapter", file, "--dir", dir, "--speed", "max", ...more);
  await twin.says(/"simulated":true/);
  const { control } = JSON.parse(readFileSync(join(dir, "ports.json"), "utf8")) as { readonly control: string };
  const seen: LogEntry[] = [];
  let from = 0;
  const history = async (): Promise<readonly LogEntry[]> => {
    const client = await connectControl(control, AbortSignal.timeout(10_000));
    try {
      // Only what is new: the run shares this socket's process.
      for (;;) {
        const reply = (await client.request({ do: "log", of: "world", from }, 5000)) as unknown as {
          readonly events: readonly LogEntry[];
          readonly next: number;
        };
        if (reply.events.length === 0) return seen;
        seen.push(...reply.events);
        from = reply.next;
      }
    } finally {
      client.close();
    }
  };
  return { dir, history };
}

/** What is energised or closed at the end of a history. */
export function left(entries: readonly LogEntry[]) {
  const closed = new Set<string>();
  let enable = false;
  let source = false;
  let current_A = 0;
  for (const entry of entries) {
    if (entry.what === "relay") closed[entry.closed ? "add" : "delete"](entry.relay);
    if (entry.what === "enable") enable = entry.on;
    if (entry.what === "source") source = entry.on;
    if (entry.what === "current") current_A = entry.source_A;
  }
  return { closed: [...closed], enable, source, current_A: Math.round(current_A * 10) / 10 };
}

export const safe = { closed: [], enable: false, source: false, current_A: 0 } as const;

/** Processes whose command line names this text: a guard knows its store. */
export function processesOf(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(text) ? [`${pid} ${command}`] : [];
      } catch (error) {
        // It ended while the list was read.
        if (error instanceof Error) return [];
        throw error;
      }
    });
}
