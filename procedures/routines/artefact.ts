/**
 * A known artefact through the measurements of the screening. What its judgements say is not said of an adapter: those
 * that pass are judged as always, one that does not pass is kept aside and compared with what the artefact must do. A wrong
 * answer is a fault of the rig; the command line locks it by the note that is written here before the judgement.
 */
import type { Artefact } from "../../rig/model/declared.ts";
import { RigError } from "../../rig/model/errors.ts";
import type { Limit } from "../../rig/model/limits.ts";
import { type Reading, reading } from "../../rig/model/reading.ts";
import { isPass, judge as judgeBy, type Verdict } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { heard } from "../../rig/plan/intercept.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { judge, note, now, step } from "../../rig/plan/words.ts";
import { earthAndWiring, readyForPower } from "./beforePower.ts";
import { dropResistance } from "./drop.ts";
import { minutes } from "./durations.ts";
import { ambientStep, earthStep, fitAdapter } from "./frame.ts";
import { pilot } from "./pilot.ts";
import { openLoop } from "./power.ts";
import { proximity } from "./proximity.ts";
import { selfCheckStep } from "./selfCheck.ts";
import { disconnect } from "./switching.ts";
import { pilotPath } from "./wiringScreen.ts";

/** What was read at one row. */
export interface Row {
  readonly id: string;
  readonly reading: Reading;
  readonly verdict: Verdict;
  readonly meaning: string;
}

/** What an artefact said; `row` and `says` name the first thing that is wrong. */
export interface Answer {
  readonly right: boolean;
  readonly row: string;
  readonly says: string;
}

/** The artefact of this run. @throws RigError PLAN_INVALID when the procedure was begun without one of this kind */
export function artefactOf(context: ProcedureContext, kind: Artefact["kind"]): Artefact {
  const artefact = context.declared?.artefact;
  if (artefact?.kind === kind) return artefact;
  throw new RigError("PLAN_INVALID", `a ${kind} check was begun without a ${kind} artefact`);
}

/** Rows of the adapter's measurements in the order they were read; the run goes on after one that does not pass. */
export function* measured(context: ProcedureContext): Plan<readonly Row[]> {
  const rows: Row[] = [];
  const body = heard(
    () => coldScreening(context),
    ({ limit: name, reading: read, about }) => {
      const limit: Limit | undefined = context.limits.rows[name];
      if (limit?.subject !== "adapter") return undefined;
      const verdict = judgeBy(limit, read);
      rows.push({ id: about.id ?? name, reading: read, verdict, meaning: about.meaning ?? limit.title });
      // What passes is judged as always: the earth of this mating is proved by its judgement (S9).
      return isPass(verdict) ? undefined : verdict;
    },
  );
  yield* body();
  return rows;
}

/** The screening as far as it needs no heating. It ends where a bad adapter would end it. */
function* coldScreening(context: ProcedureContext): Plan<void> {
  const { wiring } = context;
  const opened = { tearDown: () => disconnect(wiring) };
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  yield* step("Fit the artefact", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20 });
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  yield* step("Pilot path", () => pilotPath(wiring, wires.paths), {
    ...{ deadline_s: minutes(2), takes_s: 3, attempts: 2 },
    ...opened,
  });
  if (!(yield* readyForPower(wiring))) return;
  yield* step("Proximity", () => proximity(wiring, context.adapter), {
    deadline_s: minutes(30),
    takes_s: 15,
  });
  yield* step("Control pilot", () => pilot(wiring), { deadline_s: minutes(30), takes_s: 60, pause: true });
  const again = "Protective earth at 1 A before power";
  if (!(yield* earthStep(wiring, again, "pe.r.screen/power"))) return;
  yield* step("Drop resistance", () => dropResistance(wiring, wires.paths), {
    deadline_s: minutes(5),
    takes_s: 50,
    tearDown: () => openLoop(wiring),
    pause: true,
  });
}

/** Writes the answer down, then judges it: the note is on disk before the judgement can end the run. */
export function* answered(artefact: Artefact, answer: Answer, rows: readonly Row[]): Plan<void> {
  const { id, serial, hash } = artefact;
  yield* note({
    kind: "artefact-answer",
    artefact: id,
    serial,
    artefactHash: hash,
    right: answer.right,
    row: answer.row,
    says: answer.says,
    rows: rows.map((r) => ({
      id: r.id,
      verdict: r.verdict,
      unit: r.reading.unit,
      value: r.reading.is === "value" ? r.reading.value : null,
      u: r.reading.is === "value" ? r.reading.u : null,
      raw: r.reading.raw,
    })),
  });
  const t_s = yield* now();
  const r = reading("1", answer.right ? 1 : 0, 0, { raw: answer.right ? "right" : answer.says, t_s });
  yield* judge("rig.artefact.answer", r, { id: `rig.artefact.answer/${id}`, meaning: answer.says });
  yield* judge("artefact.answer", r, { meaning: answer.says });
}
