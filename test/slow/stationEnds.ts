/** The processes and runs of one station: only its own, so that suites can run beside each other on one machine. */
import { readFileSync } from "node:fs";
import { processesOf } from "./rigProcess.ts";
import { type Person, type Station, secrets } from "./stationProcess.ts";

/** Process ids of the children of this station whose command line holds `words`. */
export function controllersOf({ station }: Station, words: string): readonly number[] {
  return processesOf(words)
    .map((line) => Number(line.split(" ")[0]))
    .filter((pid) => parentOf(pid) === station.child.pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets and may hold anything; after it the state and the parent (proc(5)).
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

interface Shown {
  readonly is: string;
  readonly state: { readonly run?: { readonly phase: string }; readonly safety: { readonly is: string } };
}

const end_ms = 120_000;

/**
 * Stops the run that a test left going, as a person would ask the station to, and waits until it has ended and the bench was
 * asked. Nothing is done where nothing runs. A test that failed stays failed; the next one finds a free bench.
 */
export async function endRun(opened: Station): Promise<void> {
  const { url, station } = opened;
  if (station.child.exitCode !== null || station.child.signalCode !== null) return;
  const signal = AbortSignal.timeout(end_ms);
  const { cookie, csrf } = await loginOf(url, "Root", signal);
  const ask = { method: "POST", signal, body: "{}" };
  const headers = { "Content-Type": "application/json", Origin: url, Cookie: cookie, "X-Rig-Csrf": csrf };
  let asked = false;
  for await (const { run, safety } of statesOf(url, cookie, signal)) {
    if (run && run.phase !== "ended") {
      if (!asked) await fetch(`${url}/api/stop`, { ...ask, headers });
      asked = true;
    } else if (safety.is !== "asked" && safety.is !== "energised-possible") return;
  }
  throw new Error("the station told no end of the run that was stopped");
}

async function loginOf(url: string, name: Person, signal: AbortSignal) {
  const response = await fetch(`${url}/api/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: url },
    body: JSON.stringify({ name, secret: secrets[name] }),
    signal,
  });
  if (!response.ok) throw new Error(`the station lets nobody in: ${await response.text()}`);
  const { csrf } = (await response.json()) as { readonly csrf: string };
  return { csrf, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

/** What the station says of its bench, as its pages hear it. */
async function* statesOf(url: string, cookie: string, signal: AbortSignal): AsyncGenerator<Shown["state"]> {
  const { body } = await fetch(`${url}/api/live`, { headers: { Cookie: cookie }, signal });
  if (!body) throw new Error("the station told nothing");
  const utf8 = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const messages = (rest + utf8.decode(bytes, { stream: true })).split("\n\n");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const data = message.split("\n").find((line) => line.startsWith("data: "));
      const told = JSON.parse(data?.slice("data: ".length) ?? "{}") as Partial<Shown>;
      if (told.is === "state" && told.state) yield told.state;
    }
  }
}
