/** After controller and guard both died the watchdog relay has dropped, and `rig safe` must do the rest by the ports. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stillOn } from "./judge.ts";
import type { SweepRig } from "./rig.ts";
import { apply, atRest, isOff } from "./trace.ts";

const program = fileURLToPath(new URL("../../rig/cli/main.js", import.meta.url));
const ended_ms = 30_000;

/** What is not safe afterwards, in words: by what the command claims, and by the twin's own log. */
export async function safeAfterwards(rig: SweepRig): Promise<readonly string[]> {
  const said = await rigSafe(rig.twinFolder);
  const bench = atRest();
  for (const event of rig.world) apply(bench, event);
  const unsafe: string[] = [];
  if (!isOff(bench)) unsafe.push(`after rig safe ${stillOn(bench)}`);
  if (said.exit !== 0) unsafe.push(`rig safe ended with ${said.exit}: ${said.text.slice(-400)}`);
  return unsafe;
}

async function rigSafe(ports: string): Promise<{ readonly exit: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, "safe", "--ports", ports], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), ended_ms);
  const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return { exit, text };
}
