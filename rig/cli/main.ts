#!/usr/bin/env node
/** The command line. Exit codes: 2 usage; a run: fail 20, rig-error 40, aborted or stopped 30, undecided 10, pass 0. */
import { userInfo } from "node:os";
import { Command, Option } from "commander";
import { asRigError } from "../model/errors.ts";
import { defaultStore } from "./defaults.ts";
import { helpAfter } from "./helpText.ts";
import { version } from "./root.ts";

const ends: Readonly<Record<string, number>> = { usage: 2 };

/** Runs a command; any error becomes one line with its remedy and the exit code of its kind. */
function act<A extends readonly unknown[]>(work: (...args: A) => Promise<number | undefined>) {
  return async (...args: A): Promise<void> => {
    let code: number;
    try {
      code = (await work(...args)) ?? 0;
    } catch (thrown) {
      const error = asRigError(thrown);
      process.stderr.write(`${error.message}\n  ${error.remedy}\n`);
      if (process.env["RIG_DEBUG"])
        process.stderr.write(`${(error.cause as Error | undefined)?.stack ?? error.stack}\n`);
      code = ends[error.kind] ?? 40;
    }
    // A port whose device is gone may hold the event loop: the run is stored and the bench safe by now.
    process.exitCode = code;
    await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
    process.exit(code);
  };
}

const store = () => new Option("--store <dir>", "folder of the store").default(defaultStore);
const bench = () => new Option("--bench <file>", "bench file (default: the reference bench RB-1)");
const ports = () =>
  new Option("--ports <dir>", "folder of a running twin (rig twin --dir): everything is SIMULATED then");
const json = () => new Option("--json", "print one JSON object on stdout").default(false);
const adapter = () =>
  new Option("--adapter <type>", "adapter type: an id of procedures/adapters, or a YAML file of your own").default(
    "generic-a-pass",
  );

/** Read for the help only: loading the procedures would cost every other start some 50 ms. */
async function procedureList(): Promise<string> {
  if (!process.argv.some((word) => word === "help" || word === "-h" || word === "--help")) return "";
  const { procedures } = await import("./procedures.ts");
  return procedures.map((p) => `  ${p.id.padEnd(24)} ${p.families.join("").padEnd(6)} ${p.title}`).join("\n");
}

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
  .option("--no-soak", "screenings only: no soak at 100 %, the rise is not judged, the report has another name")
  .addHelpText("after", `\nProcedures, and the families of adapters they are for:\n${await procedureList()}`)
  .action(
    act(async (procedure: string, options) => {
      const { run } = await import("./commands/run.ts");
      const { withoutSoak } = await import("./procedures.ts");
      return run({ ...options, procedure: options.soak === false ? withoutSoak(procedure) : procedure });
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
  .action(act(async (run: string, options) => (await import("./commands/resume.ts")).resume(run, options)));

program
  .command("check")
  .description("preflight: the procedure on the kind twin with a nominal adapter; energises nothing")
  .argument("<procedure>", "see rig run --help")
  .addOption(adapter())
  .addOption(bench())
  .addOption(json())
  .action(
    act(async (procedure: string, options) => {
      const { check } = await import("./commands/check.ts");
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
      const { coverage } = await import("./commands/coverage.ts");
      return coverage({ ...options, procedure });
    }),
  );

program
  .command("twin")
  .description("simulate the bench: pseudo-terminals, sockets and lines; prints one JSON line when ready")
  .requiredOption("--adapter <file>", "adapter under test (examples: drivers/twin/adapters)")
  .option("--deviations <file>", "what is wrong with the bench itself (examples: drivers/twin/deviations)")
  .option("--dir <dir>", "folder for links, sockets and ports.json", "bench")
  .option("--speed <N|max>", "bench seconds a second; max jumps from wait to wait", "1")
  .option("--seed <N>", "draws the virtual bench: tolerances, offsets, noise", "1")
  .addOption(bench())
  .action(
    act(async (options) => {
      const { twin } = await import("./commands/twin.ts");
      await twin(options);
      return 0;
    }),
  );

program
  .command("doctor")
  .description("ask every instrument who it is; list what is overdue; energises nothing")
  .addOption(bench())
  .addOption(ports())
  .addOption(store())
  .addOption(json())
  .action(act(async (options) => (await import("./commands/doctor.ts")).doctor(options)));

program
  .command("safe")
  .description("bring the bench to its safe state now")
  .addOption(bench())
  .addOption(ports())
  .addOption(json())
  .action(act(async (options) => (await import("./commands/safe.ts")).safe(options)));

program
  .command("reset")
  .description("show a latched trip; with --by, clear it in that person's name; moves nothing")
  .option("--by <name>", "who has seen to the cause and clears the trip")
  .addOption(ports())
  .addOption(store())
  .action(act(async (options) => (await import("./commands/reset.ts")).reset(options)));

program
  .command("unlock")
  .description("show whether a bench is locked by a wrong artefact check; with --by and --reason, unlock it")
  .option("--by <name>", "who answers for the repair")
  .option("--reason <text>", "what was wrong and what was done")
  .option("--of <bench>", 'which bench, when several are locked: RB-1, or "RB-1 (simulated)"')
  .addOption(store())
  .addOption(json())
  .action(act(async (options) => (await import("./commands/lock.ts")).unlock(options)));

program
  .command("runs")
  .description("list runs, newest first")
  .option("--serial <text>", "only this serial number")
  .option("--verdict <verdict>", "only this verdict")
  .option("--limit <N>", "how many at most", "20")
  .option("--suspect", "the runs that a wrong artefact check casts doubt on", false)
  .addOption(store())
  .addOption(json())
  .action(
    act(async (options) => {
      if (options.suspect) await (await import("./commands/lock.ts")).suspects(options);
      else await (await import("./commands/records.ts")).runs(options);
      return 0;
    }),
  );

program
  .command("show")
  .description("show a run's result and measurements")
  .argument("<run>", "number or id, for instance 42 or R000042")
  .addOption(store())
  .addOption(json())
  .action(
    act(async (run: string, options) => {
      await (await import("./commands/records.ts")).show(run, options);
      return 0;
    }),
  );

program
  .command("report")
  .description("write a run's reports again: HTML, JSON, JUnit")
  .argument("<run>", "number or id")
  .option("--out <dir>", "folder for the files", "reports-out")
  .addOption(store())
  .action(
    act(async (run: string, options) => {
      await (await import("./commands/records.ts")).report(run, options);
      return 0;
    }),
  );

program
  .command("demo")
  .description("a healthy adapter, then a faulty one, on the simulated bench through real ports")
  .addOption(store())
  .action(act(async (options) => (await import("./commands/demo.ts")).demo(options)));

for (const command of program.commands) {
  command.addHelpText("after", helpAfter(command.name())).showHelpAfterError(`(rig ${command.name()} --help explains)`);
}

await program.parseAsync();
