/** Relay boards and GPIO lines without bytes. */
import { RigError } from "../../../rig/model/errors.ts";
import { EdgeBuffer } from "../../gpio/edgeBuffer.ts";
import { nanoseconds } from "../gpioSocket.ts";
import type { Answers, TwinContext } from "./context.ts";

/**
 * Moves relays as boards do: first everything that opens, then everything that closes. The world's contacts follow at
 * once, so that nothing has to be waited for; a world with timed relays is for device twins.
 */
export function matrixTwin({ role, entry, bench, world }: TwinContext): Answers<"matrix"> {
  const relays = Object.values(bench.relays).filter((relay) => relay.role === entry.role);
  const boards = [...new Set(relays.map(({ board }) => board))].map((board) => {
    const own = relays.filter((relay) => relay.board === board);
    return { board, own, outputs: 1 + Math.max(...own.map(({ output }) => output)) };
  });
  const byName = boards
    .flatMap(({ own }, board) => own.map(({ id, output }) => ({ id, output, board })))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const places = new Map(byName.map((place) => [place.id, place]));
  const closedNow = (): string[] => {
    const coils = boards.map(({ board }) => world.relays.coils(entry.role, board));
    const closed: string[] = [];
    for (const { id, output, board } of byName) if (coils[board]?.[output] === true) closed.push(id);
    return closed;
  };
  /** Coils as they are wanted, board by board; the world keeps a copy. */
  const wanted = boards.map(({ outputs }) => new Array<boolean>(outputs).fill(false));
  const want = (closed: readonly string[]): void => {
    for (const coils of wanted) coils.fill(false);
    for (const id of closed) {
      const at = places.get(id);
      if (at !== undefined) (wanted[at.board] as boolean[])[at.output] = true;
    }
  };
  /** Brings the coils to what is wanted; first, `opening` only, those that are on and are to go off. */
  const write = (opening: boolean): void => {
    for (let n = 0; n < boards.length; n++) {
      const { board } = boards[n] as (typeof boards)[number];
      const coils = wanted[n] as readonly boolean[];
      const before = world.relays.coils(entry.role, board);
      const next = opening ? coils.map((on, output) => on && before[output] === true) : coils;
      if (next.some((on, output) => on !== (before[output] ?? false))) world.relays.setCoils(entry.role, board, next);
    }
  };
  return {
    pattern({ closed }) {
      const unknown = closed.find((id) => !places.has(id));
      if (unknown !== undefined) {
        throw new RigError("SETPOINT_OUT_OF_RANGE", `${role}: no relay "${unknown}" on its boards`, { role, unknown });
      }
      want(closed);
      write(true);
      write(false);
      return { closed: closedNow() };
    },
    readBack() {
      return { closed: closedNow() };
    },
  };
}

/** `enable` is the level line EN; the watchdog line is the guard's own. */
export function gpioTwin({ world, bench }: TwinContext): Answers<"gpio"> {
  const buffer = new EdgeBuffer();
  let seq = 0;
  world.gpio.onEdge(({ line, high, at_s }) => {
    if (bench.gpio.lines[line]?.direction !== "in") return;
    seq += 1;
    buffer.put({ line, high, kernel_ns: nanoseconds(at_s), seq });
  });
  return {
    read() {
      return world.gpio.lines();
    },
    enable({ on }) {
      world.gpio.setLine("EN", on);
      return null;
    },
    watchEvents() {
      return buffer.take();
    },
  };
}
