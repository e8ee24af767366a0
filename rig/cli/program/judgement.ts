/** Commands about limits, and about judging stored runs again. */
import type { Command } from "commander";
import { act, bench, json, store } from "./options.ts";

export function judgementCommands(program: Command): void {
  program
    .command("limits")
    .description("limits documents: list, show ID, diff A B (in words), approve ID, withdraw ID")
    .argument("[action]", "list, show, diff, approve or withdraw", "list")
    .argument("[documents...]", "dc-screening, my-limits.yaml, dc-screening@0.2 (approved) or R000042 (as judged)")
    .option("--by <name>", "approve, withdraw: who decides; not the author")
    .option("--reason <text>", "approve, withdraw: why")
    .addOption(store())
    .addOption(json())
    .action(
      act(async (action: string, documents: readonly string[], options) =>
        (await import("../commands/limits.ts")).limits(action, documents, options),
      ),
    );

  program
    .command("rejudge")
    .description("judge stored runs again by other limits or with corrected readings, without the bench")
    .argument("[run]", "number or id, for instance 42 or R000042; or --all")
    .option("--limits <file>", "limits document to judge by instead")
    .option("--calibration <file>", "as-found errors of an instrument: its readings are corrected first")
    .option("--all", "every run of the store that is concerned", false)
    .option("--html <file>", "write what changed as a page, too")
    .option("--by <name>", "with RUN and --calibration: end the doubt by this instrument when the pass holds; QA")
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(
      act(async (run: string | undefined, options) =>
        (await import("../commands/rejudge.ts")).rejudgeCommand(run, options),
      ),
    );

  program
    .command("impact")
    .description("what an instrument that was out of tolerance did: its runs judged again with its readings corrected")
    .requiredOption("--instrument <serial>", "serial number, as the records have it")
    .requiredOption("--since <date>", "first day of the runs, for instance that of the calibration before: 2026-05-01")
    .requiredOption("--as-found <file>", "what the calibration found: gain and offset of its readings")
    .option("--by <name>", "write the finding into the ledger: the runs are in doubt from then on")
    .option("--csv", "print a table for a spreadsheet", false)
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/impact.ts")).impact(options)));
}
