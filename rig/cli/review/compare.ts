/** Two runs side by side, as `rig compare` sets them: rows that a reader must look at first, and every doubt. */
import { allow_pct_default, alpha_default } from "../../../reports/compare/compare.ts";
import { resultWords } from "../../../reports/compare/outcome.ts";
import type { Comparison, Row, RunSide } from "../../../reports/compare/types.ts";
import {
  differenceWords,
  effectWords,
  historyWords,
  instrumentsWords,
  notable,
  readingWords,
  rowWord,
} from "../../../reports/compare/words.ts";
import { utcText } from "../../../reports/html/words.ts";
import { shown } from "../../../reports/text/escape.ts";
import { RigError } from "../../model/errors.ts";
import type { ComparedRow, CompareView, Tone } from "../../station/reviewTypes.ts";
import { compareStored, wholeRecord } from "../compareRuns.ts";
import { mustRead } from "./readers.ts";

/** @throws RigError USAGE, RUN_UNKNOWN, STORAGE_FAILED for a record that is damaged */
export const compareTwo = (store: string, asked: { readonly baseline: number; readonly run: number }) =>
  mustRead(store, async (reader): Promise<CompareView> => {
    if (asked.baseline === asked.run) throw new RigError("USAGE", "a run is compared with another one");
    const [baseline, run] = [wholeRecord(reader, asked.baseline), wholeRecord(reader, asked.run)];
    const options = { alpha: alpha_default, allow_pct: allow_pct_default };
    const [comparison] = await compareStored(store, baseline, [run], options);
    if (comparison === undefined) throw new RigError("RUN_UNKNOWN", `there is no run ${asked.run}`);
    return viewOf(comparison);
  });

const tones: Readonly<Record<number, Tone>> = { 0: "good", 10: "unsure", 20: "bad" };

function viewOf(comparison: Comparison): CompareView {
  const { baseline, run, code, reasons, deviations, rows, oneSided, options } = comparison;
  const first = notable(rows);
  return {
    baseline: { run: baseline.head.run, facts: sideFacts(baseline) },
    compared: { run: run.head.run, facts: sideFacts(run) },
    simulated: baseline.head.simulated || run.head.simulated,
    result: resultWords[code],
    tone: tones[code] ?? "unsure",
    reasons,
    basis: [
      `Scatter: ${historyWords(comparison)}`,
      `Instruments: ${instrumentsWords(comparison)}`,
      `Significant: Holm's correction over all rows, ${options.alpha} chance of any false alarm; allowed towards a limit: ${options.allow_pct} % of its width`,
    ],
    deviations: deviations.map(({ about, what, before, after }) => ({
      what: `${about}: ${shown(what, 200)}`,
      before: shown(before, 200) || "none",
      after: shown(after, 200) || "none",
    })),
    notable: first.map(rowView),
    others: rows.filter((row) => !first.includes(row)).map(rowView),
    oneSided: oneSided.map((one) => ({
      in: one.in === "run" ? "the second run only" : "the first run only",
      id: one.quantity.id,
      reading: readingWords(one.quantity),
    })),
  };
}

const sideFacts = ({ head, verdict, ending }: RunSide) =>
  [
    ["Run", head.id],
    ["Started", utcText(head.started)],
    ["Verdict", ending === "completed" ? verdict : `${verdict}, ${ending}`],
    ["Procedure", `${head.procedure.id}, revision ${head.procedure.revision}`],
    ["Limits", `${head.limits.id}, revision ${head.limits.revision}`],
    ["Adapter", shown(`${head.adapter.maker} ${head.adapter.model}`, 200)],
    ["Serial number", shown(head.adapter.serial, 200) || "none"],
    ["Bench", head.bench.id],
  ] as const;

const toneOf = (row: Row): Tone => {
  if (row.toFail || row.regression) return "bad";
  return row.change === "significant" || row.change === "undecided" ? "unsure" : "none";
};

const rowView = (row: Row): ComparedRow => ({
  id: row.id,
  step: row.step,
  before: readingWords(row.before),
  after: readingWords(row.after),
  difference: row.difference === undefined ? "-" : differenceWords(row.after.unit, row.difference),
  share: row.effect === undefined ? "" : effectWords(row.effect),
  result: rowWord(row),
  why: row.why ?? "",
  tone: toneOf(row),
});
