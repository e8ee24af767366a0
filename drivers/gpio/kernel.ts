/**
 * The few system calls that the GPIO character device needs, through koffi: no compiler on the bench. Only synchronous
 * calls (koffi's asynchronous poll has crashed at exit); none of these blocks.
 */
import { closeSync, constants, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import koffi from "koffi";
import { RigError } from "../../rig/model/errors.ts";

/** idle: nothing to read. events: a read gives some. gone: the chip was removed. */
export type Readiness = "idle" | "events" | "gone";

/** Every call throws an error with `code` (EBUSY...) when the kernel refuses. */
export interface GpioKernel {
  /** Device files of all GPIO chips, each chip once. */
  chips(): readonly string[];
  open(path: string): number;
  /** The kernel answers in the same bytes. */
  ioctl(fd: number, request: number, struct: Buffer): void;
  ready(fds: readonly number[]): readonly Readiness[];
  /** Bytes read. Only after `ready` said events: it would wait otherwise. */
  read(fd: number, into: Buffer): number;
  close(fd: number): void;
}

/** O_CLOEXEC of Linux, which node:fs does not name; the same on x64 and arm64. */
const O_CLOEXEC = 0o2000000;
/** struct pollfd and its bits: poll(2), asm-generic/poll.h. */
const POLLFD_bytes = 8;
const POLLIN = 0x01;
const POLLERR = 0x08;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;

interface CLibrary {
  ioctl(fd: number, request: number, type: "void *", struct: Buffer): number;
  poll(fds: Buffer, count: number, timeout_ms: number): number;
}

let loaded: CLibrary | undefined;

function cLibrary(): CLibrary {
  if (loaded !== undefined) return loaded;
  if (process.platform !== "linux")
    throw new RigError("PORT_OPEN_FAILED", `GPIO chips need Linux; this is ${process.platform}`);
  const c = koffi.load("libc.so.6");
  loaded = {
    ioctl: c.func("int ioctl(int fd, unsigned long request, ...)"),
    poll: c.func("int poll(void *fds, unsigned long count, int timeout_ms)"),
  };
  return loaded;
}

function refused(call: string): Error {
  const errno = koffi.errno();
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${call}: ${code}`), { code, errno });
}

/** The running kernel. @throws RigError PORT_OPEN_FAILED where there is no Linux */
export function linuxKernel(folder = "/dev"): GpioKernel {
  const c = cLibrary();
  return {
    chips: () => chipFiles(folder),
    open: (path) => openSync(path, constants.O_RDWR | O_CLOEXEC),
    ioctl: (fd, request, struct) => {
      if (c.ioctl(fd, request, "void *", struct) < 0) throw refused("ioctl");
    },
    ready: (fds) => poll(c, fds),
    read: (fd, into) => readSync(fd, into, 0, into.length, null),
    close: (fd) => closeSync(fd),
  };
}

/** Links are followed: Raspberry Pi OS keeps /dev/gpiochip4 as a link to the chip's file of now. */
export function chipFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /^gpiochip\d+$/.test(name));
  return [...new Set(names.map((name) => realpathSync(join(folder, name))))].sort();
}

function poll(c: CLibrary, fds: readonly number[]): readonly Readiness[] {
  const bytes = Buffer.alloc(fds.length * POLLFD_bytes);
  fds.forEach((fd, index) => {
    bytes.writeInt32LE(fd, index * POLLFD_bytes);
    bytes.writeInt16LE(POLLIN, index * POLLFD_bytes + 4);
  });
  if (c.poll(bytes, fds.length, 0) < 0) {
    const error = refused("poll");
    if ("code" in error && error.code === "EINTR") return fds.map(() => "idle");
    throw error;
  }
  return fds.map((_, index) => {
    const bits = bytes.readInt16LE(index * POLLFD_bytes + 6);
    if ((bits & (POLLERR | POLLHUP | POLLNVAL)) !== 0) return "gone";
    return (bits & POLLIN) !== 0 ? "events" : "idle";
  });
}
