#!/usr/bin/env node
/** The command line. Exit codes: 2 usage; a run: fail 20, rig-error 40, aborted or stopped 30, undecided 10, pass 0. */
import { Command } from "commander";
import { helpAfter } from "./helpText.ts";
import { benchCommands } from "./program/bench.ts";
import { compareCommands } from "./program/compare.ts";
import { evidenceCommands } from "./program/evidence.ts";
import { judgementCommands } from "./program/judgement.ts";
import { keepingCommands } from "./program/keeping.ts";
import { manualCommands } from "./program/manual.ts";
import { metrologyCommands } from "./program/metrology.ts";
import { qualityCommands } from "./program/quality.ts";
import { recordCommands } from "./program/records.ts";
import { reportCommands } from "./program/reports.ts";
import { runCommands } from "./program/runs.ts";
import { startingCommands } from "./program/starting.ts";
import { statisticsCommands } from "./program/statistics.ts";
import { typeCommands } from "./program/types.ts";
import { version } from "./root.ts";

// A reader that has seen enough (`rig show 1 | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

// A terminal that was closed must not end the program before the bench is safe and the run is stored.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
});

const program = new Command()
  .name("rig")
  .description("Tests NACS (SAE J3400) <-> CCS1 charging adapters and keeps the evidence.")
  .version(version)
  .showHelpAfterError("(rig --help lists the commands)")
  // Before the commands are made: they inherit it.
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .addHelpText(
    "after",
    `
A first run, all simulated:
  rig demo
Step by step, in two terminals:
  rig twin --adapter drivers/twin/adapters/healthy-a.yaml --dir /tmp/bench --speed max
  rig run dc-screening --serial SN-1 --ports /tmp/bench --simulated-operator

Exit codes: 0 pass, 2 wrong usage or input, 10 undecided, 20 fail, 30 stopped or aborted, 40 fault of the rig.`,
  );

await runCommands(program);
startingCommands(program);
benchCommands(program);
manualCommands(program);
recordCommands(program);
qualityCommands(program);
compareCommands(program);
evidenceCommands(program);
reportCommands(program);
metrologyCommands(program);
statisticsCommands(program);
keepingCommands(program);
typeCommands(program);
judgementCommands(program);

for (const command of program.commands) {
  command.addHelpText("after", helpAfter(command.name())).showHelpAfterError(`(rig ${command.name()} --help explains)`);
}

await program.parseAsync();
