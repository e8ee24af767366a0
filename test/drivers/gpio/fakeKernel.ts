/** GPIO chips as the kernel would show them, by the offsets of linux/gpio.h, without the packing under test. */
import type { GpioKernel, Readiness } from "../../../drivers/gpio/kernel.ts";

export interface FakeChip {
  readonly label: string;
  readonly lines: number;
}

interface Request {
  readonly offsets: readonly number[];
  readonly output: boolean;
  readonly queue: Buffer[];
  readonly room: number;
  seqno: number;
}

const code = (name: string): Error => Object.assign(new Error(name), { code: name });

export class FakeKernel implements GpioKernel {
  readonly levels = new Map<number, boolean>();
  /** Offsets that somebody else holds, with the name of who. */
  readonly taken = new Map<number, string>();
  /** Descriptors that are open. */
  readonly open_fds = new Map<number, string>();
  /** Outputs that something else drives. */
  readonly stuck = new Set<number>();
  /** Error of the next call of this name. */
  fails: { call: string; code: string } | undefined;
  gone = false;
  readonly #chips: Readonly<Record<string, FakeChip>>;
  readonly #requests = new Map<number, Request>();
  #fd = 100;

  constructor(chips: Readonly<Record<string, FakeChip>>) {
    this.#chips = chips;
  }

  chips(): readonly string[] {
    return Object.keys(this.#chips);
  }

  open(path: string): number {
    this.#fail("open");
    this.#fd += 1;
    this.open_fds.set(this.#fd, path);
    return this.#fd;
  }

  close(fd: number): void {
    if (!this.open_fds.delete(fd)) throw code("EBADF");
    this.#requests.delete(fd);
  }

  #fail(call: string): void {
    if (this.fails?.call !== call) return;
    const name = this.fails.code;
    this.fails = undefined;
    throw code(name);
  }

  ioctl(fd: number, request: number, struct: Buffer): void {
    const path = this.open_fds.get(fd);
    if (path === undefined) throw code("EBADF");
    const number = request & 0xff;
    this.#fail(`ioctl ${number}`);
    const chip = this.#chips[path];
    if (number === 0x01 && chip !== undefined) {
      struct.write(chip.label, 32, "latin1");
      struct.writeUInt32LE(chip.lines, 64);
    } else if (number === 0x05) {
      const who = this.taken.get(struct.readUInt32LE(64));
      if (who !== undefined) struct.write(who, 32, "latin1");
      struct.writeBigUInt64LE(who === undefined ? 0n : 1n, 72);
    } else if (number === 0x07) this.#grant(struct);
    else this.#values(fd, number, struct);
  }

  #grant(struct: Buffer): void {
    const count = struct.readUInt32LE(560);
    const offsets = Array.from({ length: count }, (_, index) => struct.readUInt32LE(index * 4));
    if (offsets.some((offset) => this.taken.has(offset))) throw code("EBUSY");
    const output = (struct.readBigUInt64LE(288) & 8n) !== 0n;
    const fd = this.open("line request");
    this.#requests.set(fd, { offsets, output, queue: [], room: struct.readUInt32LE(564), seqno: 0 });
    if (output) for (const offset of offsets) this.levels.set(offset, false);
    struct.writeInt32LE(fd, 588);
  }

  #values(fd: number, number: number, struct: Buffer): void {
    const request = this.#requests.get(fd);
    if (request === undefined) throw code("ENOTTY");
    const mask = struct.readBigUInt64LE(8);
    let bits = struct.readBigUInt64LE(0);
    request.offsets.forEach((offset, index) => {
      const bit = 1n << BigInt(index);
      if ((mask & bit) === 0n) return;
      if (number === 0x0e) bits = this.levels.get(offset) ? bits | bit : bits & ~bit;
      else if (!this.stuck.has(offset)) this.levels.set(offset, (bits & bit) !== 0n);
    });
    struct.writeBigUInt64LE(bits, 0);
  }

  /** The bench moves an input; the oldest edge is thrown away when there is no room. */
  move(offset: number, high: boolean, timestamp_ns = 1000n): void {
    this.levels.set(offset, high);
    for (const request of this.#requests.values()) {
      if (request.output || !request.offsets.includes(offset)) continue;
      request.seqno += 1;
      const event = Buffer.alloc(48);
      event.writeBigUInt64LE(timestamp_ns, 0);
      event.writeUInt32LE(high ? 1 : 2, 8);
      event.writeUInt32LE(offset, 12);
      event.writeUInt32LE(request.seqno, 16);
      request.queue.push(event);
      if (request.queue.length > request.room) request.queue.shift();
    }
  }

  /** An edge that the kernel should never give. */
  inject(event: Buffer): void {
    for (const request of this.#requests.values()) if (!request.output) request.queue.push(event);
  }

  ready(fds: readonly number[]): readonly Readiness[] {
    this.#fail("poll");
    return fds.map((fd) => {
      if (this.gone) return "gone";
      return (this.#requests.get(fd)?.queue.length ?? 0) > 0 ? "events" : "idle";
    });
  }

  read(fd: number, into: Buffer): number {
    this.#fail("read");
    const queue = this.#requests.get(fd)?.queue ?? [];
    if (queue.length === 0) throw new Error("a read that would wait");
    const events = queue.splice(0, Math.floor(into.length / 48));
    return Buffer.concat(events).copy(into);
  }
}
