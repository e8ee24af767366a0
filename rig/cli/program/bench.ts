/** Commands about the bench itself. */
import type { Command } from "commander";
import { StationSignals } from "../stationSignals.ts";
import { act, bench, json, ports, store } from "./options.ts";

export function benchCommands(program: Command): void {
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
        const { twin } = await import("../commands/twin.ts");
        await twin(options);
        return 0;
      }),
    );

  program
    .command("serve")
    .description("the station: a page for technicians and QA; starts runs as processes of their own")
    .option("--host <address>", "where to listen; other than this machine only with TLS", "127.0.0.1")
    .option("--port <N>", "0 takes any free one", "8420")
    .option("--tls-cert <file>", "certificate in PEM; with --tls-key")
    .option("--tls-key <file>", "its private key in PEM")
    .option(
      "--name <name>",
      "a name or address by which pages call the station, beside those of the certificate; may be repeated",
      (name: string, before: readonly string[] = []) => [...before, name],
    )
    .option("--manual", "engineers may drive the bench by hand, under the same safety rules as a run", false)
    .option("--keys <dir>", "folder with encrypted signing keys (rig keys new); others are chosen in the page", "keys")
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .action(
      act(async (options) => {
        const signals = new StationSignals();
        return (await import("../commands/serve.ts")).serve(options, signals);
      }),
    );

  program
    .command("doctor")
    .description("ask every instrument who it is; list what is overdue; energises nothing")
    .option("--lines", "read the interlocks too: the guard owns the safety lines for a moment, EN stays low", false)
    .addOption(bench())
    .addOption(ports())
    .addOption(store())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/doctor.ts")).doctor(options)));

  program
    .command("safe")
    .description("bring the bench to its safe state now")
    .addOption(bench())
    .addOption(ports())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/safe.ts")).safe(options)));

  program
    .command("reset")
    .description("show a latched trip; with --by, clear it in that person's name; moves nothing")
    .option("--by <name>", "who has seen to the cause and clears the trip")
    .option("--reason <text>", "what was done about the cause; kept beside the reset")
    .addOption(ports())
    .addOption(store())
    .action(act(async (options) => (await import("../commands/reset.ts")).reset(options)));

  program
    .command("unlock")
    .description("show whether a bench is locked by a wrong artefact check; with --by and --reason, unlock it")
    .option("--by <name>", "who answers for the repair")
    .option("--reason <text>", "what was wrong and what was done")
    .option("--of <bench>", 'which bench, when several are locked: RB-1, or "RB-1 (simulated)"')
    .addOption(store())
    .addOption(json())
    .action(act(async (options) => (await import("../commands/lock.ts")).unlock(options)));
}
