/**
 * Relay boards: coils in, contacts out. Contactor coils are in series with the safety relay's delayed contacts, so the
 * board may hold a coil on while the contactor is open.
 */
import type { Relay } from "../../../rig/model/bench.ts";
import type { RelayBoardModel } from "../models.ts";
import type { Pole } from "./assemble.ts";
import type { Plant } from "./plant.ts";

export interface Relays extends RelayBoardModel {
  /** Supply of the contactor coils, from the safety relay. */
  supplyContactors(on: boolean): void;
  /** Whether any pole of a relay is closed: what a mirror contact shows. */
  anyClosed(relay: string): boolean;
  onMoved(listener: () => void): void;
}

/** Coils of a board that the bench file does not name still switch: on and off they go, with nothing behind them. */
const outputs_max = 64;

interface Board {
  coils: readonly boolean[];
  readonly relays: RelayAt[];
}

/** A relay with its poles and the board that has its coil. */
interface RelayAt {
  readonly relay: Relay;
  readonly poles: readonly Pole[];
  readonly board: Board;
}

export function createRelays(plant: Plant, timed: boolean): Relays {
  const roles = new Map<string, Map<number, Board>>();
  const boardOf = (role: string, address: number): Board => {
    const ofRole = roles.get(role) ?? new Map<number, Board>();
    roles.set(role, ofRole);
    const board = ofRole.get(address) ?? { coils: [], relays: [] };
    ofRole.set(address, board);
    return board;
  };
  const polesOf = new Map<string, Pole[]>();
  for (const pole of plant.assembly.poles) {
    const known = polesOf.get(pole.relay);
    if (known) known.push(pole);
    else polesOf.set(pole.relay, [pole]);
  }
  for (const relay of Object.values(plant.bench.relays)) {
    const board = boardOf(relay.role, relay.board);
    board.relays.push({ relay, board, poles: polesOf.get(relay.id) ?? [] });
  }
  const pending = new Map<string, () => void>();
  const listeners: (() => void)[] = [];
  let supplied = true;

  const energised = ({ relay, board }: RelayAt): boolean =>
    (board.coils[relay.output] ?? false) && (relay.role !== "contactor" || supplied);

  /** Brings contacts to what their coils say: openings first, as break before make. */
  const move = (relays: readonly RelayAt[]): void => {
    plant.settle();
    let moved = false;
    for (const closing of [false, true]) {
      for (const one of relays) {
        if (energised(one) === closing && movePoles(plant, one.relay.id, one.poles, closing)) moved = true;
      }
    }
    if (!moved) return;
    plant.restructure();
    for (const listener of listeners) listener();
  };

  const moveInTime = (relays: readonly RelayAt[]): void => {
    if (!timed) {
      move(relays);
      return;
    }
    for (const one of relays) {
      const { id } = one.relay;
      pending.get(id)?.();
      const of = plant.bench.relayClasses[one.relay.class];
      const after_s = energised(one) ? (of?.operate_s ?? 0) : (of?.release_s ?? 0);
      pending.set(
        id,
        plant.agenda.schedule(plant.agenda.now_s() + after_s, () => move([one])),
      );
    }
  };

  return {
    coils: (role, board) => roles.get(role)?.get(board)?.coils ?? none,
    setCoils(role, address, wanted) {
      const board = boardOf(role, address);
      const before = board.coils;
      board.coils = wanted.slice(0, outputs_max);
      const changed = board.relays.filter(
        ({ relay: { output } }) => (before[output] ?? false) !== (wanted[output] ?? false),
      );
      if (changed.length > 0) moveInTime(changed);
    },
    supplyContactors(on) {
      if (on === supplied) return;
      supplied = on;
      moveInTime([...(roles.get("contactor")?.values() ?? [])].flatMap(({ relays }) => relays));
    },
    anyClosed: (relay) => (polesOf.get(relay) ?? []).some((pole) => plant.isClosed(pole)),
    onMoved(listener) {
      listeners.push(listener);
    },
  };
}

const none: readonly boolean[] = [];

/** True when a contact moved. */
function movePoles(plant: Plant, relay: string, poles: readonly Pole[], closing: boolean): boolean {
  const moving = poles.filter((pole) => {
    const closed = pole.welded || (closing && !pole.stuckOpen);
    return closed !== plant.isClosed(pole);
  });
  if (moving.length === 0) return false;
  // What was switched hot is told in the log and nowhere else.
  const hot_A = plant.quiet ? 0 : Math.max(...moving.map((pole) => Math.abs(plant.poleCurrent(pole))));
  for (const pole of moving) plant.setClosed(pole, closing);
  plant.note({ what: "relay", relay, closed: closing, hot_A });
  return true;
}
