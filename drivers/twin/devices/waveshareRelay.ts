/**
 * Waveshare "Modbus RTU Relay" boards (8, 16, 32 channels), several on one RS-485 line, firmware V2.
 *
 * Source: Waveshare wiki, "Modbus RTU Relay 32CH", Development Protocol V2: function codes 01 03 05 06 0F; FC05 values
 * FF00 on, 0000 off, 5500 flip; address 00FF all relays; 0200+n flash on and 0400+n flash off for value x 100 ms; FC03
 * 4000 address, 8000 version (0x00C8 = V2.00); address 0 broadcast. Exceptions: Modbus Application Protocol V1.1b3, 7.
 * UNVERIFIED: that a later write to a coil ends its flash; that broadcasts of writes get no reply (as the standard
 * says); FC06 is refused here: an address or baud rate is not changed on a bench.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { checksumHolds, requestLength, sealed } from "./modbusFrame.ts";

interface Board {
  readonly role: string;
  readonly address: number;
  readonly outputs: number;
  /** Cancels of running flashes, by output. */
  readonly flashes: Map<number, () => void>;
}

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const FRAME_MAX = 256;
const ALL = 0x00ff;
const VERSION = 200;

/** Answer of a board: a body without checksum, or an exception. */
type Answer = readonly number[] | { readonly exception: number };

const exception = (code: number): Answer => ({ exception: code });

/** Boards of one role from its `config.boards`: `{ address, outputs }`. */
function boardsOf(role: string, listed: unknown): readonly Board[] {
  if (!Array.isArray(listed)) return [];
  return listed.map((board: { address?: number; outputs?: number }) => ({
    role,
    address: board.address ?? 1,
    outputs: board.outputs ?? 8,
    flashes: new Map(),
  }));
}

export function waveshareRelay(context: DeviceContext): DeviceTwin {
  const boards = context.answering.flatMap(({ entry }) => boardsOf(entry.role, entry.config["boards"]));
  return new RelayLine(context, boards);
}

class RelayLine implements DeviceTwin {
  readonly #context: DeviceContext;
  readonly #boards: readonly Board[];
  #input: Uint8Array = new Uint8Array();

  constructor(context: DeviceContext, boards: readonly Board[]) {
    this.#context = context;
    this.#boards = boards;
  }

  /** A frame ends by its length when its checksum then holds; whatever else is there ends at a silence. */
  receive(bytes: Uint8Array): void {
    this.#input = Buffer.concat([this.#input, bytes]);
    for (;;) {
      const length = requestLength(this.#input);
      if (length === undefined || this.#input.length < length) break;
      const frame = this.#input.subarray(0, length);
      if (!checksumHolds(frame)) break;
      this.#input = this.#input.subarray(length);
      this.#frame(frame);
    }
    // A line that never falls silent holds no frame: the oldest bytes can go.
    if (this.#input.length > FRAME_MAX) this.#input = this.#input.subarray(-FRAME_MAX);
  }

  silence(): void {
    const rest = this.#input;
    this.#input = new Uint8Array();
    if (checksumHolds(rest)) this.#frame(rest);
  }

  connected(): void {
    this.#input = new Uint8Array();
  }

  #frame(frame: Uint8Array): void {
    const [address = 0, code = 0] = frame;
    const body = frame.subarray(2, -2);
    if (address === 0) {
      for (const board of this.#boards) if (code === 5 || code === 0x0f) this.#answer(board, code, body);
      return;
    }
    for (const board of this.#boards) {
      if (board.address !== address) continue;
      const answer = this.#answer(board, code, body);
      const reply = "exception" in answer ? [address, code | 0x80, answer.exception] : [address, code, ...answer];
      this.#context.reply(sealed(reply));
    }
  }

  #answer(board: Board, code: number, body: Uint8Array): Answer {
    if (code === 1) return this.#readCoils(board, body);
    if (code === 3) return this.#readRegister(board, body);
    if (code === 5) return this.#writeCoil(board, body);
    if (code === 0x0f) return this.#writeCoils(board, body);
    return exception(ILLEGAL_FUNCTION);
  }

  #coils(board: Board): boolean[] {
    const coils = this.#context.world.relays.coils(board.role, board.address);
    return Array.from({ length: board.outputs }, (_, output) => coils[output] ?? false);
  }

  #set(board: Board, coils: readonly boolean[], written: Iterable<number>): void {
    for (const output of written) {
      board.flashes.get(output)?.();
      board.flashes.delete(output);
    }
    this.#context.world.relays.setCoils(board.role, board.address, coils);
  }

  #readCoils(board: Board, body: Uint8Array): Answer {
    if (body.length !== 4) return exception(ILLEGAL_VALUE);
    const [start, count] = words(body);
    if (count < 1 || count > 2000) return exception(ILLEGAL_VALUE);
    if (start + count > board.outputs) return exception(ILLEGAL_ADDRESS);
    const bits = new Array<number>(Math.ceil(count / 8)).fill(0);
    const coils = this.#coils(board);
    for (let i = 0; i < count; i++) if (coils[start + i]) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
    return [bits.length, ...bits];
  }

  #readRegister(board: Board, body: Uint8Array): Answer {
    if (body.length !== 4) return exception(ILLEGAL_VALUE);
    const [register, count] = words(body);
    if (count !== 1) return exception(ILLEGAL_VALUE);
    if (register === 0x4000) return [2, 0, board.address];
    return register === 0x8000 ? [2, VERSION >> 8, VERSION & 0xff] : exception(ILLEGAL_ADDRESS);
  }

  #writeCoil(board: Board, body: Uint8Array): Answer {
    if (body.length !== 4) return exception(ILLEGAL_VALUE);
    const [at, value] = words(body);
    if (at >= 0x0200 && at < 0x0600) return this.#flash(board, at, value) ?? [...body];
    const outputs = at === ALL ? [...this.#coils(board).keys()] : [at];
    if (at !== ALL && at >= board.outputs) return exception(ILLEGAL_ADDRESS);
    const coils = this.#coils(board);
    for (const output of outputs) {
      if (value === 0xff00) coils[output] = true;
      else if (value === 0x0000) coils[output] = false;
      else if (value === 0x5500) coils[output] = !coils[output];
      else return exception(ILLEGAL_VALUE);
    }
    this.#set(board, coils, outputs);
    return [...body];
  }

  /** On (0200+n) or off (0400+n) for value x 100 ms of bench time, then back. */
  #flash(board: Board, at: number, value: number): Answer | undefined {
    const on = at < 0x0400;
    const output = at & 0x01ff;
    if (output >= board.outputs) return exception(ILLEGAL_ADDRESS);
    if (value < 1 || value > 0x7fff) return exception(ILLEGAL_VALUE);
    this.#change(board, output, on);
    const { world } = this.#context;
    const cancel = world.schedule(world.now_s() + value * 0.1, () => {
      board.flashes.delete(output);
      this.#change(board, output, !on);
    });
    board.flashes.set(output, cancel);
    return undefined;
  }

  #change(board: Board, output: number, on: boolean): void {
    const coils = this.#coils(board);
    coils[output] = on;
    this.#set(board, coils, [output]);
  }

  #writeCoils(board: Board, body: Uint8Array): Answer {
    const [start, count] = words(body);
    const bytes = body[4] ?? 0;
    if (count < 1 || count > 1968 || bytes !== Math.ceil(count / 8) || body.length !== 5 + bytes)
      return exception(ILLEGAL_VALUE);
    if (start + count > board.outputs) return exception(ILLEGAL_ADDRESS);
    const coils = this.#coils(board);
    const written: number[] = [];
    for (let i = 0; i < count; i++) {
      coils[start + i] = (((body[5 + (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1;
      written.push(start + i);
    }
    this.#set(board, coils, written);
    return [...body.subarray(0, 4)];
  }
}

/** The two 16-bit words at the beginning, high byte first. */
function words(body: Uint8Array): readonly [number, number] {
  return [((body[0] ?? 0) << 8) | (body[1] ?? 0), ((body[2] ?? 0) << 8) | (body[3] ?? 0)];
}
