/**
 * Making a line trustworthy again. After a time-out its answer may still come, after garbage more of it may: neither
 * may be taken for the answer to the next question.
 */
import { RigError } from "../../rig/model/errors.ts";
import type { Job } from "./job.ts";
import type { Connector } from "./link.ts";
import type { Expect, PortOptions } from "./port.ts";

/** late: an answer is owed. garbage: what came was wrong, and it may go on. */
export interface Doubt {
  readonly why: "late" | "garbage";
  readonly since_ms: number;
}

/** What resynchronising needs of a port. */
export interface DoubtfulPort {
  readonly label: string;
  readonly options: PortOptions;
  readonly connector: Connector;
  readonly lastByte_ms: number;
  readonly lastSent_ms: number;
  readonly lastEnd_ms: number;
  doubt: Doubt | undefined;
  reconnect(): Promise<void>;
  /** One request and its reply within another transaction. */
  inner(request: Uint8Array, expect: Expect, outer: Job, deadline_ms: number): Promise<Uint8Array>;
}

const QUIET_ms = 50;
const LATE_ms = 500;
const CAP_ms = 2000;

/** Longest that an urgent request is held back for silence on the line. */
export const HOLD_ms = 70;

/** How long the request must still be held back, for the silence and the gap that it wants. */
export function dueIn_ms(port: DoubtfulPort, job: Job): number {
  const { gap_ms = 0, inDoubt } = job.expect;
  const upset_ms = job.urgent && port.doubt !== undefined ? (inDoubt?.quiet_ms ?? 0) : 0;
  const quiet_ms = Math.max(job.expect.quiet_ms ?? 0, upset_ms);
  if (quiet_ms === 0 && gap_ms === 0) return 0;
  const due_ms = Math.max(port.lastByte_ms + quiet_ms, port.lastSent_ms + quiet_ms, port.lastEnd_ms + gap_ms);
  return due_ms - performance.now();
}

/** What goes out: an urgent request on a line in doubt has its poison in front. */
export function bytesToSend(port: DoubtfulPort, job: Job): Uint8Array | null {
  const poison = job.expect.inDoubt?.poison;
  if (job.request === null || !job.urgent || port.doubt === undefined || poison === undefined) return job.request;
  return Buffer.concat([poison, job.request]);
}

/** Clears the port's doubt, or throws and leaves it. Returns early when the job is settled meanwhile. */
export async function resynchronise(port: DoubtfulPort, job: Job): Promise<void> {
  const { by = "drain", probe } = port.options.resync ?? {};
  if (by === "reconnect") await port.reconnect();
  if (!(by === "reconnect" && port.connector.isolates)) {
    await drain(port, job);
    if (!job.settled && probe !== undefined) await ask(port, job);
  }
  if (!job.settled) port.doubt = undefined;
}

/** Waits until the owed answer has come or can come no more, and the line has then been quiet for the stated gap. */
async function drain(port: DoubtfulPort, job: Job): Promise<void> {
  const { quiet_ms = QUIET_ms, late_ms = LATE_ms, cap_ms = CAP_ms, probe } = port.options.resync ?? {};
  const cap_at_ms = performance.now() + cap_ms;
  for (;;) {
    const doubt = port.doubt;
    if (job.settled || doubt === undefined) return;
    const answered = port.lastByte_ms > doubt.since_ms;
    const owed = doubt.why === "late" && !answered && probe === undefined;
    const quiet_at_ms = Math.max(port.lastByte_ms, doubt.since_ms) + quiet_ms;
    const at_ms = owed ? Math.max(quiet_at_ms, doubt.since_ms + late_ms) : quiet_at_ms;
    const now_ms = performance.now();
    if (now_ms >= at_ms) return;
    if (now_ms >= cap_at_ms)
      throw new RigError("REPLY_MALFORMED", `${port.label} does not fall silent within ${cap_ms} ms`, {
        port: port.label,
        cap_ms,
      });
    // While the answer is owed, look now and then whether it has begun to come: the rest of late_ms is then saved.
    const look_ms = owed ? quiet_ms : at_ms - now_ms;
    await job.pause(Math.max(1, Math.min(at_ms - now_ms, cap_at_ms - now_ms, look_ms)));
  }
}

/** Asks the probe and throws away what comes before its answer: devices answer in the order in which they are asked. */
async function ask(port: DoubtfulPort, job: Job): Promise<void> {
  const { probe, cap_ms = CAP_ms } = port.options.resync ?? {};
  if (probe === undefined) return;
  const expect: Expect = { framer: probe.framer, skip: (frame) => !probe.is(frame) };
  await port.inner(probe.request, expect, job, Math.min(job.deadline_ms, performance.now() + cap_ms));
}
