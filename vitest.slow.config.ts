import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Suites that judge what a page shows: one after the other. */
const browser = ["test/slow/station*.test.ts"];

const patient = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // A deadline for what does not come at all: no machine is too slow for a test.
  expect: { poll: { timeout: 120_000 } },
};

/** Suites that start processes or a browser; run by .ci/run after `npm test`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patient,
          name: "processes",
          include: ["test/slow/**/*.test.ts"],
          exclude: browser,
          maxWorkers: Math.min(2, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...patient, name: "browser", include: browser, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
