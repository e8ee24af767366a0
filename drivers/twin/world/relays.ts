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

export function createRelays(plant: Plant, timed: boolean): Relays {
  const coils = new Map<string, boolean[]>();
  const polesOf = new Map<string, Pole[]>();
  for (const pole of plant.assembly.poles) polesOf.set(pole.relay, [...(polesOf.get(pole.relay) ?? []), pole]);
  const relaysOf = new Map<string, Relay[]>();
  for (const relay of Object.values(plant.bench.relays)) {
    const key = `${relay.role}:${relay.board}`;
    relaysOf.set(key, [...(relaysOf.get(key) ?? []), relay]);
  }
  const pending = new Map<string, () => void>();
  const listeners: (() => void)[] = [];
  let supplied = true;

  const energised = (relay: Relay): boolean => {
    const coil = coils.get(`${relay.role}:${relay.board}`)?.[relay.output] ?? false;
    return coil && (relay.role !== "contactor" || supplied);
  };

  /** Brings contacts to what their coils say: openings first, as break before make. */
  const move = (relays: readonly Relay[]): void => {
    plant.settle();
    let moved = false;
    for (const closing of [false, true]) {
      for (const relay of relays) {
        if (energised(relay) === closing && movePoles(plant, relay.id, polesOf.get(relay.id) ?? [], closing)) {
          moved = true;
        }
      }
    }
    if (!moved) return;
    plant.restructure();
    for (const listener of listeners) listener();
  };

  const moveInTime = (relays: readonly Relay[]): void => {
    if (!timed) {
      move(relays);
      return;
    }
    for (const relay of relays) {
      pending.get(relay.id)?.();
      const of = plant.bench.relayClasses[relay.class];
      const after_s = energised(relay) ? (of?.operate_s ?? 0) : (of?.release_s ?? 0);
      pending.set(
        relay.id,
        plant.agenda.schedule(plant.agenda.now_s() + after_s, () => move([relay])),
      );
    }
  };

  return {
    coils: (role, board) => coils.get(`${role}:${board}`) ?? [],
    setCoils(role, board, wanted) {
      const key = `${role}:${board}`;
      const before = coils.get(key) ?? [];
      coils.set(key, wanted.slice(0, outputs_max));
      const changed = (relaysOf.get(key) ?? []).filter(
        ({ output }) => (before[output] ?? false) !== (wanted[output] ?? false),
      );
      if (changed.length > 0) moveInTime(changed);
    },
    supplyContactors(on) {
      if (on === supplied) return;
      supplied = on;
      moveInTime(Object.values(plant.bench.relays).filter(({ role }) => role === "contactor"));
    },
    anyClosed: (relay) => (polesOf.get(relay) ?? []).some((pole) => plant.isClosed(pole)),
    onMoved(listener) {
      listeners.push(listener);
    },
  };
}

/** True when a contact moved. */
function movePoles(plant: Plant, relay: string, poles: readonly Pole[], closing: boolean): boolean {
  const moving = poles.filter((pole) => {
    const closed = pole.welded || (closing && !pole.stuckOpen);
    return closed !== plant.isClosed(pole);
  });
  if (moving.length === 0) return false;
  const hot_A = Math.max(...moving.map((pole) => Math.abs(plant.poleCurrent(pole))));
  for (const pole of moving) plant.setClosed(pole, closing);
  plant.note({ what: "relay", relay, closed: closing, hot_A });
  return true;
}
