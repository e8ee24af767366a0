/**
 * Tells systemd that the process is ready and alive: sd_notify(3), "Standalone Implementations". One datagram to the
 * socket named by NOTIFY_SOCKET. Sent by the system call itself: node has no datagrams over unix sockets, and the child
 * process `systemd-notify` would cost 7 to 31 ms at each kick and need NotifyAccess=all.
 */
import { closeSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import koffi from "koffi";
import { RigError } from "../model/errors.ts";

export interface Notifier {
  /** How often systemd wants to hear `WATCHDOG=1`, half of its limit as sd_watchdog_enabled(3) advises; else undefined. */
  readonly watchdog_ms: number | undefined;
  /** Never waits. @throws RigError PORT_LOST when systemd does not listen. */
  send(state: string): void;
  close(): void;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
/** On x64 and arm64: asm-generic of fcntl.h and socket.h. */
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** struct sockaddr_un: unix(7). */
const FAMILY_bytes = 2;
const PATH_max_bytes = 107;

/** Undefined outside systemd. @throws RigError USAGE for an address that is none, PORT_OPEN_FAILED without a socket. */
export function openNotifier(env: NodeJS.ProcessEnv = process.env, pid = process.pid): Notifier | undefined {
  const name = env["NOTIFY_SOCKET"];
  if (name === undefined || name === "") return undefined;
  const address = socketAddress(name);
  const c = koffi.load("libc.so.6");
  const socket = c.func("int socket(int domain, int type, int protocol)");
  const sendto = c.func("long sendto(int fd, void *bytes, size_t length, int flags, void *to, uint32_t to_length)");
  const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new RigError("PORT_OPEN_FAILED", `no socket for systemd: ${getSystemErrorName(-koffi.errno())}`);
  return {
    watchdog_ms: watchdogPeriod(env, pid),
    send: (state) => {
      const bytes = Buffer.from(state);
      const sent: number = sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
      if (sent === bytes.length) return;
      const why = getSystemErrorName(-koffi.errno());
      throw new RigError("PORT_LOST", `systemd does not take "${state}" at ${name}: ${why}`, { name, state, why });
    },
    close: () => closeSync(fd),
  };
}

/** A path, or a name in the abstract name space where it begins with "@". */
export function socketAddress(name: string): Buffer {
  const path = Buffer.from(name);
  const fits = path.length <= PATH_max_bytes && (name.startsWith("/") || name.startsWith("@")) && !path.includes(0);
  if (!fits) throw new RigError("USAGE", `NOTIFY_SOCKET "${name}" is no address of a unix socket`, { name });
  const abstract = name.startsWith("@");
  if (abstract) path[0] = 0;
  const address = Buffer.alloc(FAMILY_bytes + path.length + (abstract ? 0 : 1));
  address.writeUInt16LE(AF_UNIX);
  path.copy(address, FAMILY_bytes);
  return address;
}

/** sd_watchdog_enabled(3): WATCHDOG_USEC counts only for the process named by WATCHDOG_PID. */
export function watchdogPeriod(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { WATCHDOG_USEC: limit_us, WATCHDOG_PID: whose } = env;
  if (limit_us === undefined || !/^[1-9]\d{0,15}$/.test(limit_us)) return undefined;
  if (whose !== undefined && whose !== String(pid)) return undefined;
  return Number(limit_us) / 2000;
}
