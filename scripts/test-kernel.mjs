// `npm run test:kernel`: the GPIO, serial and watchdog code against a real Linux kernel in a virtual machine, without
// any hardware. Prints `N passed, N failed`. Where the kernel cannot be had it prints SKIPPED and why, and exits with 0.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { boot, initramfs, missing, packages, prepare } from "./kernel-machine.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(tmpdir(), "adapter-rig-kernel");
/** Boot takes 5 s alone on a machine, and much longer beside other work: nothing in it is accelerated. */
const MACHINE_ms = 600_000;

function skip(why) {
  console.log(`SKIPPED: the kernel tests did not run: ${why}`);
  process.exit(0);
}

function install() {
  const lacks = missing();
  if (lacks.length === 0) return;
  const command = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  const asked = `missing ${lacks.join(", ")}`;
  if (process.getuid?.() !== 0 || spawnSync("which", ["apt-get"]).status !== 0)
    skip(`${asked}. On Debian 12 as root: ${command}`);
  console.log(`${asked}: installing about 150 MB with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, stdio: ["ignore", "ignore", "inherit"] };
  spawnSync("apt-get", ["update"], options);
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", ...packages], options);
  const still = missing();
  if (still.length > 0) skip(`still missing after apt-get: ${still.join(", ")}. Try: ${command}`);
}

/** The tests and what they use, compiled beside a link to the packages, so that the checkout's own build stays as it is. */
function compile() {
  const out = join(cache, "build");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
  symlinkSync(join(root, "node_modules"), join(out, "node_modules"));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", join(root, "test", "kernel", "tsconfig.json"), "--outDir", join(out, "dist")];
  const done = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) process.exit(1);
  return join(out, "dist", "test", "kernel", "main.js");
}

if (process.platform !== "linux" || process.arch !== "x64")
  skip(`needs Linux on x64, this is ${process.platform} ${process.arch}`);
if (!existsSync(join(root, "node_modules"))) {
  console.error("The packages are not installed: run npm ci first.");
  process.exit(1);
}
install();
mkdirSync(cache, { recursive: true, mode: 0o700 });
// The folder's name is known to everybody on this machine: what another user has put there is not run.
if (lstatSync(cache).uid !== process.getuid()) skip(`${cache} belongs to another user: remove it or set TMPDIR`);
const tests = compile();
const machine = prepare(cache);
const initrd = initramfs(machine, join(root, "test", "kernel", "init.sh"), tests);
console.log(`Starting Linux ${machine.release} in QEMU...`);
let code;
let booted = false;
await boot(machine, initrd, MACHINE_ms, (text) => {
  const [, word, rest] = /^RIG-KERNEL (\w+) ?(.*)$/.exec(text.trimEnd()) ?? [];
  if (word === "EXIT") code = Number(rest);
  else if (word === "BOOTED") booted = true;
  else console.log(text.trimEnd());
});
rmSync(initrd, { force: true });
if (code === undefined) {
  console.error(booted ? `the machine did not finish within ${MACHINE_ms / 1000} s` : "the machine did not start");
  process.exit(1);
}
process.exit(code);
