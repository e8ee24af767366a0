/** Commands that run a procedure, or try one without a bench. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { act, adapter, bench, json, ports, store } from "./options.ts";

/** Read for the help only: loading the procedures would cost every other start some 50 ms. */
async function procedureList(): Promise<string> {
  if (!process.argv.some((word) => word === "help" || word === "-h" || word === "--help")) return "";
  const { procedures } = await import("../procedures.ts");
  return procedures.map((p) => `  ${p.id.padEnd(24)} ${p.families.join("").padEnd(6)} ${p.title}`).join("\n");
}

export async function runCommands(program: Command): Promise<void> {
  program
    .command("run")
    .description("run a procedure on an adapter and write its reports")
    .argument("<procedure>", "one of those listed below")
    .requiredOption("--serial <text>", "serial number on the adapter's label")
    .option("--operator <name>", "who runs it", userInfo().username)
    .option("--simulated-operator", "prompts are done and answered by a simulated operator (twin only)", false)
    .option("--strict", "pass-screening counts as undecided: exit code 10", false)
    .addOption(adapter())
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .addOption(json())
    .option("--baseline <run>", "ageing check: the run to compare with, or none for the first one")
    .option("--conditioning <file>", "conditioning record of the adapter; what it does not say is asked")
    .option("--order <file>", "what the adapter came with: customer, date, condition; printed in the reports")
    .option("--no-soak", "screenings only: no soak at 100 %, the rise is not judged, the report has another name")
    .option(
      "--early",
      "engineering run: a predicted pass may end the soak; at best PASS (conditional), never labelled or released",
      false,
    )
    .addHelpText("after", `\nProcedures, and the families of adapters they are for:\n${await procedureList()}`)
    .action(
      act(async (procedure: string, options) => {
        const { run } = await import("../commands/run.ts");
        const { withoutSoak } = await import("../procedures.ts");
        const { early, soak, ...rest } = options;
        const which = soak === false ? withoutSoak(procedure) : procedure;
        return run({ ...rest, procedure: which, ...(early ? { early: "engineering" as const } : {}) });
      }),
    );

  program
    .command("resume")
    .description("go on with a run whose program died, from its last checkpoint; or close it and say why not")
    .argument("<run>", "number or id, for instance 42 or R000042")
    .option("--operator <name>", "who goes on with it", userInfo().username)
    .option("--adapter <file>", "its adapter type, if that is a YAML file of your own")
    .option("--simulated-operator", "prompts are done and answered by a simulated operator (twin only)", false)
    .option("--strict", "pass-screening counts as undecided: exit code 10", false)
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .addOption(json())
    .action(act(async (run: string, options) => (await import("../commands/resume.ts")).resume(run, options)));

  program
    .command("check")
    .description("preflight: the procedure on the kind twin with a nominal adapter; energises nothing")
    .argument("<procedure>", "see rig run --help")
    .addOption(adapter())
    .addOption(bench())
    .addOption(store())
    .addOption(json())
    .action(
      act(async (procedure: string, options) => {
        const { check } = await import("../commands/check.ts");
        return check({ ...options, procedure, serial: "preflight", operator: "preflight" });
      }),
    );

  program
    .command("coverage")
    .description(
      "try a procedure on virtual adapters with drawn faults; exit code 20 when one escapes or a sound one fails",
    )
    .argument("<procedure>", "see rig run --help")
    .requiredOption("--family <letter>", "A to E: adapters of all its types generic-<letter>-* are drawn")
    .option("--seed <N>", "draws adapters, benches and noise: the same seed, the same result", "1")
    .option("--count <N>", "how many virtual adapters", "1000")
    .option("--by-bytes <N>", "try so many of them again by bytes, through drivers and device twins", "0")
    .option("--unit <N>", "only this one again, by kind twins and by bytes, with its adapter file")
    .option("--out <dir>", "folder for the report", "coverage-out")
    .addOption(bench())
    .addOption(json())
    .action(
      act(async (procedure: string, options) => {
        const { coverage } = await import("../commands/coverage.ts");
        return coverage({ ...options, procedure });
      }),
    );

  program
    .command("demo")
    .description("a healthy adapter, then a faulty one, on the simulated bench through real ports")
    .addOption(store())
    .action(act(async (options) => (await import("../commands/demo.ts")).demo(options)));
}
