/** The roles that procedures ask of a bench (bench.md "Roles"). */
import { role } from "../../rig/plan/words.ts";

export const matrix = role("matrix", "matrix");
export const contactor = role("contactor", "matrix");
export const milliohm = role("milliohm", "milliohm");
export const daq = role("daq", "daq");
export const source = role("source", "source");
export const load = role("load", "load");
export const generator = role("generator", "generator");
export const rails = role("rails", "rails");
export const scope = role("scope", "scope");
/** Relays of the high-voltage tree, on a line of their own. */
export const hvtree = role("hvtree", "matrix");
export const insulation = role("insulation", "insulation");
export const gpio = role("gpio", "gpio");
