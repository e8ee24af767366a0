/**
 * Pseudo-terminals for the twin, made by the C library itself: no socat, no compiler. glibc on x64 and arm64.
 *
 * One descriptor of the slave is kept open: without it the master reads EIO as soon as a client closes, and the twin
 * would have to poll for the next. Only synchronous calls go through koffi.
 */
import { closeSync, constants, lstatSync, openSync, readlinkSync, symlinkSync, unlinkSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import koffi from "koffi";
import { RigError } from "../../rig/model/errors.ts";

export interface Pty {
  /** The slave's device, /dev/pts/N. Clients open the link. */
  readonly path: string;
  /** Bytes from the client. Replaces the listener before; what came without one is kept by the kernel up to 4 KiB. */
  onData(cb: (bytes: Uint8Array) => void): void;
  /** Bytes to the client, in order. @throws RigError REPLY_TOO_LONG when 1 MiB waits that no client reads */
  write(bytes: Uint8Array): void;
  /** Unplug: the link goes, the client sees the close. A replug is a new openPty on the same link. */
  hangUp(): void;
  close(): void;
}

/** O_CLOEXEC of Linux, which node:fs does not name; the same on x64 and arm64. */
const O_CLOEXEC = 0o2000000;
const OPEN_FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC;
const TCSANOW = 0;
/** More than a termios of any glibc (60 bytes). */
const TERMIOS_BYTES = 256;
const WAITING_MAX_bytes = 1 << 20;
/** How soon a full terminal is tried again. Only while a client lags; the usual write is taken at once. */
const RETRY_ms = 1;

interface CLibrary {
  posix_openpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname(fd: number): string | null;
  tcgetattr(fd: number, termios: Buffer): number;
  tcsetattr(fd: number, actions: number, termios: Buffer): number;
  cfmakeraw(termios: Buffer): void;
}

let loaded: CLibrary | undefined;

function cLibrary(): CLibrary {
  if (loaded !== undefined) return loaded;
  const c = koffi.load("libc.so.6");
  loaded = {
    posix_openpt: c.func("int posix_openpt(int flags)"),
    grantpt: c.func("int grantpt(int fd)"),
    unlockpt: c.func("int unlockpt(int fd)"),
    ptsname: c.func("const char *ptsname(int fd)"),
    tcgetattr: c.func("int tcgetattr(int fd, void *termios)"),
    tcsetattr: c.func("int tcsetattr(int fd, int actions, void *termios)"),
    cfmakeraw: c.func("void cfmakeraw(void *termios)"),
  };
  return loaded;
}

function must(result: number, what: string): number {
  if (result >= 0) return result;
  const errno = koffi.errno();
  throw new RigError("PORT_OPEN_FAILED", `no pseudo-terminal: ${what} failed with errno ${errno}`, { what, errno });
}

/** Makes a pseudo-terminal in raw mode and a symbolic link to it; a stale link is replaced, any other file refused. */
export async function openPty(link: string): Promise<Pty> {
  const c = cLibrary();
  const master = must(c.posix_openpt(OPEN_FLAGS), "posix_openpt");
  let slave: number | undefined;
  try {
    must(c.grantpt(master), "grantpt");
    must(c.unlockpt(master), "unlockpt");
    const path = c.ptsname(master);
    if (path === null) throw new RigError("PORT_OPEN_FAILED", "no pseudo-terminal: ptsname names none");
    slave = openSync(path, OPEN_FLAGS);
    const termios = Buffer.alloc(TERMIOS_BYTES);
    must(c.tcgetattr(slave, termios), "tcgetattr");
    c.cfmakeraw(termios);
    must(c.tcsetattr(slave, TCSANOW, termios), "tcsetattr");
    placeLink(link, path);
    return new OpenPty(link, path, master, slave);
  } catch (error) {
    if (slave !== undefined) closeSync(slave);
    closeSync(master);
    throw error;
  }
}

function placeLink(link: string, path: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there !== undefined) {
    if (!there.isSymbolicLink())
      throw new RigError("PORT_OPEN_FAILED", `${link} exists and is no link: choose another name`, { link });
    unlinkSync(link);
  }
  symlinkSync(path, link);
}

/**
 * Reading is the tty stream's. Writing is not: libuv falls back to blocking writes on a master that it cannot reopen,
 * and one client that does not read would stop the whole twin.
 */
class OpenPty implements Pty {
  readonly path: string;
  readonly #link: string;
  readonly #master: ReadStream;
  readonly #masterFd: number;
  readonly #slave: number;
  #waiting: Uint8Array[] = [];
  #waiting_bytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #open = true;

  constructor(link: string, path: string, master: number, slave: number) {
    this.path = path;
    this.#link = link;
    this.#masterFd = master;
    this.#slave = slave;
    this.#master = new ReadStream(master);
    // The master fails only when the terminal itself is gone; the client then sees the close.
    this.#master.on("error", () => this.close());
  }

  onData(cb: (bytes: Uint8Array) => void): void {
    const first = this.#listener === undefined;
    this.#listener = cb;
    if (first) this.#master.on("data", (bytes: Uint8Array) => this.#listener?.(bytes));
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return; // an unplugged device talks to nobody
    if (this.#waiting_bytes + bytes.length > WAITING_MAX_bytes)
      throw new RigError("REPLY_TOO_LONG", `nobody reads ${this.#link}: ${this.#waiting_bytes} bytes wait`);
    if (bytes.length === 0) return;
    this.#waiting.push(bytes.slice());
    this.#waiting_bytes += bytes.length;
    if (this.#retry === undefined) this.#flush();
  }

  #flush(): void {
    this.#retry = undefined;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const written = writeNow(this.#masterFd, first);
      this.#waiting_bytes -= written;
      if (written === first.length) {
        this.#waiting.shift();
        continue;
      }
      this.#waiting[0] = first.subarray(written);
      this.#retry = setTimeout(() => this.#flush(), RETRY_ms);
      return;
    }
  }

  hangUp(): void {
    this.close();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#retry);
    this.#waiting = [];
    this.#waiting_bytes = 0;
    // Only our own link: the name may belong to another pseudo-terminal by now.
    const there = lstatSync(this.#link, { throwIfNoEntry: false });
    if (there?.isSymbolicLink() === true && readlinkSync(this.#link) === this.path) unlinkSync(this.#link);
    this.#master.destroy();
    closeSync(this.#slave);
  }
}

/** Bytes taken by the terminal, 0 when it is full. */
function writeNow(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}
