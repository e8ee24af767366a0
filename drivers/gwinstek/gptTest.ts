/** Tests and results of the GPT-9800/9900 as numbers: what driver and kind twin share. */
import type { InsulationState, InsulationTest } from "../../rig/kinds/kinds.ts";
import { above, invalid, reading } from "../../rig/model/reading.ts";
import { checkSetpoint } from "../setpoint.ts";
import { currentU_A, gptRange, irMost_ohm, irU_ohm, timeU_s, voltU_V } from "./gptAccuracy.ts";

/** @throws RigError SETPOINT_OUT_OF_RANGE for a test that tester or bench file do not allow */
export function checkGptTest(
  role: string,
  test: InsulationTest,
  max: { readonly voltage_V: number; readonly current_A: number },
): void {
  const range = gptRange[test.mode];
  const peak = test.mode === "ac" ? Math.SQRT2 : 1;
  checkSetpoint(role, "test voltage, V,", test.voltage_V, range.least_V, Math.min(range.most_V, max.voltage_V / peak));
  checkSetpoint(role, "ramp, s,", test.ramp_s, gptRange.least_ramp_s, gptRange.most_s);
  checkSetpoint(role, "dwell, s,", test.dwell_s, range.least_s, gptRange.most_s);
  if (!("most_A" in range)) {
    // Steps of 50 V (UNVERIFIED: the manual's page on IR voltage was not read).
    const steps = test.voltage_V / range.step_V;
    checkSetpoint(role, `test voltage in steps of ${range.step_V} V`, steps, Math.round(steps), Math.round(steps));
    return;
  }
  checkSetpoint(role, "trip current, A,", test.trip_A, 1e-6, Math.min(range.most_A, max.current_A));
}

/** One answer of the tester, in SI units; undefined where it shows dashes. */
export interface GptResult {
  readonly state: InsulationState["state"];
  readonly mode: InsulationTest["mode"];
  /** Programmed voltage: it decides the range of a resistance, V. */
  readonly set_V: number;
  readonly voltage_V: number | undefined;
  readonly current_A: number | undefined;
  readonly ohm: number | "over" | undefined;
  readonly dwell_s: number | undefined;
  readonly raw: string;
  readonly t_s: number;
}

/** With uncertainties; what does not belong to the mode is invalid, over-range is the bound of the range. */
export function gptReadings(result: GptResult): InsulationState {
  const { state, mode, set_V, voltage_V, current_A, ohm, dwell_s, raw, t_s } = result;
  const origin = { raw, t_s };
  const missing = state === "idle" ? "no-test" : "not-in-this-mode";
  const dwell =
    dwell_s === undefined ? invalid("s", "no-dwell", origin) : reading("s", dwell_s, timeU_s(dwell_s), origin);
  return {
    state,
    voltage:
      voltage_V === undefined ? invalid("V", "no-value", origin) : reading("V", voltage_V, voltU_V(voltage_V), origin),
    resistance:
      mode !== "ir" || ohm === undefined
        ? invalid("ohm", missing, origin)
        : ohm === "over" || ohm > irMost_ohm(set_V)
          ? above("ohm", irMost_ohm(set_V), origin)
          : reading("ohm", ohm, irU_ohm(set_V, ohm), origin),
    current:
      mode === "ir" || current_A === undefined
        ? invalid("A", missing, origin)
        : reading("A", current_A, currentU_A(current_A), origin),
    dwell,
  };
}
