/** Commands about what the bench itself is worth: budgets, control charts, fixtures. */
import type { Command } from "commander";
import { act, bench, json, store } from "./options.ts";

export function metrologyCommands(program: Command): void {
  program
    .command("budget")
    .description("uncertainty budget of each measurand on this bench, or of the results of a run")
    .argument("[what]", "a measurand (drop-resistance), or a run (R000042)")
    .option("--value <number>", "of a measurand: at this value, in SI units")
    .option("--row <id>", "of a run: the parts of this judgement, for instance power.dc.r/DC+")
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(
      act(async (what: string | undefined, options) => (await import("../commands/budget.ts")).budget(what, options)),
    );

  program
    .command("fixtures")
    .description("reference halves: matings since their check, counted from the records, and when they are due")
    .option("--simulated", "count the runs on a twin of this bench instead of those on the bench itself", false)
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/fixtures.ts")).fixtures(options)));

  program
    .command("wear")
    .description("how often each relay of the bench was closed, counted from the records; the most worn first")
    .option("--simulated", "count the runs on a twin of this bench instead of those on the bench itself", false)
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/wear.ts")).wear(options)));

  program
    .command("chart")
    .description("control chart of a golden artefact: warn at 2 s, stop at 3 s; without a serial number, all of them")
    .argument("[serial]", "serial number of the artefact")
    .option("--row <id>", "only this judgement, for instance power.dc.r/DC+")
    .option("--simulated", "checks on a twin of this bench instead of those on the bench itself", false)
    .option("--html <file>", "write the charts as a page")
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(
      act(async (serial: string | undefined, options) => (await import("../commands/chart.ts")).chart(serial, options)),
    );
}
