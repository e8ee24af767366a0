/**
 * The kernel's watchdog: a machine whose guard no longer kicks it is started anew, and its pins fall back to what the
 * board's resistors make of them. It stands behind the watchdog relay, which acts in 250 ms; this one takes seconds.
 * Documentation/watchdog/watchdog-api.rst: any byte written is a kick; a close without `V` before it leaves it running.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { linuxKernel } from "../../drivers/gpio/kernel.ts";
import { RigError } from "../model/errors.ts";

export interface WatchdogDevice {
  /** Time without a kick after which the machine is started anew, as the driver has it; undefined: it does not say. */
  readonly timeout_s: number | undefined;
  /** Put off the reset. Writes at most twice a second, however often it is called. @throws RigError PORT_LOST */
  kick(now_ms: number): void;
  /** Orderly end: the machine goes on. A driver loaded with `nowayout` resets it all the same. */
  disarm(): void;
}

/** What is asked of the driver; some have only their own (Raspberry Pi: 15 s at most, UNVERIFIED). */
const TIMEOUT_s = 10;
const KICK_ms = 500;
/** linux/watchdog.h: _IOWR('W', 6, int) and _IOR('W', 7, int). */
export const SETTIMEOUT = 0xc0045706;
export const GETTIMEOUT = 0x80045707;

export interface WatchdogSystem {
  open(path: string): number;
  write(fd: number, bytes: string): void;
  ioctl(fd: number, request: number, struct: Buffer): void;
  close(fd: number): void;
}

const linux = (): WatchdogSystem => ({
  open: (path) => openSync(path, constants.O_WRONLY),
  write: (fd, bytes) => void writeSync(fd, bytes),
  ioctl: linuxKernel().ioctl,
  close: closeSync,
});

/** It runs from the moment it is open. @throws RigError PORT_OPEN_FAILED: missing, not allowed, or open elsewhere. */
export function openWatchdog(path: string, system: WatchdogSystem = linux()): WatchdogDevice {
  const fd = open(system, path);
  const timeout_s = ask(system, fd, SETTIMEOUT, TIMEOUT_s) ?? ask(system, fd, GETTIMEOUT, 0);
  let last_ms = Number.NEGATIVE_INFINITY;
  let over = false;
  return {
    timeout_s,
    kick: (now_ms) => {
      if (over || now_ms - last_ms < KICK_ms) return;
      last_ms = now_ms;
      try {
        system.write(fd, "k");
      } catch (error) {
        throw new RigError("PORT_LOST", `the watchdog ${path} takes no kick: ${codeOf(error)}`, { path });
      }
    },
    disarm: () => {
      if (over) return;
      over = true;
      system.write(fd, "V");
      system.close(fd);
    },
  };
}

function open(system: WatchdogSystem, path: string): number {
  try {
    return system.open(path);
  } catch (error) {
    const code = codeOf(error);
    const remedy: Readonly<Record<string, string>> = {
      EBUSY: "it has one owner, and another program has it (systemd, where RuntimeWatchdogSec is set)",
      ENOENT: "no watchdog driver is loaded",
      EACCES: "this user may not open it",
    };
    const why = remedy[code];
    throw new RigError("PORT_OPEN_FAILED", `cannot open the watchdog ${path}: ${why ?? code}`, { path, code });
  }
}

/** Undefined: the driver does not know the request. */
function ask(system: WatchdogSystem, fd: number, request: number, value_s: number): number | undefined {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value_s);
  try {
    system.ioctl(fd, request, bytes);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EOPNOTSUPP" || code === "ENOTTY" || code === "EINVAL") return undefined;
    throw error;
  }
  return bytes.readInt32LE();
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
