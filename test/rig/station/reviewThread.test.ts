/** Questions in a thread of their own: answers as without it, errors with their remedy, an end that leaves nobody waiting. */
import { expect, test } from "vitest";
import { answering } from "../../../rig/cli/review/answer.ts";
import { ReviewThread } from "../../../rig/cli/review/thread.ts";
import { addRun } from "../evidence/fixture.ts";
import { tempDir } from "../store/fixture.ts";

test("an answer comes back as it was given, an error with its code and remedy, and the next question is answered", async () => {
  const dir = tempDir();
  await addRun(dir, { serial: '<b>"\u202e' });
  const of = { store: dir, keys: dir };
  const thread = new ReviewThread(of);
  try {
    expect(await thread.ask("list", {})).toEqual(await answering(of)("list", {}));
    await expect(thread.ask("run", { run: 9, name: "Kim" })).rejects.toMatchObject({
      code: "RUN_UNKNOWN",
      remedy: "List the runs with `rig runs`.",
      message: expect.not.stringMatching(/RUN_UNKNOWN.*RUN_UNKNOWN/),
    });
    const [one, other] = await Promise.all([
      thread.ask("run", { run: 1, name: "Kim" }),
      thread.ask("measurements", { adapter: "sample-a" }),
    ]);
    expect([one.id, other]).toEqual(["R000001", ["pe.resistance"]]);
  } finally {
    await thread.close();
  }
});

test("too many questions at once are refused, and a thread that is closed leaves none of them waiting", async () => {
  const thread = new ReviewThread({ store: tempDir(), keys: "keys" });
  const asked = Array.from({ length: 40 }, () => thread.ask("choices", {}));
  const ends = Promise.allSettled(asked);
  await thread.close();
  const refused = (await ends).filter((end) => end.status === "rejected").map(({ reason }) => String(reason));
  expect(refused.filter((why) => why.includes("too many questions"))).toHaveLength(8);
  await thread.close();
});
