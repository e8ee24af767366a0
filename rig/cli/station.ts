/**
 * A run that the station started: prompts go to it by the channel between parent and child, and answers come back with the
 * name of who gave them. When the station ends, the run ends too: nobody could stop it or answer it any more.
 */
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { checkAnswer } from "../plan/answer.ts";
import type { Prompt } from "../plan/commands.ts";
import type { AskOperator } from "../plan/parts.ts";
import type { DeskSays, DeskWish } from "./desk.ts";
import type { PlannedStep } from "./progress.ts";

/** From a controller to its station. */
export type FromController =
  | { readonly is: "said"; readonly line: string }
  | { readonly is: "plan"; readonly steps: readonly PlannedStep[]; readonly bench_s: number }
  | { readonly is: "run"; readonly id: string; readonly run: number }
  | { readonly is: "prompt"; readonly number: number; readonly prompt: Prompt }
  | { readonly is: "answered"; readonly number: number }
  | DeskSays;

/** From a station to its controller. */
export interface Answer {
  readonly is: "answer";
  readonly number: number;
  readonly answer: Data;
  readonly by: string;
}

export interface StationLink {
  tell(message: FromController): void;
  readonly ask: AskOperator;
  /** What a person wishes of a run that goes on: a note, a photo's note, a pause, to go on. */
  onWish(listener: (wish: DeskWish) => void): void;
}

/** Undefined where no station started this process. */
export function stationLink(): StationLink | undefined {
  const send = process.send?.bind(process);
  if (!send || process.env["RIG_STATION"] !== "1") return undefined;
  const tell = (message: FromController): void => {
    if (process.connected) send(message);
  };
  const waiting = new Map<number, (answer: Answer) => void>();
  let count = 0;
  const wishes: ((wish: DeskWish) => void)[] = [];
  process.on("message", (message: Answer | DeskWish) => {
    if (message.is === "answer") waiting.get(message.number)?.(message);
    else for (const listener of wishes) listener(message);
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  const ask: AskOperator = async (prompt, signal) => {
    count += 1;
    const number = count;
    tell({ is: "prompt", number, prompt });
    try {
      const given = await answerOf(prompt, number, waiting, signal);
      if (prompt.kind === "confirm" && given.answer === false) {
        throw new RigError("ABORTED", `${given.by} stopped the run`);
      }
      return given;
    } finally {
      waiting.delete(number);
      tell({ is: "answered", number });
    }
  };
  return { tell, ask, onWish: (listener) => void wishes.push(listener) };
}

function answerOf(
  prompt: Prompt,
  number: number,
  waiting: Map<number, (answer: Answer) => void>,
  signal: AbortSignal,
): Promise<{ readonly answer: Data; readonly by: string }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(prompt.timeout_s * 1000)]);
  return new Promise((resolve, reject) => {
    const late = () => {
      if (signal.aborted) return reject(signal.reason);
      if (prompt.otherwise !== undefined) return resolve({ answer: prompt.otherwise, by: "nobody answered" });
      reject(new RigError("PROMPT_TIMEOUT", `nobody answered "${prompt.title}" within ${prompt.timeout_s} s`));
    };
    limit.addEventListener("abort", late, { once: true });
    waiting.set(number, ({ answer, by }) => {
      const checked = checkAnswer(prompt, answer);
      // What is no answer leaves the prompt waiting: the station has told whoever sent it.
      if ("wrong" in checked) return;
      limit.removeEventListener("abort", late);
      resolve({ answer: checked.ok, by });
    });
    if (limit.aborted) late();
  });
}
