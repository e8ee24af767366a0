/**
 * A plan whose judgements are seen by another plan: for procedures that use the routines of another one and decide
 * themselves what its judgements mean. Everything else it yields goes on as it is.
 */
import type { Verdict } from "../model/verdict.ts";
import type { Body, JudgeCommand } from "./commands.ts";
import { rewritten } from "./rewrite.ts";

/** Given each judgement before it is made. A verdict is the plan's answer and nothing is judged; undefined: judge it. */
export type Hearing = (command: JudgeCommand) => Verdict | undefined;

/** The body with every judgement heard; steps, monitors, lanes and tear-downs included. */
export const heard = <R>(body: Body<R>, hearing: Hearing): Body<R> =>
  rewritten(body, (command) => {
    const reply = command.do === "judge" ? hearing(command) : undefined;
    return reply === undefined ? command : { do: "answered", reply };
  });
