/** `rig reset`: a named person clears a latched trip after its cause is gone. Moves and energises nothing. */
import { checkLabel } from "../inputs.ts";
import { clearLatch, latchPath, readLatch } from "../latchFile.ts";
import { twinPorts } from "../twinPorts.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface ResetOptions {
  readonly store: string;
  readonly ports?: string;
  /** Without a name the trip is only shown. */
  readonly by?: string;
  /** What was done about the cause. */
  readonly reason?: string;
}

/** Exit code: 0 nothing is latched any more, 40 a trip is latched and nobody was named. */
export function reset(options: ResetOptions): number {
  const path = latchPath(options.store, options.ports === undefined ? undefined : twinPorts(options.ports));
  if (options.by === undefined) {
    const latched = readLatch(path);
    out(
      latched
        ? `Latched: ${latched.rule}: ${latched.why}. Clear it with --by NAME when its cause is gone.`
        : "Nothing is latched.",
    );
    return latched ? 40 : 0;
  }
  const cleared = clearLatch(path, checkLabel("name of who resets", options.by), options.reason);
  out(cleared ? `Reset by ${options.by}: ${cleared.rule}: ${cleared.why}` : "Nothing was latched.");
  return 0;
}
