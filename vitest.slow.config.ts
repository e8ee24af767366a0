import { defineConfig } from "vitest/config";

/** Suites that start processes or a browser; run by .ci/run after `npm test`. */
export default defineConfig({
  test: {
    include: ["test/slow/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A deadline for what does not come at all: no machine is too slow for a test.
    expect: { poll: { timeout: 120_000 } },
    fileParallelism: false,
  },
});
