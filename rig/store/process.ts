/** Who writes a run: process id and start time, so that a killed writer is told from a living one with the same id. */
import { readFileSync } from "node:fs";
import { RigError } from "../model/errors.ts";

export interface Writer {
  readonly pid: number;
  /** Boot id and start tick on Linux; "" where the system does not tell: then the id alone decides. */
  readonly start: string;
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? "");

/** "" when the process is gone or a zombie. Linux: proc(5), field 3 is the state, field 22 the start tick. */
function startOf(pid: number): string {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT", "ESRCH", "ENOTDIR")) return "";
    throw new RigError("STORAGE_FAILED", `cannot tell whether process ${pid} lives`, { pid }, { cause: error });
  }
  // The name in field 2 may hold spaces and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", tick = ""] = [fields[0], fields[19]];
  if (state === "Z" || state === "X") return "";
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${tick}`;
}

export const thisProcess = (): Writer => ({ pid: process.pid, start: startOf(process.pid) });

export function isAlive(writer: Writer): boolean {
  if (process.platform === "linux") return writer.start !== "" && startOf(writer.pid) === writer.start;
  try {
    process.kill(writer.pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}
