/**
 * A serial line through serialport 13. Each connection has a new SerialPort object, never reopened: an object that is
 * reopened sends what was written while it was closed (serialport/node-serialport#1593).
 *
 * The binding's reading is replaced on Linux. Its own read() asks again at once when it gets 0 bytes; a terminal that
 * was hung up while a read was under way (USB unplug, pseudo-terminal closed) gives 0 bytes for ever, so the loss is
 * never noticed and a core spins (tried: 27,000 reads in 0.8 s, `isOpen` still true). Ours waits for the poller first,
 * takes 0 bytes for the loss that it is, and saves two turns through the thread pool a reply.
 */
import { readSync, writeSync } from "node:fs";
import { SerialPort } from "serialport";
import { RigError } from "../../rig/model/errors.ts";
import { type Connector, type Link, type LinkEvents, timeLeft_ms, type Wait } from "./link.ts";

export interface SerialAddress {
  readonly kind: "serial";
  /** A stable name: /dev/serial/by-path/... or by-id, not /dev/ttyUSB0, which changes at the next plug. */
  readonly path: string;
  readonly baud: number;
  readonly parity?: "none" | "even" | "odd";
  readonly dataBits?: 7 | 8;
  readonly stopBits?: 1 | 2;
  readonly rtscts?: boolean;
  readonly xonxoff?: boolean;
}

export function serialConnector(address: SerialAddress): Connector {
  return { where: address.path, isolates: false, connect: (events, io) => connect(address, events, io) };
}

function connect(address: SerialAddress, events: LinkEvents, io: Wait): Promise<Link> {
  const port = new SerialPort({
    path: address.path,
    baudRate: address.baud,
    dataBits: address.dataBits ?? 8,
    parity: address.parity ?? "none",
    stopBits: address.stopBits ?? 1,
    rtscts: address.rtscts ?? false,
    xon: address.xonxoff ?? false,
    xoff: address.xonxoff ?? false,
    lock: true,
    autoOpen: false,
  });
  return new Promise((resolve, reject) => {
    let given = false;
    const fail = (why: string, cause?: unknown): void => {
      if (given) return;
      given = true;
      clearTimeout(timer);
      io.signal.removeEventListener("abort", onAbort);
      const text = `cannot open ${address.path}: ${why}`;
      reject(new RigError("PORT_OPEN_FAILED", text, { path: address.path, why }, cause === undefined ? {} : { cause }));
    };
    const onAbort = (): void => fail("aborted", io.signal.reason);
    const timer = setTimeout(() => fail("no answer from the system in time"), timeLeft_ms(io.deadline_wall_ms));
    if (io.signal.aborted) return onAbort();
    io.signal.addEventListener("abort", onAbort, { once: true });
    port.open((error) => {
      if (error !== null) return fail(error.message, error);
      if (given) return port.close(); // too late: nobody waits for it any more
      given = true;
      clearTimeout(timer);
      io.signal.removeEventListener("abort", onAbort);
      resolve(new SerialLink(port, events));
    });
  });
}

class SerialLink implements Link {
  readonly #port: SerialPort;
  readonly #events: LinkEvents;
  readonly #closed: Promise<void>;
  #over = false;
  #ending = false;

  constructor(port: SerialPort, events: LinkEvents) {
    this.#port = port;
    this.#events = events;
    const binding: unknown = port.port;
    if (isLinuxBinding(binding)) {
      noticeHangUp(binding);
      writeAtOnce(binding);
    }
    this.#closed = new Promise((resolve) => {
      // `close` may come twice, and `error` with or without it: the first one counts.
      port.on("close", (error?: Error | null) => {
        this.#lose(error?.message ?? "it was closed");
        resolve();
      });
      port.on("error", (error) => {
        this.#lose(error.message);
        if (!port.isOpen && !port.closing) resolve();
      });
    });
    // Without a reader serialport never notices that the device has gone.
    port.on("data", (chunk: Uint8Array) => this.#events.data(chunk));
  }

  #lose(why: string): void {
    if (this.#over || this.#ending) return;
    this.#over = true;
    this.#events.lost(why);
  }

  write(bytes: Uint8Array, drain: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null | undefined): void => {
        if (error) reject(error);
        else resolve();
      };
      // A write on a closed port is kept by serialport and sent later: never let it get there.
      if (this.#ending || !this.#port.isOpen) throw new Error("the port is closed");
      this.#port.write(Buffer.from(bytes), (error) => {
        if (error || !drain) settle(error);
        else if (!this.#port.isOpen) settle(new Error("the port was closed while it was sending"));
        else this.#port.drain(settle);
      });
    });
  }

  /** Discarding first: closing a terminal waits up to 30 s for bytes that flow control holds back. */
  close(discard: boolean): Promise<void> {
    if (this.#ending) return this.#closed;
    this.#ending = true;
    const port = this.#port;
    if (!port.isOpen) return port.closing ? this.#closed : Promise.resolve();
    const close = (): void => {
      if (port.isOpen) port.close();
    };
    // A flush fails only where the device has gone, and then nothing is left to discard: close in either case.
    if (discard) port.flush(close);
    else close();
    return this.#closed;
  }
}

/** What serialport's Linux binding has beside its documented interface. */
interface LinuxBinding {
  readonly isOpen: boolean;
  readonly fd: number | null;
  readonly poller: { once(event: "readable", callback: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
  write(buffer: Buffer): Promise<void>;
}

const isLinuxBinding = (binding: unknown): binding is LinuxBinding =>
  typeof binding === "object" &&
  binding !== null &&
  ["fd", "poller", "read", "write"].every((member) => member in binding);

const canceled = (): Error => Object.assign(new Error("Port is not open"), { canceled: true });

/** The kernel takes a request at once, so it need not go through the thread pool; what it does not take is left to the binding. */
function writeAtOnce(binding: LinuxBinding): void {
  const writeByPool = binding.write.bind(binding);
  binding.write = async (buffer) => {
    const taken = binding.isOpen && binding.fd !== null ? writeNow(binding.fd, buffer) : 0;
    if (taken < buffer.length) await writeByPool(buffer.subarray(taken));
  };
}

/** The descriptor is non-blocking. 0 after any error: the binding meets the same one, and names it. */
function writeNow(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch {
    return 0;
  }
}

function noticeHangUp(binding: LinuxBinding): void {
  binding.read = async (buffer, offset, length) => {
    for (;;) {
      if (!binding.isOpen) throw canceled();
      await new Promise<void>((resolve, reject) => {
        binding.poller.once("readable", (error) => (error ? reject(error) : resolve()));
      });
      if (!binding.isOpen || binding.fd === null) throw canceled();
      const bytesRead = readNow(binding.fd, buffer, offset, length);
      if (bytesRead === 0) throw new Error("the device hung up");
      if (bytesRead !== undefined) return { buffer, bytesRead };
    }
  };
}

/** The descriptor is non-blocking. Undefined: nothing there after all. */
function readNow(fd: number, buffer: Buffer, offset: number, length: number): number | undefined {
  try {
    return readSync(fd, buffer, offset, length, null);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN" || code === "EINTR") return undefined;
    throw error;
  }
}
