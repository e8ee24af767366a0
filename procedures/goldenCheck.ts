/**
 * Daily check with a known-good artefact: every row of its file must be read within the tolerance given there, and must not
 * have left its own control chart. A wrong answer locks the rig (docs/decisions/0046-artefact-checks.md).
 */
import type { Artefact, Charted } from "../rig/model/declared.ts";
import type { Unit } from "../rig/model/units.ts";
import { isPass } from "../rig/model/verdict.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { note, now, step } from "../rig/plan/words.ts";
import { charted } from "./analysis/controlChart.ts";
import { type Answer, answered, artefactOf, measured, type Row } from "./routines/artefact.ts";
import { needs } from "./routines/frame.ts";

function* check(context: ProcedureContext): Plan<void> {
  const artefact = artefactOf(context, "golden");
  const rows = yield* measured(context);
  yield* step("Answer of the golden artefact", () => compare(artefact, rows, context.declared?.chart ?? {}), {
    deadline_s: 60,
    takes_s: 1,
  });
}

function* compare(artefact: Artefact, rows: readonly Row[], chart: Readonly<Record<string, Charted>>): Plan<void> {
  const t_s = yield* now();
  let wrong: Answer | undefined;
  const bad = rows.find((r) => !isPass(r.verdict));
  if (bad)
    wrong = { right: false, row: bad.id, says: `${named(artefact)} was not passed at ${bad.id}: ${bad.meaning}` };
  for (const [id, reference] of Object.entries(artefact.reference)) {
    const row = rows.findLast((r) => r.id === id);
    const against = deviationOf(row, reference);
    const said =
      row && row.reading.is === "value"
        ? charted(chart[id]?.values ?? [], row.reading.value, row.reading.u)
        : undefined;
    const shown = `${quantity(reference.value, reference.unit)} +- ${quantity(reference.tolerance, reference.unit)}`;
    yield* note({
      kind: "artefact-row",
      artefact: artefact.id,
      row: id,
      unit: reference.unit,
      reference: reference.value,
      tolerance: reference.tolerance,
      deviation: Number.isFinite(against.value) ? against.value : null,
      u: Number.isFinite(against.u) ? against.u : null,
      chart: said?.says ?? "invalid",
      z: said && Number.isFinite(said.z) ? said.z : null,
      t_s,
    });
    if (wrong) continue;
    const read = row?.reading.is === "value" ? quantity(row.reading.value, row.reading.unit) : "no value";
    if (!(Math.abs(against.value) <= 1)) {
      wrong = { right: false, row: id, says: `${named(artefact)} reads ${read} at ${id}, ${shown} is right` };
    } else if (said?.says === "stop") {
      const z = said.z.toFixed(1);
      wrong = {
        right: false,
        row: id,
        says: `${named(artefact)} reads ${read} at ${id}: within its tolerance, but ${z} s from its earlier answers`,
      };
    }
  }
  yield* answered(artefact, wrong ?? { right: true, row: "", says: "the golden artefact was read rightly" }, rows);
}

/** With four digits; ohms as micro- or milliohms where they are small. */
function quantity(value: number, unit: Unit): string {
  const [size, name] =
    unit !== "ohm" || Math.abs(value) >= 1 ? [1, unit] : Math.abs(value) >= 1e-3 ? [1e-3, "mohm"] : [1e-6, "uohm"];
  return `${Number((value / size).toPrecision(4))} ${name}`;
}

const named = (artefact: Artefact): string => `golden artefact ${artefact.id} (${artefact.serial})`;

/** Deviation from the reference in units of its tolerance, with its standard uncertainty; NaN for no value or another unit. */
export function deviationOf(
  row: Pick<Row, "reading"> | undefined,
  reference: Artefact["reference"][string],
): { readonly value: number; readonly u: number } {
  const none = { value: Number.NaN, u: Number.NaN };
  if (row?.reading.is !== "value" || row.reading.unit !== reference.unit) return none;
  return {
    value: (row.reading.value - reference.value) / reference.tolerance,
    u: Math.hypot(row.reading.u, reference.u) / reference.tolerance,
  };
}

export const goldenCheck: Procedure = procedure({
  id: "golden-check",
  revision: 1,
  title: "Golden check: a known-good artefact must read its known values",
  families: ["A", "B"],
  needs,
  limits: "dc-screening",
  of: "golden",
  body: check,
});
