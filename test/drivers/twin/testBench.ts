/** Bench RB-1 as a world, with relays closed by name: shared by the tests of the twin. */
import { type AdapterUnderTest, adapterFrom } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld, type TwinWorld, type WorldOptions } from "../../../drivers/twin/world/world.ts";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import type { Contact } from "../../../rig/model/contacts.ts";

export const bench = loadBench("benches/rb-1.yaml");

export const healthy: AdapterUnderTest = adapterFrom({ adapter: "healthy", family: "A", remate_spread: 0 });

export const adapterWith = (fields: Omit<Parameters<typeof adapterFrom>[0], "adapter" | "family">): AdapterUnderTest =>
  adapterFrom({ adapter: "test", family: "A", remate_spread: 0, ...fields });

export interface TestRig {
  readonly world: TwinWorld;
  /** Closes exactly these relays. */
  close(...ids: readonly (string | readonly string[])[]): void;
  channel(name: string): number | "overload";
}

export function rigWith(options: Partial<WorldOptions> = {}): TestRig {
  const world = createWorld({ bench, adapter: healthy, watchdog: "ideal", ...options });
  const boards = new Map(Object.values(bench.relays).map(({ role, board }) => [board, role]));
  return {
    world,
    close(...ids) {
      const wanted = new Set(ids.flat());
      for (const id of wanted) if (bench.relays[id] === undefined) throw new Error(`no relay ${id}`);
      for (const [board, role] of boards) {
        const coils = new Array<boolean>(32).fill(false);
        for (const relay of Object.values(bench.relays)) {
          if (relay.board === board && wanted.has(relay.id)) coils[relay.output] = true;
        }
        world.relays.setCoils(role, board, coils);
      }
    },
    channel(name) {
      const channel = bench.channels[name];
      if (channel === undefined) throw new Error(`no channel ${name}`);
      return world.daq.volt(channel.channel, channel.range_V ?? 10, 1);
    },
  };
}

/** Four wires of the milliohm meter from one contact to another. */
export const fourWire = (hi: Contact, lo: Contact): string[] => [
  ...[`K_ISO.${hi}`, `K_ISO.${lo}`, `MX.${hi}.FH`, `MX.${hi}.SH`, `MX.${lo}.FL`, `MX.${lo}.SL`, "KM.OHM"],
];

/** Station and vehicle on the adapter. */
export const throughAdapter = [
  ...["KP1.A", "KP2.A", "KG"],
  ...["evse", "ev"].flatMap((face) => ["CP", "PP", "PE"].map((pin) => `K_ISO.${face}.${pin}`)),
];
export const bypass = ["KP1.X", "KP2.X", "KG"];

/** Starts the power loop at a current of the load bank. */
export function energise(rig: TestRig, current_A: number): void {
  const { world } = rig;
  rig.close("K1A", "K1B");
  world.gpio.setLine("EN", true);
  world.source.set({ voltage_V: 4, current_A: 550 });
  for (let unit = 0; unit < world.load.units; unit++) {
    world.load.set(unit, current_A / world.load.units);
    world.load.input(unit, true);
  }
  world.source.output(true);
}

export const low_ohm = { current_A: 1, range_ohm: 0.1, open_V: 5.5 } as const;
export const high_ohm = { current_A: 0.001, range_ohm: 1000, open_V: 5.5 } as const;
