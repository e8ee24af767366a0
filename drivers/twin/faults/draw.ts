/**
 * Draws virtual adapters: the same seed and number give the same unit, whoever asks and in whatever order. A third are
 * healthy units at the corners of their tolerances, the others carry one fault or two.
 */
import type { Pin } from "../../../rig/model/contacts.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { type Random, randomOf } from "../random.ts";
import { type AdapterUnderTest, adapterFrom } from "../world/adapterUnderTest.ts";
import { conductorsOf, healthy, type PathList } from "../world/conductors.ts";
import { classesFor, type Draft, type FaultClass, type Site } from "./catalogue.ts";

export interface DrawnFault {
  readonly class: string;
  readonly severity: number | null;
}

export interface Drawn {
  readonly unit: number;
  /** `healthy`, the id of its fault, or `pair`. */
  readonly class: string;
  readonly faults: readonly DrawnFault[];
  readonly adapter: AdapterUnderTest;
}

export const healthyClass = "healthy";
export const pairClass = "pair";

/** Of each twelve units: so many healthy, so many pairs; the others single faults, class by class in turn. */
const cycle = 12;
const healthyOfCycle = 3;
const pairsOfCycle = 2;

/** Tolerances of a healthy adapter, relative (H); of a part's thresholds, K (H). */
const tolerance = { resistance: 0.1, thermal: 0.06, time: 0.3, proximity: 0.04, threshold_K: 0.5 } as const;

/** A healthy unit; `spread` draws each tolerance from -1 to 1. */
function healthyDraft(name: string, site: Site, random: Random, spread: () => number): Draft {
  const within = (nominal: number, share: number): number => nominal * (1 + share * spread());
  const pathsOf = (pins: readonly Pin[]) =>
    Object.fromEntries(
      pins.map((pin) => {
        const [evse, bar, ev] = healthy[pin];
        const each = tolerance.resistance;
        return [
          pin,
          { evse_contact_ohm: within(evse, each), bar_ohm: within(bar, each), ev_contact_ohm: within(ev, each) },
        ];
      }),
    );
  const second = site.family === "E";
  const first = second ? pinsOf("E", "paths") : site.pins;
  const isAc = site.family === "C" || site.family === "D";
  const warm = isAc ? { pole: 4, body: 3 } : { pole: 0.6, body: 0.38 };
  const paths = pathsOf(first);
  const draft: Draft = {
    adapter: name,
    family: site.family,
    pp: {
      topology: site.topology,
      latched_ohm: within(150, tolerance.proximity),
      pressed_extra_ohm: within(330, tolerance.proximity),
    },
    paths: paths as NonNullable<Draft["paths"]>,
    ...(second ? { paths2: pathsOf(pinsOf("E", "paths2")) as NonNullable<Draft["paths2"]> } : {}),
    ...(site.combo === undefined ? {} : { combo: { power: site.combo } }),
    // Where capacitance is judged, a healthy one is well below 100 pF.
    cp_pe_farad: site.shows?.has("capacitance") ? within(3.5e-11, 0.7) : within(1e-10, 0.9),
    thermal: {
      t1_s: within(240, tolerance.time),
      t2_s: within(2200, tolerance.time),
      pole_to_body_K_per_W: within(warm.pole, tolerance.thermal),
      body_to_ambient_K_per_W: within(warm.body, tolerance.thermal),
      grip_share: within(0.6, tolerance.thermal),
    },
    seed: Math.floor(random.next() * 2 ** 32),
  };
  return site.active ? signalling(draft, site.active, spread) : draft;
}

/** With a part that signals within its tolerances, in a body that gets hot enough for it. */
function signalling(draft: Draft, { part, thermal }: NonNullable<Site["active"]>, spread: () => number): Draft {
  const within = (nominal = Number.NaN, share: number): number => nominal * (1 + share * spread());
  const near = (nominal = Number.NaN): number => nominal + tolerance.threshold_K * spread();
  return {
    ...draft,
    pp: {
      topology: "ACTIVE",
      active: {
        ...part,
        lag_s: within(part.lag_s, tolerance.time),
        fold_degC: near(part.fold_degC),
        shut_degC: near(part.shut_degC),
        recover_degC: near(part.recover_degC),
        fold_ohm: within(part.fold_ohm, tolerance.proximity),
        shut_ohm: within(part.shut_ohm, tolerance.proximity),
      },
    },
    thermal: {
      ...draft.thermal,
      t2_s: within(thermal.t2_s, tolerance.time),
      body_to_ambient_K_per_W: within(thermal.body_to_ambient_K_per_W, tolerance.thermal),
    },
  };
}

const pinsOf = (family: Site["family"], list: PathList): readonly Pin[] =>
  conductorsOf(family).flatMap((one) => (one.list === list ? [one.pin] : []));

const corner = (random: Random) => () => (random.next() < 0.5 ? -1 : 1);

const severityOf = (one: FaultClass, random: Random): number => {
  const { severity } = one;
  if (severity === undefined) return 0;
  return severity.from * (severity.to / severity.from) ** random.next();
};

/** What the unit at this place is: kinds go round, so that every class gets its share. */
function kindOf(turn: number, classes: readonly FaultClass[]): "healthy" | "pair" | FaultClass {
  const place = turn % cycle;
  if (place < healthyOfCycle) return "healthy";
  if (place < healthyOfCycle + pairsOfCycle) return "pair";
  const singles = cycle - healthyOfCycle - pairsOfCycle;
  const nth = Math.floor(turn / cycle) * singles + (place - healthyOfCycle - pairsOfCycle);
  return classes[nth % classes.length] as FaultClass;
}

const draws_max = 50;

/**
 * `turn` is the unit's place among the units of its site: kinds and classes come round by it.
 * Errors: ADAPTER_INVALID when no possible unit was found, which says that a class does not fit its family.
 */
export function drawAdapter(seed: number, unit: number, turn: number, site: Site): Drawn {
  const random = randomOf(seed, `unit ${unit}`);
  const classes = classesFor(site);
  const kind = kindOf(turn, classes);
  const name = `coverage ${seed}/${unit}`;
  let refused: unknown;
  for (let draw = 0; draw < draws_max; draw++) {
    const spread = kind === "healthy" ? corner(random) : () => random.signed();
    const draft = healthyDraft(name, site, random, spread);
    const chosen = kind === "healthy" ? [] : kind === "pair" ? pairOf(classes, random) : [kind];
    const faults = chosen.map((one): DrawnFault => {
      const severity = severityOf(one, random);
      one.apply(draft, severity, random, site);
      return { class: one.id, severity: one.severity === undefined ? null : severity };
    });
    try {
      const id = kind === "healthy" ? healthyClass : kind === "pair" ? pairClass : kind.id;
      return { unit, class: id, faults, adapter: adapterFrom(draft) };
    } catch (error) {
      // Two faults may exclude each other (two swaps of one pin): another pair is drawn.
      if (!(error instanceof RigError) || error.code !== "ADAPTER_INVALID") throw error;
      refused = error;
    }
  }
  throw refused;
}

function pairOf(classes: readonly FaultClass[], random: Random): readonly FaultClass[] {
  const first = Math.floor(random.next() * classes.length);
  const second = (first + 1 + Math.floor(random.next() * (classes.length - 1))) % classes.length;
  return [classes[first] as FaultClass, classes[second] as FaultClass];
}
