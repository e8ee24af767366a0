/** Who is told that the guard is well: the machine's watchdog and systemd, from the same check that feeds WD. */
import type { Note } from "./safeRun.ts";

export interface Vitals {
  /** Called some ten times a second while all is well. @throws RigError PORT_LOST when the watchdog takes no kick */
  well(now_ms: number): void;
  ready(): void;
  /** `safe`: the enable line was seen low. Else the watchdog is left running, so that the machine is started anew. */
  end(safe: boolean): void;
}

/** @throws RigError PORT_OPEN_FAILED */
export async function openVitals(watchdogPath: string | undefined, note: Note): Promise<Vitals> {
  // Loaded only where they are needed: they bring the foreign function interface, 15 ms of the guard's start.
  const systemd = process.env["NOTIFY_SOCKET"] ? (await import("./notify.ts")).openNotifier() : undefined;
  const device =
    watchdogPath === undefined ? undefined : (await import("./watchdogDevice.ts")).openWatchdog(watchdogPath);
  if (device !== undefined) note("watchdog", { path: watchdogPath, timeout_s: device.timeout_s });
  let told_ms = Number.NEGATIVE_INFINITY;
  let refused = false;
  // A manager that is not there must not stop the guard: it is written down once.
  const tell = (state: string): void => {
    try {
      systemd?.send(state);
    } catch (error) {
      if (!refused) note("systemd-refused", { why: error instanceof Error ? error.message : String(error) });
      refused = true;
    }
  };
  return {
    well: (now_ms) => {
      device?.kick(now_ms);
      const every_ms = systemd?.watchdog_ms;
      if (every_ms === undefined || now_ms - told_ms < every_ms) return;
      told_ms = now_ms;
      tell("WATCHDOG=1");
    },
    ready: () => tell("READY=1"),
    end: (safe) => {
      tell("STOPPING=1");
      if (device === undefined) return;
      if (safe) device.disarm();
      note(safe ? "watchdog-disarmed" : "watchdog-left-running");
    },
  };
}
