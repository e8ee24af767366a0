// The kill and unplug sweeps: builds into a folder of its own, so that a build beside it cannot pull files from under them.
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

function must(args) {
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status === 0) return;
  console.error(`${args[0]} failed: ${done.error?.message ?? `exit ${done.status}`}`);
  process.exit(2);
}

must([join(root, "scripts", "ensure.mjs")]);
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
must([tsc, "-p", join(root, "test", "sweep", "tsconfig.json")]);
const main = join(root, ".rig", "sweep", "test", "sweep", "main.js");
const sweep = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => sweep.kill(signal));
sweep.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
