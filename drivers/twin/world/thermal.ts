/**
 * Temperatures: a ladder of heat capacities per pole (EVSE contact, bar, EV contact) on one body, with grips, earth,
 * signal contacts and cable, in an enclosure that warms slowly. Losses are I^2 R with R rising with temperature, so
 * that for constant currents the equations are linear and each step is exact: a matrix exponential, whatever its length.
 *
 *   C_i dT_i/dt = sum_j G_ij (T_j - T_i) + sum_k I_k^2 R20_k (1 + a_k (T_i - 20))
 */
import { applyExponential, exponential, type Sparse } from "./matrix.ts";

export interface ThermalShape {
  readonly t1_s: number;
  readonly t2_s: number;
  readonly pole_to_body_K_per_W: { readonly "DC+": number; readonly "DC-": number };
  readonly body_to_ambient_K_per_W: number;
  readonly grip_share: number;
  /** Of the adapter against the enclosure when it is fitted, K; 0 by default. */
  readonly fitted_offset_K?: number;
}

/** A loss at a place: watts at 20 degC and how they grow per kelvin. */
export interface Loss {
  readonly place: string;
  readonly watt20: number;
  readonly perKelvin: number;
}

export interface Thermal {
  /** Temperature of a place, degC; undefined when there is no such place. */
  at(place: string): number | undefined;
  /** Number of a place, for `degCOf`; undefined when there is no such place. */
  placeOf(place: string): number | undefined;
  /** Temperature of a place by its number, degC. */
  degCOf(place: number): number;
  /** Rises with each change of a temperature. */
  changes(): number;
  /** Moves on by dt at constant losses. */
  step(dt_s: number, losses: readonly Loss[]): void;
  /** Another adapter has been fitted: its parts are at the temperature of the enclosure. */
  refit(shape: ThermalShape): void;
  /** Heat stored above the room's temperature, J; for tests. */
  stored_J(): number;
  /** Heat that now leaves for the room, W; for tests. */
  leaving_W(): number;
  /** The hottest place, degC. */
  hottest(): number;
}

const places = [
  ...["evse.DC+", "bar.DC+", "ev.DC+", "evse.DC-", "bar.DC-", "ev.DC-"],
  ...["body", "grip.1", "grip.2", "evse.PE", "signal", "cable", "enclosure"],
] as const;
type Place = (typeof places)[number];

/** Where losses and sensors of other names belong. */
const alias: Readonly<Record<string, Place>> = {
  "bar.PE": "evse.PE",
  "ev.PE": "evse.PE",
  "ambient.1": "enclosure",
  "ambient.2": "enclosure",
  ...Object.fromEntries(
    ["CP", "PP"].flatMap((pin) => ["evse", "bar", "ev"].map((side) => [`${side}.${pin}`, "signal"])),
  ),
};

const n = places.length;
const width = n + 1;
const placeNumber = new Map<string, number>(places.map((place, i) => [place, i]));
for (const [name, place] of Object.entries(alias)) placeNumber.set(name, places.indexOf(place));
const numberOf = (place: string): number | undefined => placeNumber.get(place);

/** Enclosure of more than 1 m3 in still air (H): 40 W/K to the room, air and walls 40 kJ/K. */
const enclosureToRoom_W_per_K = 40;
const enclosure_J_per_K = 40_000;

interface Link {
  readonly a: number;
  readonly b: number;
  readonly W_per_K: number;
}

class Ladder {
  readonly links: Link[] = [];
  readonly J_per_K = new Float64Array(n).fill(1);

  constructor(shape: ThermalShape) {
    const link = (a: Place, b: Place, W_per_K: number): void => {
      this.links.push({ a: numberOf(a) as number, b: numberOf(b) as number, W_per_K });
    };
    const heat = (place: Place, J_per_K: number): void => {
      this.J_per_K[numberOf(place) as number] = J_per_K;
    };
    for (const pole of ["DC+", "DC-"] as const) {
      const perNode = 1 / (3 * shape.pole_to_body_K_per_W[pole]);
      // The time constant is that of a healthy pole; a poor way for the heat leaves the metal as heavy as it is.
      const pole_J_per_K = shape.t1_s / 0.6;
      for (const side of ["evse", "bar", "ev"] as const) {
        link(`${side}.${pole}`, "body", perNode);
        heat(`${side}.${pole}`, pole_J_per_K / 3);
      }
      link(`evse.${pole}`, `bar.${pole}`, 1);
      link(`bar.${pole}`, `ev.${pole}`, 1);
    }
    const toAmbient = 1 / shape.body_to_ambient_K_per_W;
    heat("body", shape.t2_s * toAmbient);
    // A tenth of the body's heat leaves through the two grips; their share of the temperature is the file's.
    const through = toAmbient * 0.05;
    link("body", "enclosure", toAmbient * 0.9);
    for (const grip of ["grip.1", "grip.2"] as const) {
      const share = Math.min(0.999, Math.max(0.001, shape.grip_share));
      link("body", grip, through / (1 - share));
      link(grip, "enclosure", through / share);
      heat(grip, 60);
    }
    link("evse.PE", "body", 0.5);
    heat("evse.PE", 60);
    link("signal", "body", 0.2);
    heat("signal", 10);
    link("cable", "enclosure", 1.5);
    link("cable", "evse.DC+", 0.05);
    heat("cable", 1500);
    heat("enclosure", enclosure_J_per_K);
  }
}

/** The equations of a ladder, with an entry on the diagonal and one for a constant flow at each place. */
class Equations {
  readonly #without: Float64Array;
  readonly #ladder: Ladder;
  readonly #sparse: Sparse;

  constructor(ladder: Ladder, room_degC: number) {
    const at = new Map<number, number>();
    const add = (row: number, column: number, value: number): void => {
      at.set(row * width + column, (at.get(row * width + column) ?? 0) + value);
    };
    const over = (i: number): number => ladder.J_per_K[i] as number;
    for (let i = 0; i < n; i++) {
      add(i, i, 0);
      add(i, n, 0);
    }
    for (const { a, b, W_per_K } of ladder.links) {
      add(a, a, -W_per_K / over(a));
      add(a, b, W_per_K / over(a));
      add(b, b, -W_per_K / over(b));
      add(b, a, W_per_K / over(b));
    }
    const enclosure = numberOf("enclosure") as number;
    add(enclosure, enclosure, -enclosureToRoom_W_per_K / over(enclosure));
    add(enclosure, n, (enclosureToRoom_W_per_K * room_degC) / over(enclosure));
    this.#ladder = ladder;
    // The diagonal comes first and the constant flows second, place by place: `with` counts on it.
    this.#without = Float64Array.from(at.values());
    this.#sparse = {
      n: width,
      rows: Int32Array.from(at.keys(), (key) => Math.floor(key / width)),
      columns: Int32Array.from(at.keys(), (key) => key % width),
      values: new Float64Array(at.size),
    };
  }

  /** Valid until it is asked for again. */
  with(losses: readonly Loss[]): Sparse {
    const { values } = this.#sparse;
    values.set(this.#without);
    for (let at = 0; at < losses.length; at++) {
      const { place, watt20, perKelvin } = losses[at] as Loss;
      const i = numberOf(place);
      if (i === undefined) continue;
      const over = this.#ladder.J_per_K[i] as number;
      values[2 * i] = (values[2 * i] as number) + (watt20 * perKelvin) / over;
      values[2 * i + 1] = (values[2 * i + 1] as number) + (watt20 * (1 - 20 * perKelvin)) / over;
    }
    return this.#sparse;
  }
}

function dense({ rows, columns, values }: Sparse): Float64Array {
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < values.length; i++)
    matrix[(rows[i] as number) * width + (columns[i] as number)] = values[i] as number;
  return matrix;
}

/** `room_degC` is outside the enclosure and constant. */
export function createThermal(shape: ThermalShape, room_degC: number): Thermal {
  let ladder = new Ladder(shape);
  const degC = new Float64Array(width).fill(room_degC);
  degC[n] = 1;
  let equations = new Equations(ladder, room_degC);
  let changes = 0;

  return {
    at(place) {
      const i = numberOf(place);
      return i === undefined ? undefined : degC[i];
    },
    placeOf: numberOf,
    degCOf: (place) => degC[place] as number,
    changes: () => changes,
    step(dt_s, losses) {
      if (dt_s <= 0) return;
      changes++;
      const sparse = equations.with(losses);
      if (applyExponential(sparse, dt_s, degC)) return;
      const by = exponential(dense(sparse), width, dt_s);
      const before = degC.slice();
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += (by[i * width + j] as number) * (before[j] as number);
        degC[i] = sum;
      }
    },
    refit(other) {
      ladder = new Ladder(other);
      equations = new Equations(ladder, room_degC);
      changes++;
      const ambient = degC[numberOf("enclosure") as number] as number;
      degC.fill(ambient + (other.fitted_offset_K ?? 0), 0, n);
      for (const room of ["enclosure", "cable"]) degC[numberOf(room) as number] = ambient;
    },
    stored_J() {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (ladder.J_per_K[i] as number) * ((degC[i] as number) - room_degC);
      return sum;
    },
    leaving_W: () => enclosureToRoom_W_per_K * ((degC[numberOf("enclosure") as number] as number) - room_degC),
    hottest() {
      let most = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < n; i++) most = Math.max(most, degC[i] as number);
      return most;
    },
  };
}
