/** What is asked before a run. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { act, adapter, bench, json, ports, store } from "./options.ts";

export function startingCommands(program: Command): void {
  program
    .command("ready")
    .description("whether a run could start now: all that stands against it, what it energises and for how long")
    .argument("<procedure>", "see rig run --help")
    .requiredOption("--serial <text>", "serial number on the adapter's label")
    .option("--operator <name>", "who would run it", userInfo().username)
    .addOption(adapter())
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .addOption(json())
    .action(
      act(async (procedure: string, options) =>
        (await import("../commands/ready.ts")).ready({ ...options, procedure }),
      ),
    );
}
