/**
 * Daily check with known-bad artefacts: the screening must fail each of them, and first of all at the row that its file
 * names. A rig that passes one, or fails it elsewhere, is locked (docs/decisions/0046-artefact-checks.md).
 */
import type { Artefact } from "../rig/model/declared.ts";
import { isPass } from "../rig/model/verdict.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { type Answer, answered, artefactOf, measured, type Row } from "./routines/artefact.ts";
import { needs } from "./routines/frame.ts";

function* check(context: ProcedureContext): Plan<void> {
  const artefact = artefactOf(context, "challenge");
  const rows = yield* measured(context);
  yield* step("Answer of the challenge artefact", () => answered(artefact, answerOf(artefact, rows), rows), {
    deadline_s: 60,
    takes_s: 1,
  });
}

/** Right only when the first judgement that does not pass is a plain fail at the row named. */
export function answerOf(artefact: Artefact, rows: readonly Row[]): Answer {
  const named = `challenge artefact ${artefact.id} (${artefact.serial})`;
  const row = artefact.failsAt ?? "";
  const first = rows.find((r) => !isPass(r.verdict));
  if (first?.id === row && first.verdict === "fail")
    return { right: true, row: "", says: `the challenge artefact failed at ${row}, as it must` };
  if (!first) return { right: false, row, says: `${named} must fail at ${row}, and every judgement passed` };
  const at =
    first.id === row ? `it is ${first.verdict} there` : `${first.id} is ${first.verdict} first: ${first.meaning}`;
  return { right: false, row, says: `${named} must fail at ${row}, and ${at}` };
}

export const challengeCheck: Procedure = procedure({
  id: "challenge-check",
  revision: 1,
  title: "Challenge check: a known-bad artefact must fail at the row named for it",
  families: ["A", "B"],
  needs,
  limits: "dc-screening",
  of: "challenge",
  body: check,
});
