/** Random pilot and proximity circuits of the simulated bench, from a seed. */
import { type Random, randomOf } from "../../drivers/twin/random.ts";
import { type AdapterUnderTest, adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { noDeviations } from "../../drivers/twin/world/deviations.ts";
import { createPilot, type Pilot } from "../../drivers/twin/world/pilot.ts";
import { Plant } from "../../drivers/twin/world/plant.ts";
import { createRelays } from "../../drivers/twin/world/relays.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { throughAdapter } from "../drivers/twin/testBench.ts";

const bench = loadBench("benches/rb-1.yaml");

const between = (random: Random, min: number, max: number): number => min * (max / min) ** random.next();
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;

/** Series resistances, leaks, shorts, diodes and capacitance over many decades; any proximity topology. */
function adapter(random: Random): AdapterUnderTest {
  const pins = ["CP", "PP", "PE"] as const;
  const pair = (): [`ev.${string}`, `ev.${string}`] => {
    const a = pick(random, pins);
    return [
      `ev.${a}`,
      `ev.${pick(
        random,
        pins.filter((pin) => pin !== a),
      )}`,
    ];
  };
  const leaks = Array.from({ length: Math.floor(random.next() * 3) }, () => ({
    between: pair() as ["ev.CP", "ev.PE"],
    ohm: between(random, 300, 1e7),
  }));
  const [anode, cathode] = pair() as ["ev.CP", "ev.PE"];
  return adapterFrom({
    adapter: "random",
    family: "A",
    seed: Math.floor(random.next() * 1e6),
    pp: {
      topology: pick(random, ["PASS", "SERIES_SW", "LOCAL"] as const),
      latched_ohm: between(random, 50, 2000),
      pressed_extra_ohm: between(random, 50, 1000),
    },
    paths: {
      CP: { bar_ohm: between(random, 0.001, 1000) },
      PP: { bar_ohm: between(random, 0.001, 1000) },
      PE: { bar_ohm: between(random, 1e-4, 30) },
    },
    leaks,
    diodes: random.next() < 0.3 ? [{ anode, cathode }] : [],
    cp_pe_farad: between(random, 1e-12, 5e-9),
  });
}

export interface Drawn {
  readonly plant: Plant;
  readonly pilot: Pilot;
  readonly duty_pct: number;
  readonly words: string;
}

/** A bench, an adapter and relays; the pilot is a steady level (`level`) or the PWM. */
export function draw(seed: number, shape: "level" | "square"): Drawn {
  const random = randomOf(seed, `physics ${shape}`);
  const under = adapter(random);
  const wall_ms = (): number => 0;
  const plant = new Plant({ bench, adapter: under, deviations: noDeviations, seed, room_degC: 23, wall_ms });
  const relays = createRelays(plant, false);
  const pilot = createPilot(plant);
  plant.seat(true);
  plant.press(random.next() < 0.5);
  const optional = ["KR2", "KR3", "KR4", "KPP1", "KPP2", "KV5", "KV27"].filter(() => random.next() < 0.5);
  const closed = new Set([...throughAdapter, ...optional, ...(shape === "square" ? ["KSC"] : [])]);
  for (const board of [...new Set(Object.values(bench.relays).map((relay) => `${relay.role}:${relay.board}`))]) {
    const coils = new Array<boolean>(64).fill(false);
    const [role, number] = board.split(":") as [string, string];
    for (const relay of Object.values(bench.relays)) {
      if (relay.role === role && relay.board === Number(number) && closed.has(relay.id)) coils[relay.output] = true;
    }
    relays.setCoils(role, Number(number), coils);
  }
  pilot.rails(between(random, 10, 13), between(random, 10, 13));
  pilot.railsOutput(true);
  const duty_pct = pick(random, [5, 10, 50, 96]);
  pilot.wave(shape === "square" ? "square" : pick(random, ["high", "low"] as const), 1000, duty_pct);
  pilot.output(true);
  return { plant, pilot, duty_pct, words: `seed ${seed}: ${JSON.stringify(under)} with ${[...closed].join(" ")}` };
}
