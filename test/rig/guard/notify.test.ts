import { closeSync, existsSync, mkdtempSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openNotifier, socketAddress, watchdogPeriod } from "../../../rig/guard/notify.ts";

/** systemd's side: AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK. */
const c = koffi.load("libc.so.6");
const socket = c.func("int socket(int domain, int type, int protocol)");
const bind = c.func("int bind(int fd, void *address, uint32_t length)");

let folder: string;
let fds: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notify-"));
  fds = [];
});

afterEach(() => {
  for (const fd of fds) closeSync(fd);
  rmSync(folder, { recursive: true });
});

function listen(name: string): () => string {
  const fd: number = socket(1, 2 | 0o4000, 0);
  fds.push(fd);
  const address = socketAddress(name);
  expect(bind(fd, address, address.length)).toBe(0);
  return () => {
    const bytes = Buffer.alloc(256);
    return bytes.toString("utf8", 0, readSync(fd, bytes));
  };
}

describe("telling systemd", () => {
  it("is a datagram each to the socket that it names", () => {
    const name = join(folder, "notify");
    const next = listen(name);
    expect(existsSync(name)).toBe(true);
    const notifier = openNotifier({ NOTIFY_SOCKET: name, WATCHDOG_USEC: "2000000" }, 7);
    notifier?.send("READY=1");
    notifier?.send("WATCHDOG=1");
    expect([next(), next()]).toEqual(["READY=1", "WATCHDOG=1"]);
    expect(next).toThrow(/EAGAIN/);
    expect(notifier?.watchdog_ms).toBe(1000);
    notifier?.close();
  });

  it("reaches a name in the abstract name space", () => {
    const name = `@adapter-rig-test-${process.pid}`;
    const next = listen(name);
    const notifier = openNotifier({ NOTIFY_SOCKET: name });
    notifier?.send("STOPPING=1");
    expect(next()).toBe("STOPPING=1");
    expect(notifier?.watchdog_ms).toBeUndefined();
    notifier?.close();
  });

  it("does nothing outside systemd", () => {
    expect(openNotifier({})).toBeUndefined();
    expect(openNotifier({ NOTIFY_SOCKET: "" })).toBeUndefined();
  });

  it("fails in words when nobody listens", () => {
    const notifier = openNotifier({ NOTIFY_SOCKET: join(folder, "none") });
    expect(() => notifier?.send("READY=1")).toThrow(/does not take "READY=1".*ENOENT.*PORT_LOST/);
    notifier?.close();
  });

  it.each(["relative", `/${"x".repeat(120)}`, "/a\0b", "vsock:2:1"])("refuses the address %j", (name) => {
    expect(() => openNotifier({ NOTIFY_SOCKET: name })).toThrow(/USAGE/);
  });

  it("packs the address as sockaddr_un has it", () => {
    expect(socketAddress("/run/x").toString("hex")).toBe("01002f72756e2f7800");
    expect(socketAddress("@x").toString("hex")).toBe("01000078");
  });

  it("keeps the time of systemd's watchdog only when it is meant", () => {
    expect(watchdogPeriod({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: "41" }, 41)).toBe(1500);
    expect(watchdogPeriod({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: "41" }, 42)).toBeUndefined();
    for (const text of ["0", "-1", "x", ""]) expect(watchdogPeriod({ WATCHDOG_USEC: text }, 1)).toBeUndefined();
    expect(watchdogPeriod({}, 1)).toBeUndefined();
  });
});
