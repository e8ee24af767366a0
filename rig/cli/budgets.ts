/**
 * Uncertainty budgets as the bench's declared instruments give them, before anything is measured: the same functions that
 * plans and drivers use, at a typical value. What only repeated readings can tell (scatter, remating) is in a run's record.
 */
import { irLimit_ohm } from "../../drivers/gwinstek/gptAccuracy.ts";
import { at20degC, resistanceOf } from "../../procedures/analysis/resistance.ts";
import { u_bar_K } from "../../procedures/routines/drop.ts";
import { ranges } from "../../procedures/routines/fourWire.ts";
import { shunt_ohm } from "../../procedures/routines/power.ts";
import { amperesOf, type DropMeters, voltsOf } from "../../procedures/routines/pulse.ts";
import { riseParts } from "../../procedures/routines/thermalSensors.ts";
import { meterOf, toleranceOf, voltmeterOf } from "../bench/meters.ts";
import { chooseMilliohmRange, meterParts } from "../model/accuracy.ts";
import type { Bench, InstrumentEntry } from "../model/bench.ts";
import { RigError } from "../model/errors.ts";
import { type Component, within } from "../model/uncertainty.ts";
import type { Unit } from "../model/units.ts";

export interface Measurand {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** Where nothing else is asked. */
  readonly typical: number;
  /** Rows of the limits documents that are judged by it. */
  readonly rows: readonly string[];
  /** What a run adds, in words. */
  readonly besides: string;
  readonly parts: (bench: Bench, value: number) => readonly Component[];
}

const roleOf = (bench: Bench, kind: string): InstrumentEntry => {
  const found = Object.values(bench.instruments).find((entry) => entry.kind === kind);
  if (found) return found;
  throw new RigError("ROLE_MISSING", `${bench.file}: no instrument of kind ${kind}: this budget is not known here`);
};

/** An exact mean of one reading: what is left is the meters'. */
const exact = (value: number) => ({ value, u: 0 });

function dropAt(bench: Bench, channel: string, ohm: number, current_A: number) {
  const meters: DropMeters = {
    drop: voltmeterOf(bench, channel),
    shunt: voltmeterOf(bench, "SH"),
    shuntTolerance: toleranceOf(bench, "SH"),
  };
  const volts = (when: string, V: number) => voltsOf(`voltage, ${when}`, exact(V), 1, meters.drop);
  const amperes = (when: string, A: number) => amperesOf(`current, ${when}`, exact(A * shunt_ohm), 1, meters);
  return resistanceOf({
    ...{ on_V: volts("on", ohm * current_A), before_V: volts("before", 0), after_V: volts("after", 0) },
    ...{ on_A: amperes("on", current_A), before_A: amperes("before", 0), after_A: amperes("after", 0) },
  });
}

function milliohmAt(bench: Bench, range: keyof typeof ranges, ohm: number): readonly Component[] {
  const entry = roleOf(bench, "milliohm");
  const row = chooseMilliohmRange(ranges[range]);
  if (!row) throw new RigError("BENCH_INVALID", `${entry.model} has no range for ${range}`);
  const meter = meterOf(bench, entry, row.range_ohm, "ohm", row.lowPower ? "hioki-rm3545-lp" : "hioki-rm3545");
  return meterParts("milliohm meter", meter, ohm);
}

function insulationAt(bench: Bench, ohm: number): readonly Component[] {
  const { model, calibration } = roleOf(bench, "insulation");
  const limit = irLimit_ohm(insulation_V, ohm);
  const accuracy = within("insulation tester: limit of error", limit, {
    unit: "ohm",
    source: `${model}, UNVERIFIED (K)`,
  });
  const certificate = calibration ? { certificate: calibration } : {};
  const own = { model, unit: "ohm" as const, ofReading: 0, absolute: 0, ...certificate };
  return [accuracy, ...meterParts("insulation tester", own, ohm).slice(1)];
}

const pulse_A = 100;
const earth_A = 25;
const insulation_V = 500;
const warm_degC = 25;

export const measurands: readonly Measurand[] = [
  {
    ...{ id: "drop-resistance", unit: "ohm", typical: 1e-4, rows: ["power.dc.r", "power.ac.r"] },
    title: `power pole by ${pulse_A} A pulses, at 20 degC`,
    besides: "scatter of the scans and repeatability of the pulses; remating in power.dc.r.mean of drop-matings",
    parts: (bench, ohm) => at20degC(dropAt(bench, "V.DC+", ohm, pulse_A), warm_degC, u_bar_K).parts,
  },
  {
    ...{ id: "earth-resistance", unit: "ohm", typical: 1e-3, rows: ["pe.r"] },
    title: `protective earth at ${earth_A} A`,
    besides: "scatter of the scans",
    parts: (bench, ohm) => dropAt(bench, "V.PE", ohm, earth_A).parts,
  },
  {
    ...{ id: "temperature-rise", unit: "K", typical: 40, rows: ["th.rise"] },
    title: "contact over ambient",
    besides: "what is still to come, where the settled rise is judged",
    parts: () => riseParts,
  },
  {
    ...{
      id: "pilot-level",
      unit: "V",
      typical: 9,
      rows: ["cp.stateA", "cp.stateB", "cp.stateC", "cp.stateD", "cp.neg"],
    },
    title: "control pilot, static level",
    besides: "nothing: one reading",
    parts: (bench, volt) => meterParts("DAQ", voltmeterOf(bench, "CP_S"), volt),
  },
  {
    ...{ id: "proximity-level", unit: "V", typical: 1.5, rows: ["pp.latched.v", "pp.pressed.v", "pp.open.v"] },
    title: "proximity, level at the vehicle",
    besides: "nothing: one reading",
    parts: (bench, volt) => meterParts("DAQ", voltmeterOf(bench, "PP_V"), volt),
  },
  {
    ...{ id: "proximity-resistance", unit: "ohm", typical: 150, rows: ["pp.latched.r", "pp.pressed.r"] },
    title: "proximity by the milliohm meter, low power",
    besides: "nothing: one reading",
    parts: (bench, ohm) => milliohmAt(bench, "resistor", ohm),
  },
  {
    ...{ id: "wiring-resistance", unit: "ohm", typical: 0.02, rows: ["wiring.path.r"] },
    title: "signal path by the milliohm meter, low power",
    besides: "nothing: one reading",
    parts: (bench, ohm) => milliohmAt(bench, "signal", ohm),
  },
  {
    ...{ id: "pole-cross-check", unit: "ohm", typical: 1e-4, rows: ["power.dc.r.cold", "pe.r.screen"] },
    title: "power pole or earth by the milliohm meter at 1 A",
    besides: "nothing: one reading",
    parts: (bench, ohm) => milliohmAt(bench, "power", ohm),
  },
  {
    ...{ id: "insulation-resistance", unit: "ohm", typical: 1e9, rows: ["ir.pair", "ir.pair.iec"] },
    title: `insulation at ${insulation_V} V`,
    besides: "nothing: one reading",
    parts: insulationAt,
  },
];

/** @throws RigError USAGE that lists what there is */
export function measurandCalled(id: string): Measurand {
  const found = measurands.find((one) => one.id === id);
  if (found) return found;
  const known = measurands.map((one) => one.id).join(", ");
  throw new RigError("USAGE", `there is no measurand "${id.slice(0, 64)}"; known are ${known}`);
}
