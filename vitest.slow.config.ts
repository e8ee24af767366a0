import { defineConfig } from "vitest/config";

/** Suites that start processes or a browser; run by .ci/run after `npm test`. */
export default defineConfig({
  test: {
    include: ["test/slow/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
