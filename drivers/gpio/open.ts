/** Opens the lines by their address: `twin:<socket>`. Real chips come with their own back ends beside this file. */
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend } from "./backend.ts";
import { connectTwinGpio } from "./twinSocket.ts";

/** @throws RigError USAGE, PORT_OPEN_FAILED */
export async function openGpio(address: string, signal: AbortSignal): Promise<GpioBackend> {
  const [kind, path] = splitOnce(address);
  if (kind === "twin" && path !== "") return connectTwinGpio(path, signal);
  throw new RigError("USAGE", `"${address}" names no lines: write twin:<path of the twin's socket>`, { address });
}

function splitOnce(address: string): [string, string] {
  const at = address.indexOf(":");
  return at < 0 ? [address, ""] : [address.slice(0, at), address.slice(at + 1)];
}
