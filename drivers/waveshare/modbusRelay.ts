/**
 * Waveshare Modbus RTU relay boards (8, 16, 32 channels), several on one RS-485 line. Waveshare wiki "Modbus RTU Relay":
 * 9600 8N1, FC01 reads the coils, FC05 sets one, FC0F sets the pattern; firmware before September 2021 (V1) is no
 * standard Modbus. A board has no identity question: that it answers FC01 for all its outputs is all it can prove.
 *
 * Read-back is of the coil, not of the contact: evidence grade "coil". Break before make: see `pattern`.
 */
import type { Identity, Instrument, SafeRecipe } from "../../rig/kinds/kinds.ts";
import type { Bench, InstrumentEntry, Relay } from "../../rig/model/bench.ts";
import { asRigError, RigError } from "../../rig/model/errors.ts";
import type { DriverFactory, OpenContext } from "../driver.ts";
import { onlyPort } from "../entry.ts";
import { ModbusCoils, silenceBefore_ms, writeCoilsReply, writeCoilsRequest } from "../modbus.ts";
import type { Wait } from "../port/link.ts";
import type { Port } from "../port/port.ts";
import { openWait, pause } from "../wait.ts";

interface Board {
  readonly address: number;
  readonly outputs: number;
}

type Coils = readonly boolean[];
type Pattern = ReadonlyMap<Board, Coils>;

/** Boards of the real thing, and room for the largest. */
const OUTPUTS_MAX = 32;
const SAFE_STEP_ms = 300;
/** How long an urgent opening waits for one board's answer before it commands the next, ms. */
const NEXT_BOARD_ms = 60;

export const modbusRelay: DriverFactory<"matrix"> = {
  kind: "matrix",
  model: "waveshare-modbus-relay",
  open: async (context) => {
    const name = onlyPort(context.entry);
    const address = context.bench.ports[name];
    const baud = address?.kind === "serial" ? address.baud : 9600;
    const boards = boardsOf(context.entry);
    const relays = relaysOf(context.bench, context.entry, boards);
    const matrix = new RelayMatrix(await context.port(name), baud, boards, relays, context.bench);
    // Relays that keep a bleeder on what they joined stay as they are until somebody has read a voltmeter.
    const keepsBleeder = context.entry.config["keeps_bleeder"] === true;
    const io = openWait(context.signal);
    await (keepsBleeder ? matrix.readBack(io) : matrix.openAll(io));
    return {
      kind: "matrix",
      identity: identityOf(boards),
      // A guard cannot read one.
      safe: keepsBleeder ? [] : [safeRecipe(context, name, baud, boards)],
      call: {
        pattern: (args, io) => matrix.pattern(args.closed, io),
        readBack: (_args, io) => matrix.readBack(io),
      },
      fence: (why) => matrix.fence(why),
      close: () => matrix.port.close(),
    } satisfies Instrument<"matrix">;
  },
};

const identityOf = (boards: readonly Board[]): Identity => ({
  model: "Waveshare Modbus RTU Relay",
  serial: "n/a",
  firmware: "n/a",
  raw: `boards ${boards.map(({ address, outputs }) => `${address} (${outputs} outputs)`).join(", ")}`,
  unverified: [],
});

/** All outputs of each board off. Contactor boards before relay boards. */
function safeRecipe({ entry, bench }: OpenContext, name: string, baud: number, boards: readonly Board[]): SafeRecipe {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  return {
    name: `${entry.role} (${name})`,
    port: bench.ports[name] ?? null,
    quiet_ms: Math.max(5, Math.ceil(silenceBefore_ms(baud))),
    poison_hex: "",
    steps: boards.map(({ address, outputs }) => ({
      rank: entry.role === "contactor" ? 3 : 4,
      send_hex: hex(writeCoilsRequest(address, off(outputs))),
      expect_hex: hex(writeCoilsReply(address, outputs)),
      deadline_ms: SAFE_STEP_ms,
    })),
  };
}

const off = (outputs: number): boolean[] => new Array<boolean>(outputs).fill(false);

function boardsOf(entry: InstrumentEntry): readonly Board[] {
  const boards = entry.config["boards"];
  const wrong = (why: string): RigError =>
    new RigError("BENCH_INVALID", `instruments.${entry.role}.config.boards: ${why}`, { role: entry.role });
  if (!Array.isArray(boards) || boards.length === 0) throw wrong("a list of { address, outputs } is needed");
  const found = boards.map((board: unknown): Board => {
    const { address, outputs } = (board ?? {}) as Partial<Board>;
    const good = Number.isInteger(address) && Number.isInteger(outputs) && address !== undefined;
    if (!good || outputs === undefined || address < 1 || address > 247 || outputs < 1 || outputs > OUTPUTS_MAX)
      throw wrong(`${JSON.stringify(board)} is no board (address 1 to 247, outputs 1 to ${OUTPUTS_MAX})`);
    return { address, outputs };
  });
  if (new Set(found.map(({ address }) => address)).size !== found.length) throw wrong("two boards have one address");
  return found;
}

interface Output {
  readonly relay: Relay;
  readonly board: Board;
}

function relaysOf(bench: Bench, entry: InstrumentEntry, boards: readonly Board[]): ReadonlyMap<string, Output> {
  const mine = Object.values(bench.relays).filter((relay) => relay.role === entry.role);
  return new Map(
    mine.map((relay) => {
      const board = boards.find(({ address }) => address === relay.board);
      if (board === undefined || relay.output >= board.outputs)
        throw new RigError(
          "BENCH_INVALID",
          `relays.${relay.id}: board ${relay.board} output ${relay.output} is not among the boards of ${entry.role}`,
          { relay: relay.id },
        );
      return [relay.id, { relay, board }] as const;
    }),
  );
}

class RelayMatrix {
  readonly port: Port;
  readonly #line: ModbusCoils;
  readonly #boards: readonly Board[];
  readonly #outputs: ReadonlyMap<string, Output>;
  readonly #release_ms: (relay: Relay) => number;
  /** Last confirmed state; a board is missing after an error, until it is read back. */
  readonly #known = new Map<Board, Coils>();
  /** The operation before: patterns and read-backs never interleave. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    port: Port,
    baud: number,
    boards: readonly Board[],
    outputs: ReadonlyMap<string, Output>,
    bench: Pick<Bench, "relayClasses">,
  ) {
    this.port = port;
    this.#line = new ModbusCoils(port, baud);
    this.#boards = boards;
    this.#outputs = outputs;
    this.#release_ms = (relay) => 1000 * (bench.relayClasses[relay.class]?.release_s ?? 0);
  }

  #inTurn<R>(operation: () => Promise<R>): Promise<R> {
    const turn = this.#last.then(operation, operation);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** All outputs off, confirmed. */
  openAll(io: Wait): Promise<void> {
    return this.#inTurn(async () => {
      for (const board of this.#boards) await this.#write(board, off(board.outputs), io);
      for (const board of this.#boards) await this.#confirm(board, off(board.outputs), io);
    });
  }

  /**
   * Brings the boards to exactly the relays named. Relays that are to open do so first on all boards; after the
   * release time of the slowest of them (wall time: contacts know no other), the others close; then the boards that
   * changed are read back. Boards that need no change get no frame.
   * @throws RigError SETPOINT_OUT_OF_RANGE before anything is sent; READ_BACK_DIFFERS
   */
  async pattern(closed: readonly string[], io: Wait): Promise<{ readonly closed: readonly string[] }> {
    const wanted = this.#patternOf(closed);
    if (io.urgent === true && closed.length === 0) return this.#openNow(io);
    return this.#inTurn(async () => {
      io.signal.throwIfAborted();
      for (const board of this.#boards) if (!this.#known.has(board)) await this.#read(board, io);
      const changed = this.#boards.filter((board) => !equal(this.#state(board), wanted.get(board) ?? []));
      const opening = this.#opening(wanted);
      for (const board of changed) {
        const kept = both(this.#state(board), wanted.get(board) ?? []);
        if (!equal(kept, this.#state(board))) await this.#write(board, kept, io);
      }
      if (opening !== undefined) await pause(opening, "the relays had released", io);
      for (const board of changed) {
        const coils = wanted.get(board) ?? [];
        if (!equal(coils, this.#state(board))) await this.#write(board, coils, io);
      }
      for (const board of changed) await this.#confirm(board, wanted.get(board) ?? [], io);
      return { closed: this.#closed() };
    });
  }

  readBack(io: Wait): Promise<{ readonly closed: readonly string[] }> {
    return this.#inTurn(async () => {
      io.signal.throwIfAborted();
      for (const board of this.#boards) await this.#read(board, io);
      return { closed: this.#closed() };
    });
  }

  /**
   * All boards are commanded, whatever is under way and whether or not one answers; then their coils are read. Not in
   * turn: what stands before it on the port gives way, and may not end otherwise.
   */
  async #openNow(io: Wait): Promise<{ readonly closed: readonly string[] }> {
    for (const board of this.#boards) {
      const soon_ms = Math.min(io.deadline_wall_ms, performance.now() + NEXT_BOARD_ms);
      // A board that does not answer is found by the reading of its coils; the other boards must not wait for it.
      await this.#write(board, off(board.outputs), { ...io, deadline_wall_ms: soon_ms }).catch(noAnswerYet);
    }
    for (const board of this.#boards) await this.#confirm(board, off(board.outputs), io);
    return { closed: this.#closed() };
  }

  fence(why: string): void {
    this.#known.clear();
    this.port.fence(why);
  }

  #state(board: Board): Coils {
    return this.#known.get(board) ?? off(board.outputs);
  }

  async #write(board: Board, coils: Coils, io: Wait): Promise<void> {
    this.#known.delete(board);
    await this.#line.write(board.address, coils, io);
    this.#known.set(board, coils);
  }

  async #read(board: Board, io: Wait): Promise<Coils> {
    this.#known.delete(board);
    const coils = await this.#line.read(board.address, board.outputs, io);
    this.#known.set(board, coils);
    return coils;
  }

  async #confirm(board: Board, wanted: Coils, io: Wait): Promise<void> {
    const coils = await this.#read(board, io);
    const wrong = coils.flatMap((on, output) => (on === wanted[output] ? [] : [this.#nameOf(board, output, on)]));
    if (wrong.length === 0) return;
    throw new RigError("READ_BACK_DIFFERS", `board ${board.address} on ${this.port.name}: ${wrong.join(", ")}`, {
      board: board.address,
      wrong,
    });
  }

  #nameOf(board: Board, output: number, on: boolean): string {
    const entry = [...this.#outputs].find(([, at]) => at.board === board && at.relay.output === output);
    return `${entry?.[0] ?? `output ${output} (no relay of the bench)`} reads ${on ? "closed" : "open"}`;
  }

  #closed(): readonly string[] {
    const closed = [...this.#outputs].filter(([, { board, relay }]) => this.#state(board)[relay.output] === true);
    return closed.map(([id]) => id).sort();
  }

  #patternOf(closed: readonly string[]): Pattern {
    const pattern = new Map(this.#boards.map((board) => [board, off(board.outputs)]));
    for (const id of closed) {
      const output = this.#outputs.get(id);
      if (output === undefined)
        throw new RigError("SETPOINT_OUT_OF_RANGE", `${id} is no relay of this instrument`, { relay: id });
      const coils = pattern.get(output.board);
      if (coils !== undefined) coils[output.relay.output] = true;
    }
    return pattern;
  }

  /** Release time of the slowest relay that opens, ms; undefined when none does. */
  #opening(wanted: Pattern): number | undefined {
    const opening = [...this.#outputs.values()].filter(
      ({ board, relay }) => this.#state(board)[relay.output] === true && wanted.get(board)?.[relay.output] !== true,
    );
    return opening.length === 0 ? undefined : Math.max(...opening.map(({ relay }) => this.#release_ms(relay)));
  }
}

/** @throws what is no time-out: the port is gone, or the board refuses */
function noAnswerYet(error: unknown): void {
  if (asRigError(error).code !== "INSTRUMENT_TIMEOUT") throw error;
}

const equal = (a: Coils, b: Coils): boolean => a.length === b.length && a.every((on, at) => on === b[at]);
const both = (a: Coils, b: Coils): boolean[] => a.map((on, at) => on && b[at] === true);
