/** A controller as the station sees it: a process whose end is told once, after the last word that it said. */
import type { ChildProcess } from "node:child_process";
import type { Child } from "../station/bench.ts";

export function childOf(child: ChildProcess, say: (line: string) => void): Child {
  const failed = (error: Error | null): void => {
    if (error) say(`station: the controller: ${error.message}`);
  };
  // Always heard: an "error" without a listener would end the station.
  child.on("error", failed);
  return {
    // What cannot be delivered any more is answered by the end of the process, which comes at once after it.
    send: (message) => void child.send(message as object, failed),
    stop: () => void child.kill("SIGINT"),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => {
      let told = false;
      const once = (code: number | null, signal: string | null): void => {
        if (told) return;
        told = true;
        listener(code, signal);
      };
      // Not "exit": what it said last may still be on its way then.
      child.once("close", once);
      // It never began: then nothing else may come.
      if (child.pid === undefined) setImmediate(() => once(null, null));
    },
  };
}
