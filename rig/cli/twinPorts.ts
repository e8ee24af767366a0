/** The ports of a running twin, and a bench file with them in place of its own. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TwinPorts as PortsFile } from "../../drivers/twin/server.ts";
import type { Bench, PortAddress } from "../model/bench.ts";
import { RigError } from "../model/errors.ts";

/** What `rig twin` says of itself in `<dir>/ports.json`. */
export interface TwinPorts extends Omit<PortsFile, "ports"> {
  readonly ports: Readonly<Record<string, PortAddress>>;
}

/** What a running twin wrote into its folder. */
export function twinPorts(folder: string): TwinPorts {
  const file = join(folder, "ports.json");
  if (!existsSync(file)) {
    throw new RigError("FILE_UNREADABLE", `${file} is missing: start the twin first (rig twin --dir ${folder})`);
  }
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TwinPorts;
  } catch (error) {
    throw new RigError(
      "FILE_INVALID",
      `${file} is no JSON: the twin is not ready, or wrote to another folder`,
      {},
      { cause: error },
    );
  }
}

/** The twin's ports in place of the bench's own. */
export function withPorts(bench: Bench, twin: TwinPorts | undefined): Bench {
  if (!twin) return bench;
  if (twin.bench !== bench.id) {
    throw new RigError("USAGE", `the twin simulates bench ${twin.bench}, the run asks for ${bench.id}`);
  }
  const missing = Object.keys(bench.ports).filter((name) => !(name in twin.ports));
  if (missing.length > 0) throw new RigError("USAGE", `the twin has no port ${missing.join(", ")}`);
  return { ...bench, ports: twin.ports };
}
