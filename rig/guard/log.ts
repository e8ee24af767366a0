/** The guard's log: JSON lines with UTC and the milliseconds of the monotonic clock. A failing disk never stops the guard. */
import { createWriteStream } from "node:fs";
import type { Note } from "./safeRun.ts";

export interface GuardLog {
  readonly note: Note;
  /** Writes what waits; gives up after `within_ms`. */
  close(within_ms: number): Promise<void>;
}

/** Entries that may wait for a slow disk. */
const WAITING_max_bytes = 1 << 20;

export function openLog(path: string): GuardLog {
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  const started_ms = performance.now();
  let broken: string | undefined;
  let dropped = 0;
  stream.on("error", (error) => {
    broken ??= error.message;
    process.stderr.write(`guard: log ${path}: ${error.message}\n`);
  });
  return {
    note: (event, facts = {}) => {
      if (broken !== undefined || stream.writableLength > WAITING_max_bytes) {
        dropped += 1;
        return;
      }
      const ms = Math.round((performance.now() - started_ms) * 100) / 100;
      stream.write(`${JSON.stringify({ utc: new Date().toISOString(), ms, event, ...facts })}\n`);
    },
    close: async (within_ms) => {
      if (dropped > 0) process.stderr.write(`guard: ${dropped} entries could not be written to ${path}\n`);
      if (broken !== undefined) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, within_ms);
        stream.on("error", () => resolve());
        stream.end(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
