/** How the station learns whether the bench is well: `rig doctor` as a process of its own, and the record of a run. */
import { execFile } from "node:child_process";
import { asRigError, RigError } from "../../model/errors.ts";
import type { BenchRuns, Child } from "../../station/bench.ts";
import { type Health, type HealthFound, healthIn } from "../../station/health.ts";
import type { LastReadings } from "../../station/readings.ts";
import { openRuns } from "../../store/openRuns.ts";
import { Tail } from "../../store/tail.ts";
import type { Outside } from "../outside.ts";

const ask_ms = 45_000;
const look_ms = 1000;
/** Looks between two at what other programs do. */
const outside_every = 2;

/** `common`: the options of the bench, its ports and the store. @throws RigError when it says nothing */
export function askHealth(program: string, common: readonly string[]): Promise<HealthFound> {
  const args = [program, "doctor", "--json", "--lines", ...common];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: ask_ms }, (error, stdout, stderr) => {
      if (stdout.trim() !== "") return resolve(healthIn(stdout));
      const said = stderr.trim().split("\n")[0] ?? "";
      reject(new RigError("USAGE", said === "" ? `rig doctor said nothing: ${error?.message ?? ""}` : said));
    });
  });
}

/** A run that another program is writing; one whose program died holds no ports. */
export async function goesOn(store: string): Promise<string | undefined> {
  const other = (await openRuns(store)).findLast(({ alive }) => alive);
  return other && `${other.operator} runs ${other.procedure} (${other.id}) outside this station`;
}

/** Looks at the record once a second while a run goes on, and lets the health ask by itself when it is due. */
export function followed(
  parts: {
    readonly store: string;
    readonly runs: BenchRuns;
    readonly readings: LastReadings;
    readonly health: Health;
    readonly outside: Outside;
    readonly say: (line: string) => void;
  },
  others: readonly (() => void)[],
): { end(): void } {
  const { store, runs, readings, health, outside, say } = parts;
  let tail: Tail | undefined;
  let busy = false;
  let said = "";
  /** The last look comes after the end: what was written last is read too. */
  let left = 0;
  let looks = 0;
  const look = async (): Promise<void> => {
    health.look();
    for (const other of others) other();
    looks += 1;
    if (looks % outside_every === 0) await outside.look();
    const { run } = runs.state.run ?? {};
    if (runs.running) left = 3;
    if (run === undefined || left === 0) return;
    left -= runs.running ? 0 : 1;
    tail ??= await Tail.open(store);
    readings.look(tail, run);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look()
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        // Once, not each second.
        if (why !== said) say(`station: ${why}`);
        said = why;
      })
      .finally(() => {
        busy = false;
      });
  }, look_ms);
  return {
    end: () => {
      clearInterval(timer);
      tail?.close();
    },
  };
}

/** A controller that begins when `ready` settles; stopped before, it never begins. */
export function started(ready: Promise<void>, begin: () => Child): Child {
  const listeners: { message: (message: unknown) => void; exit: (code: number | null, signal: string | null) => void } =
    {
      message: () => undefined,
      exit: () => undefined,
    };
  let child: Child | undefined;
  let stopped = false;
  const go = (): void => {
    if (stopped) {
      listeners.exit(stoppedCode, null);
      return;
    }
    try {
      child = begin();
    } catch (error) {
      listeners.message({ is: "said", line: asRigError(error).message });
      listeners.exit(null, null);
      return;
    }
    child.onMessage((message) => listeners.message(message));
    child.onExit((code, signal) => listeners.exit(code, signal));
  };
  ready.then(go, go);
  return {
    send: (message) => child?.send(message),
    stop: () => {
      stopped = true;
      child?.stop();
    },
    onMessage: (listener) => {
      listeners.message = listener;
    },
    onExit: (listener) => {
      listeners.exit = listener;
    },
  };
}

/** As a run ends that was stopped. */
const stoppedCode = 30;
