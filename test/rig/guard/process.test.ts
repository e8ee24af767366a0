import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openPty } from "../../../drivers/twin/pty.ts";
import { connectGuard } from "../../../rig/guard/client.ts";
import { startTime } from "../../../rig/guard/controllerProcess.ts";
import { gpioInstrument } from "../../../rig/guard/instrument.ts";
import { spawnGuard } from "../../../rig/guard/spawn.ts";
import type { SafeRecipe } from "../../../rig/kinds/kinds.ts";
import { io } from "../../drivers/gpio/context.ts";
import { type FakeTwin, fakeTwin } from "../../drivers/gpio/fakeTwin.ts";
import { hex, step } from "./bench.ts";

const guardProgram = fileURLToPath(new URL("../../../dist/rig/guard/main.js", import.meta.url));
const controllerProgram = fileURLToPath(new URL("./controller.mjs", import.meta.url));
const signal = new AbortController().signal;
const patient = { timeout: 5000, interval: 5 };

let folder: string;
let twin: FakeTwin;
let device: Server;
let got: string;
const children: ChildProcess[] = [];

const path = (name: string): string => join(folder, name);
const log = (): Record<string, unknown>[] =>
  readFileSync(path("guard.log"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const events = (): unknown[] => log().map(({ event }) => event);
const gone = (pid: number): Promise<void> => vi.waitFor(() => expect(startTime(pid)).toBeUndefined(), patient);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
  twin = await fakeTwin(path("gpio.sock"), { EN: false, WD: false, ESTOP: true });
  got = "";
  device = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      got += chunk.toString("latin1");
      if (got.endsWith("OUTP?\n")) socket.write("0\n");
    });
  });
  await new Promise<void>((resolve) => device.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await twin.close();
  await new Promise((resolve) => device.close(resolve));
  rmSync(folder, { recursive: true });
});

function recipes(): SafeRecipe[] {
  const address = device.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const steps = [step(1, "OUTP OFF\n"), step(1, "OUTP?\n", "0", 500)];
  return [
    { name: "source", port: { kind: "tcp", host: "127.0.0.1", port }, quiet_ms: 0, poison_hex: hex("*\n"), steps },
  ];
}

const guardOptions = () => ({
  socket: path("guard.sock"),
  gpio: `twin:${twin.path}`,
  enableLine: "EN",
  watchdogLine: "WD",
  log: path("guard.log"),
  signal,
});

/** The guard and a controller of its own process, with EN high. */
async function energised(list: readonly SafeRecipe[], hold?: unknown) {
  const guard = spawn(
    process.execPath,
    [
      guardProgram,
      "--socket",
      path("guard.sock"),
      "--gpio",
      `twin:${twin.path}`,
      "--lines",
      "EN,WD",
      "--log",
      path("guard.log"),
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  children.push(guard);
  const order = JSON.stringify({ socket: path("guard.sock"), recipes: list, hold });
  const controller = spawn(process.execPath, [controllerProgram, order], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(controller);
  let said = "";
  controller.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  await vi.waitFor(() => expect(said).toMatch(/enabled \d+/), patient);
  expect(twin.levels["EN"]).toBe(true);
  const exit = new Promise<number | null>((resolve) => guard.once("exit", resolve));
  return { guard, controller, exit, said: () => said };
}

describe("the guard's process", () => {
  it("S4 S5: makes the bench safe when the controller is killed", async () => {
    const { controller, exit } = await energised(recipes());
    controller.kill("SIGKILL");
    expect(await exit).toBe(1);
    expect(twin.levels["EN"]).toBe(false);
    expect(got).toBe("*\nOUTP OFF\nOUTP?\n");
    expect(events()).toEqual(expect.arrayContaining(["triggered", "enable-low", "confirmed", "done", "exit"]));
  });

  it("S4 S5: kills a controller that hangs, and then has the serial line that it held", async () => {
    const pty = await openPty(path("load"));
    try {
      const port = { kind: "serial", path: path("load"), baud: 38400 } as const;
      let bytes = "";
      pty.onData((chunk) => {
        bytes += Buffer.from(chunk).toString("latin1");
      });
      const load: SafeRecipe = {
        name: "load",
        port,
        quiet_ms: 5,
        poison_hex: "",
        steps: [step(2, "OFF", undefined, 500)],
      };
      const { controller, exit } = await energised([load, ...recipes()], port);
      const ended = new Promise((resolve) => controller.once("exit", (_, by) => resolve(by)));
      controller.kill("SIGSTOP");
      expect(await ended).toBe("SIGKILL");
      expect(await exit).toBe(1);
      expect(twin.levels["EN"]).toBe(false);
      expect(bytes).toBe("OFF");
      expect(got).toBe("*\nOUTP OFF\nOUTP?\n");
    } finally {
      pty.close();
    }
  });

  it("S4: makes the bench safe and tells the controller when it is terminated itself", async () => {
    const { guard, exit, said } = await energised(recipes());
    guard.kill("SIGTERM");
    expect(await exit).toBe(1);
    expect(twin.levels["EN"]).toBe(false);
    expect(got).toBe("*\nOUTP OFF\nOUTP?\n");
    await vi.waitFor(() => expect(said()).toMatch(/lost .*SIGTERM.*GUARD_LOST/), patient);
  });

  it("S11: leaves the watchdog line still when it is killed itself, and the controller knows", async () => {
    const { guard, said } = await energised(recipes());
    guard.kill("SIGKILL");
    await vi.waitFor(() => expect(said()).toMatch(/lost .*GUARD_LOST/), patient);
    expect(got).toBe("");
  });

  it("ends low, and without a byte on any port, when it is released", async () => {
    const { controller, exit, said } = await energised(recipes());
    controller.stdin.write("release\n");
    expect(await exit).toBe(0);
    expect(said()).toContain("released");
    expect(twin.levels["EN"]).toBe(false);
    expect(got).toBe("");
  });
});

describe("the guard started by the controller", () => {
  it("serves the lines, forwards edges, and only to its owner", async () => {
    const guard = await spawnGuard(guardOptions());
    expect(guard.pid).toBeGreaterThan(1);
    expect(statSync(path("guard.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(path("guard.log")).mode & 0o777).toBe(0o600);
    const gpio = gpioInstrument(guard);
    await guard.arm([]);
    const beats = setInterval(() => guard.beat(), 50);
    await gpio.call.enable({ on: true }, io());
    expect((await gpio.call.read({}, io()))["EN"]).toBe(true);
    const edge = new Promise((resolve) => guard.onEdge(resolve));
    twin.edge("ESTOP", false);
    expect(await edge).toMatchObject({ line: "ESTOP", high: false });
    expect(guard.lines()["ESTOP"]).toBe(false);
    gpio.fence("test");
    await expect(gpio.call.enable({ on: true }, io())).rejects.toMatchObject({ code: "PORT_FENCED" });
    clearInterval(beats);
    await guard.release();
    await gone(guard.pid);
    expect(guard.lost.aborted).toBe(false);
    expect(twin.levels["EN"]).toBe(false);
  });

  it("refuses a second controller and goes on with the first", async () => {
    const guard = await spawnGuard(guardOptions());
    const second = connectGuard({ socket: path("guard.sock"), signal, within_ms: 1000 });
    await expect(second).rejects.toThrow(/already has a controller.*GUARD_LOST/);
    await guard.arm([]);
    await guard.release();
    await gone(guard.pid);
  });

  it("counts as lost when it leaves beats unanswered", async () => {
    const guard = await spawnGuard(guardOptions());
    process.kill(guard.pid, "SIGSTOP");
    for (let beats = 0; beats < 10; beats += 1) guard.beat();
    expect(guard.lost.aborted).toBe(false);
    guard.beat();
    expect(guard.lost.reason).toMatchObject({ code: "GUARD_LOST" });
    await expect(guard.enable(true, io())).rejects.toMatchObject({ code: "GUARD_LOST" });
    process.kill(guard.pid, "SIGKILL");
    await gone(guard.pid);
  });

  it("refuses to enable unarmed, and says why", async () => {
    const guard = await spawnGuard(guardOptions());
    await expect(guard.enable(true, io())).rejects.toThrow(/arm the guard before enabling/);
    await guard.release();
    await gone(guard.pid);
  });

  it("says where to look when it does not start", async () => {
    const start = spawnGuard({ ...guardOptions(), enableLine: "NOPE" });
    await expect(start).rejects.toThrow(/did not start.*guard\.log.*GUARD_LOST/);
    expect(readFileSync(path("guard.log"), "utf8")).toContain("there is no line NOPE here; there are EN, WD, ESTOP");
  });

  it("does not outlive a start that was called off", async () => {
    const end = new AbortController();
    const starting = spawnGuard({ ...guardOptions(), signal: end.signal });
    end.abort(new Error("Ctrl-C"));
    await expect(starting).rejects.toThrow("Ctrl-C");
    const holding = (): string[] =>
      execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes(path("guard.sock")));
    await vi.waitFor(() => expect(holding()).toEqual([]), patient);
  });

  it("takes over the socket that a killed guard left behind", async () => {
    const first = await spawnGuard(guardOptions());
    process.kill(first.pid, "SIGKILL");
    await gone(first.pid);
    const second = await spawnGuard(guardOptions());
    await second.release();
    await gone(second.pid);
  });

  it("refuses a socket path that is too long", async () => {
    const start = spawnGuard({ ...guardOptions(), socket: path("x".repeat(120)) });
    await expect(start).rejects.toMatchObject({ code: "USAGE" });
  });
});
