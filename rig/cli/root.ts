/** Where the package's own data files are, from sources and from dist alike. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RigError } from "../model/errors.ts";

function findRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "benches"))) return folder;
    if (folder === dirname(folder)) throw new RigError("FILE_UNREADABLE", "the package's folder was not found");
  }
}

export const root: string = findRoot();
export const version: string = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string })
  .version;
