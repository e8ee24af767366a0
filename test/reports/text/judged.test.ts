/** What stands beside a judgement: who approved its limit, in words that a reader takes as they are. */
import { expect, test } from "vitest";
import { confidenceWords } from "../../../reports/text/judged.ts";
import type { Limit } from "../../../rig/model/limits.ts";

const words = (approvedBy: string): string => confidenceWords({ confidence: "H", approvedBy } as Limit);

test.each(["unapproved", "", "-", " none ", "TBD", "n/a"])('a limit with "%s" for a name is not approved', (nobody) => {
  expect(words(nobody)).toMatch(/; not approved$/);
});

test("a limit that somebody approved says who", () => {
  expect(words("Ann and Bob")).toMatch(/^confidence H, .*; approved by Ann and Bob$/);
});
