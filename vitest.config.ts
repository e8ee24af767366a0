import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/slow/**", "**/node_modules/**"],
    testTimeout: 20_000,
    // One less by default: half of the machine on two cores.
    maxWorkers: availableParallelism(),
    // One set of modules a worker: importing them anew for each file took a third of the time. No test replaces a module.
    isolate: false,
  },
});
