/** The thread that reads and decides for the review, so that no question holds up the station's own loop. */
import { parentPort, workerData } from "node:worker_threads";
import { asRigError, type ErrorCode } from "../../model/errors.ts";
import type { Question } from "../../station/reviewTypes.ts";
import { answering, type ReviewOf } from "./answer.ts";

export interface ReviewJob {
  readonly number: number;
  readonly kind: Question;
  readonly asked: never;
}

export type ReviewReply = { readonly number: number } & (
  | { readonly answer: unknown }
  | { readonly code: ErrorCode; readonly message: string }
);

if (parentPort !== null) {
  const port = parentPort;
  const ask = answering(workerData as ReviewOf);
  port.on("message", ({ number, kind, asked }: ReviewJob) => {
    ask(kind, asked).then(
      (answer) => port.postMessage({ number, answer } satisfies ReviewReply),
      (thrown: unknown) => {
        const { code, message } = asRigError(thrown);
        // The code stands at the end of the message, and is put there again on the other side.
        const plain = message.endsWith(` [${code}]`) ? message.slice(0, -code.length - 3) : message;
        port.postMessage({ number, code, message: plain } satisfies ReviewReply);
      },
    );
  });
}
