/** From chunks to the reply of one transaction: echo taken out, unwanted frames skipped, the reply checked. */
import { RigError } from "../../rig/model/errors.ts";
import { type Framer, latin1 } from "./framer.ts";
import type { Job } from "./job.ts";

const SKIP_MAX = 64;

/** @throws RigError REPLY_MALFORMED, REPLY_TOO_LONG, or what `expect.check` throws */
export function readReply(job: Job, chunk: Uint8Array): { frame?: Uint8Array; stray_bytes: number } {
  let rest = takeEcho(job, chunk);
  const framer = job.framer;
  if (framer === undefined) return { stray_bytes: rest.length };
  while (rest.length > 0) {
    rest = rest.subarray(pushed(job, framer, rest));
    for (let frame = framer.next(); frame !== undefined; frame = framer.next())
      if (accepts(job, frame)) return { frame, stray_bytes: rest.length + framer.held };
  }
  return { stray_bytes: 0 };
}

/** An urgent reply is looked for behind garbage too: the framer is empty after it has complained. */
function pushed(job: Job, framer: Framer, rest: Uint8Array): number {
  try {
    return framer.push(rest);
  } catch (error) {
    if (!job.urgent) throw error;
    return rest.length;
  }
}

/** The reply that shows once the line has fallen silent. */
export function silentReply(job: Job): Uint8Array | undefined {
  for (let frame = job.framer?.idle(); frame !== undefined; frame = job.framer?.idle())
    if (accepts(job, frame)) return frame;
  return undefined;
}

function accepts(job: Job, frame: Uint8Array): boolean {
  if (job.expect.skip?.(frame) !== true && passes(job, frame)) return true;
  job.skipped += 1;
  if (job.skipped > SKIP_MAX) throw new RigError("REPLY_MALFORMED", `${SKIP_MAX} frames came, none of them the reply`);
  return false;
}

/** What does not fit an urgent request is an answer still owed to somebody else. */
function passes(job: Job, frame: Uint8Array): boolean {
  try {
    job.expect.check?.(frame);
    return true;
  } catch (error) {
    if (!job.urgent) throw error;
    return false;
  }
}

function takeEcho(job: Job, chunk: Uint8Array): Uint8Array {
  if (job.echo_left === 0 || job.sent === null) return chunk;
  const from = job.sent.length - job.echo_left;
  const echo = chunk.subarray(0, job.echo_left);
  if (latin1(echo) !== latin1(job.sent.subarray(from, from + echo.length)))
    throw new RigError("REPLY_MALFORMED", "the line's echo differs from what was sent");
  job.echo_left -= echo.length;
  return chunk.subarray(echo.length);
}
