/** The loop of PP against contact temperature, from the notes of a run. */
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { htmlReport } from "../../reports/html.ts";
import { hysteresisPlots } from "../../reports/hysteresis.ts";
import type { Data } from "../../rig/model/data.ts";
import { passing } from "./fixture.ts";

const profile = {
  kind: "pp-profile",
  foldback_degC: 80,
  shutdown_degC: 90,
  recovery_degC: 65,
  windows: { normal: [1.23, 1.82], foldback: [1.9, 2.3], shutdown: [2.38, 3.16] },
};
const look = (phase: string, contact_degC: Data, pp_V: Data) => ({ kind: "pp-look", phase, contact_degC, pp_V });
const thresholds = { kind: "pp-thresholds", foldback_degC: 80.2, recovery_degC: 64.5, hysteresis_K: 15.7, u_K: 0.9 };

type Note = { readonly kind: string } & { readonly [k: string]: Data };

function contentWith(...notes: readonly Note[]) {
  const { record, series } = passing();
  const added = notes.map((body, i) => ({
    seq: 9000 + i,
    utc: record.head.started,
    bench_s: 0,
    lane: "",
    kind: body.kind,
    body,
  }));
  return contentOf({ ...record, notes: [...record.notes, ...added] }, series);
}

const run: readonly Note[] = [
  profile,
  look("heating", 40, 1.506),
  look("heating", 81, 2.133),
  look("cooling", 70, 2.762),
  look("cooling", 64, 1.506),
];

describe("the plot of thermal signalling", () => {
  test("is in the report of a run that has it, with windows, thresholds and both branches", () => {
    const page = htmlReport(contentWith(...run, thresholds));
    expect(page).toContain("<h2>Thermal signalling</h2>");
    for (const words of ["heating", "cooling", "foldback: 1.9 to 2.3 V", "shutdown 90<", "recovery 65<"]) {
      expect(page).toContain(words);
    }
    expect(page).toContain("begins at 80.2 °C and ends at 64.5 °C, 15.7 K wide (U = 1.8 K, k = 2)");
    expect(page).toContain("between pauses it was not seen");
  });

  test("is not in the report of another run", () => {
    expect(hysteresisPlots(contentWith())).toBeUndefined();
    expect(htmlReport(contentWith())).not.toContain("Thermal signalling");
  });

  test("leaves out what is no number, and says what was not seen", () => {
    const bad = [look("cooling", null, 1), look("cooling", "hot", "high"), look("heating", 50, null)];
    const page =
      hysteresisPlots(contentWith(...run, ...bad, { kind: "pp-thresholds", foldback_degC: null }))?.text ?? "";
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).toContain("Signal begins not seen and ends not seen.");
  });

  test("does without a profile", () => {
    expect(hysteresisPlots(contentWith(...run.slice(1)))?.text).toContain("<svg");
  });
});
