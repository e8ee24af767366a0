import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadBench } from "../../rig/bench/benchFile.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "deploy", "systemd");
const units = readdirSync(folder).sort();
const text = (name: string): string => readFileSync(join(folder, name), "utf8");
const installed = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!installed) console.warn("SKIPPED: systemd-analyze is not installed, the service units are not verified");

describe("service units", () => {
  test.skipIf(!installed)("are accepted by systemd-analyze verify", () => {
    // Verified with a program, user and folder that are there; what is checked is the units.
    const own = mkdtempSync(join(tmpdir(), "rig-units-"));
    try {
      for (const name of units) {
        const here = text(name)
          .replaceAll(/\/usr\/bin\/(node|cage)\b/g, process.execPath)
          .replace(/file:\/\/\S+/g, "man:systemd(1)");
        writeFileSync(join(own, name), here);
      }
      const files = units.map((name) => join(own, name.replace("@.", "@bench.")));
      const done = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
        encoding: "utf8",
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${own}:` },
      });
      const ours = done.stderr.split("\n").filter((line) => /rig-/.test(line));
      expect(ours).toEqual([]);
      expect(done.status).toBe(0);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });

  test("the controller is watched, is never restarted by itself and ends in rig safe", () => {
    const controller = text("rig-controller@.service");
    expect(controller).toMatch(/^Type=notify$/m);
    expect(controller).toMatch(/^WatchdogSec=\d+$/m);
    expect(controller).toMatch(/^ExecStopPost=.* safe /m);
    expect(controller).toMatch(/^Restart=no$/m);
    expect(controller).toMatch(/^Requires=rig-guard\.service$/m);
  });

  test("the station takes a new certificate without ending, by a signal that ends nothing", () => {
    expect(text("rig-station.service")).toMatch(/^ExecReload=\/bin\/kill -USR2 \$MAINPID$/m);
  });

  test("the guard waits for the safe-off at boot and does not share the controller's unit", () => {
    expect(text("rig-safe-at-boot.service")).toMatch(/^Before=rig-guard\.service$/m);
    expect(text("rig-safe-at-boot.service")).toMatch(/^RequiredBy=rig-guard\.service$/m);
    expect(text("rig-guard.service")).not.toMatch(/(PartOf|BindsTo)=rig-controller/);
  });
});

describe("the touch screen", () => {
  const unit = text("rig-kiosk.service");
  const script = join(root, "deploy", "kiosk", "rig-kiosk");

  test("starts with the machine, without anybody at a keyboard and whether or not the station is up", () => {
    expect(unit).toMatch(/^WantedBy=multi-user\.target$/m);
    expect(unit).toMatch(/^Conflicts=getty@tty1\.service$/m);
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).not.toMatch(/^(After|Requires)=.*rig-station/m);
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/cage .*deploy\/kiosk\/rig-kiosk$/m);
  });

  test("its script is one that a shell reads, can be run, and opens the page that waits", () => {
    expect(spawnSync("sh", ["-n", script]).status).toBe(0);
    expect(statSync(script).mode & 0o111).toBe(0o111);
    const own = mkdtempSync(join(tmpdir(), "rig-kiosk-"));
    try {
      const browser = join(own, "chromium");
      writeFileSync(browser, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
      const here = join(own, "rig-kiosk");
      writeFileSync(here, readFileSync(script, "utf8").replace("/usr/bin/chromium", browser), { mode: 0o755 });
      const env = { ...process.env, RIG_KIOSK_URL: "http://127.0.0.1:8421/?kiosk#/codes", RIG_KIOSK_SCALE: "1.25" };
      const { stdout, status } = spawnSync("sh", [here], { encoding: "utf8", env });
      const given = stdout.trim().split("\n");
      expect(status).toBe(0);
      expect(given).toEqual(expect.arrayContaining(["--kiosk", "--force-device-scale-factor=1.25"]));
      const page = new URL(given.at(-1) ?? "");
      expect(page.pathname).toBe(join(realpathSync(own), "wait.html"));
      expect(page.searchParams.get("to")).toBe(env.RIG_KIOSK_URL);
      const turned = spawnSync("sh", [here], { encoding: "utf8", env: { ...env, RIG_KIOSK_TRANSFORM: "90" } });
      expect(turned.stderr).toMatch(/RIG_KIOSK_TRANSFORM needs RIG_KIOSK_OUTPUT/);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});

test("the udev rules name every serial port of the reference bench by its USB path, each once", () => {
  const rules = readFileSync(join(root, "deploy", "udev", "70-rig.rules"), "utf8");
  const named = [...rules.matchAll(/ID_PATH\}=="([^"]+)", SYMLINK\+="([^"]+)"/g)].map(([, path, link]) => ({
    path,
    link,
  }));
  const bench = loadBench(join(root, "benches", "rb-1.yaml"));
  const serial = Object.values(bench.ports).flatMap((port) => (port.kind === "serial" ? [port.path] : []));
  expect(named.map(({ link }) => `/dev/${link}`).sort()).toEqual([...new Set(serial)].sort());
  expect(new Set(named.map(({ path }) => path)).size).toBe(named.length);
});
