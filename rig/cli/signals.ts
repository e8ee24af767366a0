/** Signals that end a run in order: the bench is made safe first. */
import { RigError } from "../model/errors.ts";

const orderly = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Returns how to let go of them. */
export function hookSignals(end: AbortController, say: (line: string) => void): () => void {
  const handlers = orderly.map((name) => {
    const handler = () => {
      end.abort(new RigError("ABORTED", `stopped by ${name}`));
      say(`\n${name}: bringing the bench to its safe state...`);
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}
