// A program that journals until it is killed or its disk is full. Prints each number that the journal acknowledged.
import { writeSync } from "node:fs";
import { createRun } from "../../../dist/rig/store/journal.js";

const [dir = "", headText = "{}"] = process.argv.slice(2);
const say = (line) => writeSync(1, `${line}\n`);
const head = JSON.parse(headText);
const journal = await createRun(dir, head, { clock: { bench_s: () => process.uptime() } });
say(`run ${journal.run.id}`);
journal.broken.addEventListener("abort", () => say(`broken ${journal.broken.reason.code}`));
try {
  journal.append({ type: "step", phase: "enter", name: "endless", path: "endless", lane: "main", attempt: 1 });
  for (let i = 0; i < 1_000_000; i++) {
    journal.point("T", "degC", i, i);
    const command = { n: i, filler: "x".repeat(300) };
    const seq = journal.append({ type: "issued", command, effect: "read", lane: "main", attempt: 1 });
    if (i % 7 !== 0) continue;
    await journal.durable(seq);
    say(`durable ${seq}`);
  }
} catch (error) {
  say(`caught ${error.code}`);
}
try {
  await journal.finish({ verdict: "pass", ending: "completed" });
  say("finished");
} catch (error) {
  say(`unfinished ${error.code}`);
}
