/** The nest's coding lines: what was not read tells nothing, an empty nest least of all. */
import { expect, test } from "vitest";
import { emptyNest } from "../../../procedures/routines/selfCheck.ts";
import type { Reading } from "../../../rig/model/reading.ts";

/** What is judged when the lines read so, and whether somebody was asked to empty the nest. */
function judged(lines: Readonly<Record<string, boolean>>) {
  const plan = emptyNest();
  let asked = false;
  let nest: Reading | undefined;
  let reply: unknown;
  for (;;) {
    const { done, value } = plan.next(reply);
    if (done) return { asked, nest: nest?.is === "value" ? nest.value : nest?.is };
    asked ||= value.do === "ask";
    if (value.do === "judge") nest = value.reading;
    reply = value.do === "call" ? lines : value.do === "now" ? 0 : "pass";
  }
}

const none = { NEST0: false, NEST1: false, NEST2: false, NEST3: false };

test("all four low are an empty nest", () => expect(judged(none)).toEqual({ asked: false, nest: 1 }));

test.each([
  ["a line that is high", { ...none, NEST1: true }],
  ["a line that was not read", { NEST0: false, NEST1: false, NEST3: false }],
  ["no line at all", {}],
])("%s is none", (_, lines) => expect(judged(lines)).toEqual({ asked: true, nest: 0 }));
