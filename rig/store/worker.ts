/**
 * The worker thread that owns the database. Group commit: takes all that is queued, writes it in one transaction, then
 * acknowledges the highest seq.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { RigError } from "../model/errors.ts";
import { closeStore, openStore, storageError } from "./database.ts";
import type { EventsMessage, FromWorker, PointsMessage, ToWorker, WorkerStart } from "./messages.ts";
import { sizeOf } from "./messages.ts";
import { RunWriter } from "./writer.ts";

/** Messages taken into one transaction at most. */
const batch_max = 4096;

async function serve(port: MessagePort, start: WorkerStart): Promise<void> {
  const say = (message: FromWorker) => port.postMessage(message);
  const db = await openStore(start.dir, start.max_bytes === undefined ? {} : { max_bytes: start.max_bytes });
  const writer = new RunWriter(db, start);
  let commits = 0;

  function commit(batch: readonly Written[]): void {
    const seq = writer.commit(batch);
    commits += 1;
    const bytes = batch.reduce((sum, message) => sum + sizeOf(message), 0);
    say({ is: "durable", seq, bytes, commits });
  }

  async function request(message: Exclude<ToWorker, Written>): Promise<void> {
    if (message.is === "verify") say(await writer.verify());
    else if (message.is === "seal") say(await writer.seal(message.outcome));
    else {
      closeStore(db);
      say({ is: "closed" });
      port.close();
    }
  }

  async function handle(first: ToWorker): Promise<void> {
    let next: ToWorker | undefined = first;
    while (next !== undefined) {
      const batch: Written[] = [];
      while (next !== undefined && isWritten(next) && batch.length < batch_max) {
        batch.push(next);
        next = take(port);
      }
      if (batch.length > 0) commit(batch);
      else if (next !== undefined && !isWritten(next)) {
        await request(next);
        next = take(port);
      }
    }
  }

  // One message at a time. The journal sends nothing between a request and its answer, so order is kept.
  let turn: Promise<void> = Promise.resolve();
  port.on("message", (message: ToWorker) => {
    turn = turn.then(() => handle(message)).catch((error: unknown) => giveUp(port, start.dir, error));
  });
  say({ is: "ready", run: writer.head, stored: writer.stored });
}

type Written = EventsMessage | PointsMessage;

const isWritten = (message: ToWorker): message is Written => message.is === "events" || message.is === "points";

const take = (port: MessagePort): ToWorker | undefined =>
  (receiveMessageOnPort(port) as { message: ToWorker } | undefined)?.message;

/** Says why and takes nothing more: nothing is acknowledged after a failure. */
function giveUp(port: MessagePort, dir: string, error: unknown): void {
  const rigError = error instanceof RigError ? error : storageError("cannot write", dir, error);
  const known = rigError.code === "STORE_VERSION" || rigError.code === "FILE_UNREADABLE";
  const failed: FromWorker = {
    is: "failed",
    code: known ? (rigError.code as "STORE_VERSION" | "FILE_UNREADABLE") : "STORAGE_FAILED",
    why: rigError.message.replace(` [${rigError.code}]`, ""),
  };
  port.postMessage(failed);
  port.removeAllListeners("message");
  port.close();
}

if (parentPort !== null) {
  const port = parentPort;
  const start = workerData as WorkerStart;
  serve(port, start).catch((error: unknown) => giveUp(port, start.dir, error));
}
