/** Every question of the review, answered from a store. Runs in a thread of its own (thread.ts); in tests directly. */
import type { AskReview, Question, Questions } from "../../station/reviewTypes.ts";
import { type ClockSource, readClockState } from "../clockState.ts";
import { auditOf } from "./audit.ts";
import { compareTwo } from "./compare.ts";
import { disposeAt, signAt } from "./decide.ts";
import { choicesIn, listRuns } from "./list.ts";
import { type KeyFolder, runView } from "./runView.ts";
import { SeriesShelf } from "./series.ts";
import { measurementsIn, trendOf } from "./trend.ts";

export interface ReviewOf extends KeyFolder {
  readonly store: string;
}

type Answers = { readonly [K in Question]: (asked: Questions[K]["asked"]) => Promise<Questions[K]["answer"]> };

/** `clock`: what says whether the clock of this machine may be believed when a run of a real bench is signed. */
export function answering({ store, keys }: ReviewOf, clock: ClockSource = readClockState): AskReview {
  const shelf = new SeriesShelf(store);
  const answers: Answers = {
    list: (asked) => listRuns(store, asked),
    choices: () => choicesIn(store),
    run: (asked) => runView(store, { keys, clock }, asked),
    series: (asked) => shelf.view(asked),
    seriesLines: (asked) => shelf.lines(asked),
    trend: (asked) => trendOf(store, asked),
    measurements: (asked) => measurementsIn(store, asked),
    compare: (asked) => compareTwo(store, asked),
    sign: (asked) => signAt(store, { keys }, asked, clock),
    dispose: (asked) => disposeAt(store, asked),
    audit: (asked) => auditOf(store, asked),
  };
  return (kind, asked) => answers[kind](asked);
}
