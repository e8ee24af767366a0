/**
 * A descriptor on each serial line, kept open and never read, so that the line's last close is the guard's and not that
 * of a controller that was killed: the modem lines stay as they are and what the kernel still sends is not cut off. It
 * takes no bytes (nobody reads it) and no lock (flock is taken by who opens to use the line, after the kernel has
 * dropped the dead controller's).
 */
import { closeSync, constants, openSync } from "node:fs";
import type { Recipe } from "./messages.ts";
import type { Note } from "./safeRun.ts";

const FLAGS = constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK;

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the function that lets go. A line that cannot be held is written down; its recipe is tried all the same. */
export function holdLines(recipes: readonly Recipe[], note: Note): () => void {
  const held: number[] = [];
  const paths = recipes.flatMap(({ address }) => (address.kind === "serial" ? [address.path] : []));
  for (const path of new Set(paths)) {
    try {
      held.push(openSync(path, FLAGS));
    } catch (error) {
      note("not-held", { path, why: text(error) });
    }
  }
  if (held.length > 0) note("held", { lines: held.length });
  return () => {
    for (const fd of held.splice(0)) {
      try {
        closeSync(fd);
      } catch (error) {
        note("not-closed", { why: text(error) });
      }
    }
  };
}
