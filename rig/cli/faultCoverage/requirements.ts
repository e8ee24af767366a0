/**
 * Which quantity of an adapter each limit row is about, and what the bench can resolve of it: ground truth and limit
 * meet here. The U are those of the instruments' data sheets and the bench file's parts (k = 2), worked out here and not
 * taken from the procedure, so that a procedure cannot excuse itself with a large one.
 */
import type { Truth } from "../../../drivers/twin/faults/truth.ts";
import type { Standing } from "../../model/coverage.ts";
import type { LimitSet } from "../../model/limits.ts";
import { rise_max } from "../../safety/watch.ts";

interface Requirement {
  readonly row: string;
  /** Names of quantities; a name that the truth of this adapter lacks asks nothing. */
  readonly quantities: readonly string[];
  /** Expanded uncertainty at a value near the limit, in the row's unit. */
  readonly U: (limit: number) => number;
  /** From the quantity's unit to the row's. Default 1. */
  readonly scale?: number;
}

/** Of an error within +-(share of the value + a constant), rectangular. */
const within = (share: number, constant: number) => (value: number) =>
  (2 / Math.sqrt(3)) * (share * Math.abs(value) + constant);

/** RM3545, 1 A, 10 mohm range; EMF that offset compensation leaves at a drifting contact: 2 uV at 1 A. */
const milliohm = within(6e-4, 4e-6);
/** RM3545, low power, 10 and 1000 ohm ranges (UNVERIFIED, as rig/model/accuracy.ts). */
const lowPower = within(2e-3, 2e-3);
/** The same of copper whose temperature is known within some 3 K: it cools while relays move. */
const hotSignal = within(2e-3 + 0.012, 2e-3);
const lowPowerResistor = within(2e-3, 0.2);
/** 100 kohm 0.1 % and a rail of 0.1 %, DAQ on its 10 V range. */
const leakage = (ohm: number): number => 2 * Math.hypot((0.0014 / Math.sqrt(3)) * (ohm + 1e5), (1e-6 * ohm ** 2) / 1e4);
/** Shunt 0.1 %, temperature of the copper within 1 K, DAQ on 100 mV at 100 A. */
const pole = (ohm: number): number => 2 * Math.hypot(0.0045 * ohm, 5e-8);
/** Class 1 sensor on the DAQ, 0.5 K; PP is looked at after each 2 K, ten seconds late at up to 0.1 K/s: rectangular. */
const heating = (): number => 2 * Math.hypot(0.5, 3 / 2 / Math.sqrt(3));
/** The same sensor; PP is read once a second. */
const cooling = (): number => 2 * Math.hypot(0.5, 0.1);
/** Of a level of up to 3 V, whose distance to an edge is judged. */
const edge = (): number => level(3);
/** Two class 1 sensors on one DAQ: 0.5 K; what is still to come when the soak ends, of 5 K or more: 0.8 K. */
const rise = (): number => 2 * Math.hypot(0.5, 0.8);

/** Rails and the 5 V within 0.3 %, resistors of 0.1 %, at levels of up to 12 V. */
const level = (volt: number): number => (2 / Math.sqrt(3)) * (0.003 * Math.abs(volt) + 5e-3);
/** Two readings of one DAQ on its 100 V range, minutes apart; parts of 0.1 % act on the shift alone. */
const shift = (): number => 0.002;
/** From a resistance and a leak that are known far better than a millivolt asks. */
const computed = (): number => 0.001;

/** GPT-9800 at 500 and 1000 V, to 500 Mohm (UNVERIFIED, drivers/gwinstek/gptAccuracy.ts). */
const insulation = within(0.05, 1e5);

const paths = ["path.DC+", "path.DC-", "path.L1", "path.L2N", "path.PE", "path.CP", "path.PP"];

const dcContacts = ["rise.evse.DC+", "rise.ev.DC+", "rise.evse.DC-", "rise.ev.DC-"];

/** In place of a limit row where the safety layer's watch failed the adapter before anything was judged. */
export const trip = "safety-trip";

/** What a watch of the safety layer allows: no row of limits says it. */
const watches: Readonly<Record<string, { readonly min?: number; readonly max?: number }>> = {
  [trip]: { max: 100 * (rise_max - 1) },
};

const requirements: readonly Requirement[] = [
  { row: "pe.r.screen", quantities: ["path.PE"], U: milliohm },
  { row: "pe.r", quantities: ["path25.PE"], U: pole },
  { row: "wiring.path.r", quantities: ["path.DC+", "path.DC-", "path.L1", "path.L2N", "path.PE"], U: lowPower },
  { row: "wiring.path.r", quantities: ["path.CP", "path.PP"], U: lowPower },
  { row: "wiring.isolation.r", quantities: ["apart"], U: leakage },
  { row: "cp.series.r", quantities: ["path.CP"], U: lowPower },
  { row: "cp.pe.leak12v", quantities: ["apart12.CP-PE"], U: leakage },
  { row: "cp.pp.r", quantities: ["apart.CP-PP"], U: leakage },
  { row: "pp.open.v", quantities: ["pp.open"], U: level },
  { row: "pp.latched.v", quantities: ["pp.latched"], U: level },
  { row: "pp.pressed.v", quantities: ["pp.pressed"], U: level },
  { row: "pp.latched.r", quantities: ["local.latched"], U: lowPowerResistor },
  { row: "pp.pressed.r", quantities: ["local.pressed"], U: lowPowerResistor },
  { row: "pp.series.pressed.r", quantities: ["pressed.PP"], U: lowPowerResistor },
  // Nothing that is drawn changes these when it is hot, but for a cut-out in the pilot of an adapter that signals.
  { row: "pp.hot.v", quantities: ["pp.latched"], U: level },
  { row: "cp.hot.r", quantities: ["path.CP"], U: lowPower },
  { row: "cp.hot.r", quantities: ["hot.CP"], U: hotSignal },
  { row: "cp.stateA", quantities: ["level.A"], U: level },
  { row: "cp.stateB", quantities: ["level.B"], U: level },
  { row: "cp.stateC", quantities: ["level.C"], U: level },
  { row: "cp.stateD", quantities: ["level.D"], U: level },
  { row: "cp.neg", quantities: ["level.neg"], U: level },
  { row: "cp.delta.state.evse", quantities: ["shift.evse"], U: shift },
  { row: "cp.delta.state.ev", quantities: ["shift.ev"], U: shift },
  { row: "cp.delta.duty", quantities: ["duty"], U: () => 0.02, scale: 100 },
  { row: "power.dc.r", quantities: ["path20.DC+", "path20.DC-"], U: pole },
  { row: "power.dc.r.cold", quantities: ["path.DC+", "path.DC-"], U: milliohm },
  // Truth goes by the contact on the station's side: L1 in family C, DC+ in family D.
  { row: "power.ac.r", quantities: ["path20.L1", "path20.L2N", "path20.DC+", "path20.DC-"], U: pole },
  { row: "power.ac.r.cold", quantities: ["path.L1", "path.L2N", "path.DC+", "path.DC-"], U: milliohm },
  { row: "power.r.rise", quantities: ["growth.DC+", "growth.DC-"], U: () => 2, scale: 100 },
  // The extremes of a legal pilot.
  { row: "cp.corner.stateA", quantities: ["corner.A.low", "corner.A.high"], U: computed },
  { row: "cp.corner.stateB", quantities: ["corner.B.low", "corner.B.high"], U: computed },
  { row: "cp.corner.stateC", quantities: ["corner.C.low", "corner.C.high"], U: computed },
  { row: "cp.corner.stateD", quantities: ["corner.D.low", "corner.D.high"], U: computed },
  { row: "cp.corner.shift", quantities: ["corner.shift"], U: computed },
  { row: "cp.corner.low", quantities: ["corner.low"], U: () => 0.05 },
  { row: "cp.corner.driven", quantities: ["driven.shift"], U: shift },
  { row: "cp.corner.neg", quantities: ["driven.low", "driven.high"], U: level },
  { row: "cp.cap", quantities: ["farad"], U: () => 2e-11 },
  // What the nest N2 and a person's hands bring out.
  { row: "ir.pair", quantities: ["ir.poles", "ir.bundle"], U: insulation },
  { row: "ir.pair.iec", quantities: ["ir.poles", "ir.bundle"], U: insulation },
  { row: "ir.survived", quantities: ["ir.survives"], U: () => 0.1 },
  { row: "hv.mating", quantities: ["mating"], U: () => 0.2 },
  { row: "hv.survived", quantities: ["survives"], U: () => 0.1 },
  { row: "hv.leak", quantities: ["leak"], U: within(0.015, 30e-6) },
  { row: "wiring.path.watch", quantities: paths, U: lowPower },
  { row: "watch.open.s", quantities: ["open"], U: () => 1e-4 },
  { row: "watch.chatter", quantities: ["openings"], U: () => 1 },
  // What a part that feels the temperature signals on proximity.
  { row: "tp.fold.seen", quantities: ["fold.seen"], U: () => 0.1 },
  { row: "tp.fold.at", quantities: ["fold.at"], U: heating },
  { row: "tp.fold.pp", quantities: ["fold.pp"], U: edge },
  { row: "tp.shut.seen", quantities: ["shut.seen"], U: () => 0.1 },
  { row: "tp.shut.at", quantities: ["shut.at"], U: heating },
  { row: "tp.shut.pp", quantities: ["shut.pp"], U: edge },
  { row: "tp.recover.seen", quantities: ["recover.seen"], U: () => 0.1 },
  { row: "tp.recover.at", quantities: ["recover.at"], U: cooling },
  { row: trip, quantities: ["growth.hot"], U: () => 2, scale: 100 },
  { row: "tp.chatter", quantities: ["wavers"], U: () => 1 },
  { row: "th.rise", quantities: dcContacts, U: rise },
  { row: "th.grip.nonmetal", quantities: ["rise.grip"], U: rise },
];

/** Limits of absolute temperatures hold at this ambient: a rise is added to it, degC. */
const projected_degC = 40;
const offsetOf = (row: string): number => (row === "th.grip.nonmetal" ? projected_degC : 0);

/**
 * A row whose breach always comes with that of another row's quantity: 90 degC at 40 degC ambient are 50 K of rise; a voltage
 * that is not reached is an arc.
 */
const implied: Readonly<Record<string, string>> = {
  "th.contact.abs": "th.rise",
  ...Object.fromEntries(["ac500", "ac1000", "dc500", "dc1000"].map((is) => [`hv.withstand.${is}`, "hv.survived"])),
};

export interface Verdict {
  readonly standing: Standing;
  readonly row: string;
  readonly quantity: string;
  readonly value: number;
  /** How far the value is beyond the limit, in U; negative within it. */
  readonly beyond_U: number;
}

/** The worst requirement of those that the procedure claims to judge, over all fittings that it tests. */
export function standingOf(truths: readonly Truth[], limits: LimitSet, claimed: ReadonlySet<string>): Verdict {
  const each = truths.map((truth) => standingOnce(truth, limits, claimed));
  return each.reduce((worst, one) => (one.beyond_U > worst.beyond_U ? one : worst));
}

function standingOnce(truth: Truth, limits: LimitSet, claimed: ReadonlySet<string>): Verdict {
  let worst: Verdict = { standing: "sound", row: "none", quantity: "none", value: 0, beyond_U: -1e9 };
  for (const one of asked(truth, limits, claimed)) if (one.beyond_U > worst.beyond_U) worst = one;
  return worst;
}

const standingAt = (beyond_U: number): Standing => (beyond_U > 1 ? "faulty" : beyond_U <= -2 ? "sound" : "near");

/** Rows of which a quantity lies near its limit: whether they pass is for the noise to say. */
export function nearRows(
  truths: readonly Truth[],
  limits: LimitSet,
  claimed: ReadonlySet<string>,
): ReadonlySet<string> {
  const near = new Set<string>();
  for (const truth of truths) {
    for (const { standing, row } of asked(truth, limits, claimed)) if (standing === "near") near.add(row);
  }
  for (const [row, by] of Object.entries(implied)) if (near.has(by)) near.add(row);
  return near;
}

/** Where each quantity of a unit stands against each row that asks for it. */
function* asked(truth: Truth, limits: LimitSet, claimed: ReadonlySet<string>): Generator<Verdict> {
  for (const { row, quantities, U, scale = 1 } of requirements) {
    const limit = watches[row] ?? (claimed.has(row) ? limits.rows[row] : undefined);
    if (!limit) continue;
    for (const quantity of quantities) {
      // What chance decides lies at the limit: nothing can be told.
      if (truth[`maybe.${quantity}`] !== undefined) {
        yield { standing: "near", row, quantity, value: limit.max ?? limit.min ?? 0, beyond_U: 0 };
      }
      const known = truth[quantity];
      if (known === undefined) continue;
      const value = known * scale + offsetOf(row);
      const over = limit.max === undefined ? -Infinity : (value - limit.max) / U(limit.max);
      const under = limit.min === undefined ? -Infinity : (limit.min - value) / U(limit.min);
      const most = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.max(over, under);
      const beyond_U = Math.max(-1e9, Math.min(1e9, most));
      yield { standing: standingAt(beyond_U), row, quantity, value, beyond_U };
    }
  }
}

/** Judged rows of the adapter that nothing here says the truth of. */
export function untoldRows(limits: LimitSet, claimed: ReadonlySet<string>): readonly string[] {
  const told = new Set(requirements.map(({ row }) => row));
  return [...claimed].filter(
    (row) => limits.rows[row]?.subject === "adapter" && !told.has(row) && implied[row] === undefined,
  );
}
