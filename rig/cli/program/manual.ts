/** Driving the bench by hand. */
import type { Command } from "commander";
import { act, adapter, bench, ports, store } from "./options.ts";

export function manualCommands(program: Command): void {
  program
    .command("manual")
    .description("the manual panel: one command at a time, under the same safety rules as a run; judges nothing")
    .requiredOption("--operator <name>", "who is at the bench")
    .addOption(adapter())
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .action(act(async (options) => (await import("../commands/manual.ts")).manual(options)));
}
