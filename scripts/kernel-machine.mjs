// The virtual machine of `npm run test:kernel`: a Debian kernel with the simulated GPIO chip, in QEMU without hardware
// acceleration. Debian leaves gpio-sim out, so it is built from Debian's own kernel source, once.
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

/** What apt installs; about 150 MB. */
export const packages = [
  "qemu-system-x86",
  "busybox-static",
  "cpio",
  "kmod",
  "xz-utils",
  "make",
  "gcc",
  "linux-headers-6.12-amd64",
  "linux-image-6.12-amd64",
  "linux-source-6.12",
];
const source = "/usr/src/linux-source-6.12.tar.xz";
const tools = ["qemu-system-x86_64", "busybox", "cpio", "xz", "make", "gcc", "tar"];

/** Modules of the image, in this order, each after what it needs. */
const modules = ["virtio_pci", "9pnet_virtio", "9p", "configfs", "dummy_hcd", "libcomposite", "usb_f_acm", "cdc-acm"];
/** soft_noboot: the watchdog writes a line instead of starting the machine anew. */
const watchdog = { module: "softdog", arguments: "soft_noboot=1 soft_margin=30" };

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (done.status === 0) return done.stdout;
  const why = done.error?.message ?? `${done.stderr ?? ""}`.trim().split("\n").slice(-5).join(" / ");
  throw new Error(`${command} ${args[0] ?? ""} failed: ${why || `exit ${done.status}`}`);
}

const found = (tool) => spawnSync("which", [tool]).status === 0;

/** What is missing, in words; empty when all is there. */
export function missing() {
  const lacks = tools.filter((tool) => !found(tool));
  if (!existsSync(source)) lacks.push(source);
  const release = newestKernel();
  if (release === undefined) lacks.push("a 6.12 amd64 kernel with its headers");
  else if (!sameVersion(release)) lacks.push(`kernel source of the same version as linux-image-${release}`);
  return lacks;
}

/** The newest kernel release that has image, modules and headers. */
function newestKernel() {
  if (!existsSync("/lib/modules")) return undefined;
  const complete = (release) =>
    existsSync(`/boot/vmlinuz-${release}`) && existsSync(`/lib/modules/${release}/build/Makefile`);
  const releases = readdirSync("/lib/modules").filter((name) => /^6\.12\..*[0-9]-amd64$/.test(name) && complete(name));
  return releases.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
}

const versionOf = (name) => spawnSync("dpkg-query", ["-W", name], { encoding: "utf8" }).stdout?.trim().split("\t")[1];
const sameVersion = (release) => versionOf("linux-source-6.12") === versionOf(`linux-headers-${release}`);

/** Builds what is not there yet. Returns the kernel and a folder with its loadable files. */
export function prepare(cache) {
  const release = newestKernel();
  const folder = join(cache, release);
  if (!existsSync(join(folder, "gpio-sim.ko"))) buildModules(release, folder);
  return { release, folder };
}

/** Debian's two sources, with the changes that make a module of irq_sim. */
function buildModules(release, folder) {
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const top = "linux-source-6.12";
  const files = ["drivers/gpio/gpio-sim.c", "kernel/irq/irq_sim.c"];
  run("tar", ["-xJf", source, "-C", work, "--strip-components=3", ...files.map((file) => `${top}/${file}`)]);
  const irq = join(work, "irq_sim.c");
  const before = readFileSync(irq, "utf8");
  // irq_to_desc is not exported to modules; generic_handle_irq_safe does the same by number.
  const after = before.replace(/handle_simple_irq\(irq_to_desc\(irqnum\)\);/, "generic_handle_irq_safe(irqnum);");
  if (after === before)
    throw new Error("irq_sim.c is not as expected: the edit of scripts/kernel-machine.mjs does not fit");
  writeFileSync(irq, `${after}\n#include <linux/module.h>\nMODULE_LICENSE("GPL");\n`);
  writeFileSync(join(work, "Kbuild"), "obj-m := irq_sim.o gpio-sim.o\n");
  run("make", ["-C", `/lib/modules/${release}/build`, `M=${work}`, "modules"]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["irq_sim.ko", "gpio-sim.ko"]) copyFileSync(join(work, name), join(folder, name));
  rmSync(work, { recursive: true, force: true });
}

/** The files of a module and all that it needs, the needed first. Built-in ones give none. */
function filesOf(name, release) {
  const root = `/lib/modules/${release}`;
  const plain = (path) =>
    basename(path)
      .replace(/\.ko.*$/, "")
      .replaceAll("-", "_");
  for (const line of readFileSync(join(root, "modules.dep"), "utf8").split("\n")) {
    const [path = "", needs = ""] = line.split(":");
    if (path === "" || plain(path) !== name.replaceAll("-", "_")) continue;
    return [...needs.trim().split(/\s+/).filter(Boolean).reverse(), path].map((each) => join(root, each));
  }
  const builtIn = readFileSync(join(root, "modules.builtin"), "utf8").split("\n");
  if (builtIn.some((path) => plain(path) === name.replaceAll("-", "_"))) return [];
  throw new Error(`the kernel ${release} has no module ${name}`);
}

/** The initial file system: busybox, modules, and the first process, which starts `tests` with this node. */
export function initramfs({ release, folder }, init, tests) {
  const root = join(folder, `root.${process.pid}`);
  const target = join(folder, `initramfs.${process.pid}.gz`);
  mkdirSync(join(root, "bin"), { recursive: true });
  mkdirSync(join(root, "modules"), { recursive: true });
  copyFileSync(run("which", ["busybox"]).trim(), join(root, "bin", "busybox"));
  const list = [];
  const add = (path, args = "") => {
    const name = basename(path).replace(/\.xz$/, "");
    if (list.some((entry) => entry.split(" ")[0] === name)) return;
    if (path.endsWith(".xz"))
      writeFileSync(join(root, "modules", name), run("xz", ["-dc", path], { encoding: "buffer" }));
    else copyFileSync(path, join(root, "modules", name));
    list.push(`${name} ${args}`.trim());
  };
  for (const name of modules) for (const path of filesOf(name, release)) add(path);
  for (const path of filesOf(watchdog.module, release))
    add(path, path.includes(watchdog.module) ? watchdog.arguments : "");
  for (const name of ["irq_sim.ko", "gpio-sim.ko"]) add(join(folder, name));
  writeFileSync(join(root, "modules", "list"), `${list.join("\n")}\n`);
  const script = readFileSync(init, "utf8")
    .replace("@NODE@", quoted(process.execPath))
    .replace("@TESTS@", quoted(tests));
  writeFileSync(join(root, "init"), script, { mode: 0o755 });
  run("sh", ["-c", `cd "$1" && find . | cpio -o -H newc --quiet | gzip -1 > "$2"`, "sh", root, `${target}.new`]);
  renameSync(`${target}.new`, target);
  rmSync(root, { recursive: true, force: true });
  return target;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * One processor: with two, the simulator's edges come while the thread that tells of the edge before still runs, and the
 * kernel makes one of both.
 *
 * Starts the machine; each line of its console goes to `line`. Resolves when it has gone, at the latest at the deadline. */
export function boot({ release }, initrd, within_ms, line) {
  const machine = spawn(
    "qemu-system-x86_64",
    [
      ...["-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "1", "-m", "1024", "-nic", "none", "-no-reboot"],
      ...["-display", "none", "-monitor", "none", "-serial", "stdio"],
      ...["-kernel", `/boot/vmlinuz-${release}`, "-initrd", initrd],
      ...["-append", "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable"],
      ...["-virtfs", "local,path=/,mount_tag=host,readonly=on,security_model=none,multidevs=remap"],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  createInterface({ input: machine.stdout }).on("line", line);
  createInterface({ input: machine.stderr }).on("line", line);
  return new Promise((resolve) => {
    const timer = setTimeout(() => machine.kill("SIGKILL"), within_ms);
    machine.once("error", (error) => line(`qemu: ${error.message}`));
    machine.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
