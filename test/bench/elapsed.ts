/**
 * Row 6: how long the wiring screen takes on baud-paced simulated instruments at speed 1, against what nobody can take
 * away: the bits on the serial lines, the settling that the plan declares, the integration of the readings. Everything
 * is in the path as in a run: engine, admission, SQLite journal, drivers, pseudo-terminals.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silenceBefore_ms } from "../../drivers/modbus.ts";
import { wiringScreen } from "../../procedures/routines/wiringScreen.ts";
import { loadLimits } from "../../rig/bench/limitsFile.ts";
import { makeWiring } from "../../rig/bench/wiring.ts";
import { openBench } from "../../rig/cli/openBench.ts";
import { root } from "../../rig/cli/root.ts";
import { realClock } from "../../rig/engine/clocks.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { LivePerformer } from "../../rig/engine/live.ts";
import type { Bench } from "../../rig/model/bench.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { createSafety } from "../../rig/safety/admission.ts";
import { createRun } from "../../rig/store/journal.ts";
import { openReader } from "../../rig/store/reader.ts";
import type { Event } from "../../rig/store/types.ts";
import { type Figure, repeated } from "./figure.ts";
import { head } from "./head.ts";
import { familyA } from "./netlists.ts";
import { type TwinProcess, twinProcess } from "./twinProcess.ts";

/** 8N1: a character is ten bits. */
const bits_a_character = 10;
/** The DAQ's driver sets 1 PLC; the simulated milliohm meter answers at once, so nothing is counted for it. */
const integration_s = 1 / 60;

interface Seen {
  readonly seq: number;
  readonly what: string;
  readonly facts: { readonly port?: string; readonly length?: number };
}

/** What passed on the twin's ports since `from`, and where to go on. */
async function seen(
  twin: TwinProcess,
  from: number,
): Promise<{ readonly events: readonly Seen[]; readonly next: number }> {
  const events: Seen[] = [];
  for (let at = from; ; ) {
    const part = (await twin.control({ do: "log", from: at })) as unknown as { events: readonly Seen[]; next: number };
    events.push(...part.events);
    if (part.events.length === 0) return { events, next: at };
    at = part.next;
  }
}

interface Wire {
  readonly bits_s: number;
  /** Silence that Modbus RTU demands before each request: 3.5 characters. */
  readonly silences_s: number;
}

function wireTime(bench: Bench, events: readonly Seen[]): Wire {
  let bits_s = 0;
  let silences_s = 0;
  let asked = false;
  for (const { what, facts } of events) {
    const address = bench.ports[facts.port ?? ""];
    if (address?.kind !== "serial" || (what !== "rx" && what !== "tx")) continue;
    bits_s += ((facts.length ?? 0) * bits_a_character) / address.baud;
    // A request may arrive in pieces: it counts once.
    if (facts.port !== "relays") continue;
    if (what === "rx" && !asked) silences_s += silenceBefore_ms(address.baud) / 1000;
    asked = what === "rx";
  }
  return { bits_s, silences_s };
}

/** Waits and DAQ readings of the record. */
function declared(events: readonly Event[]): { readonly settle_s: number; readonly integration_s: number } {
  let settle_s = 0;
  let readings = 0;
  for (const event of events) {
    if (event.type !== "issued") continue;
    const command = event.command as { readonly do: string; readonly for_s?: number; readonly op?: string };
    if (command.do === "wait") settle_s += command.for_s ?? 0;
    if (command.op === "once") readings += 1;
  }
  return { settle_s, integration_s: readings * integration_s };
}

const healthy = (bench: Bench): Readonly<Record<string, boolean>> =>
  Object.fromEntries(Object.values(bench.gpio.lines).map(({ id, healthy: level }) => [id, level !== "low"]));

type Opened = Awaited<ReturnType<typeof openBench>>;

/** Runs the screen once; seconds from the first command to the last, and the events of the record. */
async function screened(
  bench: Bench,
  opened: Opened,
): Promise<{ readonly took_s: number; readonly events: readonly Event[] }> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-screen-"));
  const clock = realClock();
  const journal = await createRun(dir, head, { clock });
  try {
    const lines = healthy(bench);
    const safety = createSafety({ bench, clock, safeOff: async () => ({ ok: true }), lines: () => lines });
    const { instruments } = opened;
    const ask = async () => ({ answer: true, by: "bench" });
    const limits = loadLimits(join(root, "procedures", "limits", "dc-screening.yaml"));
    const engine = new Engine({
      performer: new LivePerformer({ clock, journal, safety, instruments, ask }),
      limits,
      approved: true,
      end: new AbortController(),
      planned: [],
      earthProved: () => undefined,
      safeOff: async () => undefined,
    });
    const wiring = makeWiring(bench);
    const start = performance.now();
    let took_s = Number.NaN;
    const { error } = await engine.run(function* (): Plan<void> {
      const { good } = yield* wiringScreen(wiring, familyA());
      took_s = good ? (performance.now() - start) / 1000 : Number.NaN;
    });
    if (error) throw error;
    if (Number.isNaN(took_s)) throw new Error("the wiring screen found fault with a healthy adapter");
    await journal.finish({ verdict: "not-judged", ending: "completed" });
    const reader = await openReader(dir);
    const { events } = reader.record(journal.run.run);
    reader.close();
    return { took_s, events };
  } finally {
    await journal.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function once(twin: TwinProcess, opened: Opened): Promise<readonly Figure[]> {
  const { next } = await seen(twin, 0);
  const { took_s, events } = await screened(twin.bench, opened);
  const wire = wireTime(twin.bench, (await seen(twin, next)).events);
  const { settle_s, integration_s: integrating_s } = declared(events);
  const bare_s = wire.bits_s + settle_s + integrating_s;
  const ratio = (name: string, least_s: number): Figure => ({
    row: 6,
    name: `wiring screen, elapsed / (${name} + settle + integration)`,
    value: took_s / least_s,
    unit: "",
    budget: 1.15,
  });
  return [
    ratio("bits of frames", bare_s),
    ratio("bits of frames and silences", bare_s + wire.silences_s),
    { row: 6, name: "wiring screen, elapsed", value: took_s, unit: "s" },
    { row: 6, name: "of it bits / baud", value: wire.bits_s, unit: "s" },
    { row: 6, name: "of it silences of Modbus RTU", value: wire.silences_s, unit: "s" },
    { row: 6, name: "of it declared settling", value: settle_s, unit: "s" },
    { row: 6, name: "of it declared integration", value: integrating_s, unit: "s" },
  ];
}

export async function benchElapsed(): Promise<readonly Figure[]> {
  const twin = await twinProcess("healthy-a.yaml", "1");
  let opened: Opened | undefined;
  try {
    await twin.control({ do: "fit" });
    opened = await openBench(twin.bench, ["matrix", "milliohm", "daq"], realClock(), AbortSignal.timeout(20_000));
    const failed = Object.values(opened.failed)[0];
    if (failed) throw failed;
    const ready = opened;
    return await repeated(() => once(twin, ready));
  } finally {
    await opened?.close();
    await twin.close();
  }
}
