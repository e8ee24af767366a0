/**
 * Opens the lines by their address: `chip:<label>`, `sysfs:<label>` or `twin:<path of the twin's socket>`. What a back end
 * needs is loaded with it.
 */
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend } from "./backend.ts";
import type { LineMap } from "./lineMap.ts";
import { connectTwinGpio } from "./twinSocket.ts";

/**
 * `map` says which line of the chip is which line of the bench file; a twin knows its lines by name and needs none.
 * @throws RigError USAGE, PORT_OPEN_FAILED, BENCH_INVALID
 */
export async function openGpio(address: string, signal: AbortSignal, map: LineMap = {}): Promise<GpioBackend> {
  signal.throwIfAborted();
  const [kind, name] = splitOnce(address);
  if (name !== "") {
    if (kind === "twin") return connectTwinGpio(name, signal);
    if (kind === "chip") {
      const { openChardev } = await import("./chardev.ts");
      return openChardev(name, withLines(map, address));
    }
    if (kind === "sysfs") {
      const { openOnoff } = await import("./onoff.ts");
      return openOnoff(name, withLines(map, address));
    }
  }
  const forms = "write chip:<label>, sysfs:<label> or twin:<path of the twin's socket>";
  throw new RigError("USAGE", `"${address}" names no lines: ${forms}`, { address });
}

function withLines(map: LineMap, address: string): LineMap {
  if (Object.keys(map).length > 0) return map;
  throw new RigError("USAGE", `"${address}" needs to know which line is which: give a map, as in EN=17:out,ESTOP=9:in`);
}

function splitOnce(address: string): [string, string] {
  const at = address.indexOf(":");
  return at < 0 ? [address, ""] : [address.slice(0, at), address.slice(at + 1)];
}
