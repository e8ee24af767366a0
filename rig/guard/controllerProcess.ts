/** The controller as a process: whether a process id is still the one that said hello, and its end. */
import { readFileSync } from "node:fs";

/**
 * Start time in clock ticks since boot, field 22 of /proc/<pid>/stat (proc(5)); undefined when there is no such process.
 * The command name in field 2 may hold blanks and brackets, so fields are counted after its last bracket.
 */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");

/** SIGKILL, unless the process is gone or another one has its number by now. Says in words what was done. */
export function killController(pid: number, started: string | undefined): string {
  if (started === undefined) return `process ${pid} was never seen running: not killed`;
  const now = startTime(pid);
  if (now === undefined) return `process ${pid} had already ended`;
  if (now !== started) return `process ${pid} is another one by now: not killed`;
  try {
    process.kill(pid, "SIGKILL");
    return `process ${pid} killed`;
  } catch (error) {
    return `process ${pid} could not be killed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
