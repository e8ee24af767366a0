/** Steps that stand in the code of the procedures: those that no explored path entered are listed by `rig check`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./root.ts";

const folderOfAll = join(root, "procedures");

const codeIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file))
    .sort();

/** The file that defines the procedure and all of the folder that it imports; the whole folder where none defines it. */
export function codeOf(procedure: string, folder: string = folderOfAll): readonly string[] {
  const all = codeIn(folder);
  const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
  const found = new Set(all.filter((file) => textOf(file).includes(`id: "${procedure}",`)));
  if (found.size === 0) return all;
  // A set may grow while it is gone through: what is added is visited too.
  for (const file of found) {
    for (const [, name = ""] of textOf(file).matchAll(/\bfrom\s+"(\.[^"]+)"/g)) {
      const imported = join(dirname(file), name);
      if (all.includes(imported)) found.add(imported);
    }
  }
  return [...found].sort();
}

/** Names given as plain text: a name that is put together at run time is not found. */
export function stepsInCode(
  folder: string = folderOfAll,
  files: readonly string[] = codeIn(folder),
): readonly string[] {
  const names = new Set<string>();
  for (const file of files) {
    for (const match of readFileSync(join(folder, file), "utf8").matchAll(/\bstep\(\s*"((?:[^"\\]|\\.)+)"/g)) {
      names.add(JSON.parse(`"${match[1]}"`) as string);
    }
  }
  return [...names];
}

/** `paths` are full paths of entered steps, joined by " / ". */
export function neverReached(paths: readonly string[], known: readonly string[]): readonly string[] {
  const entered = new Set(paths.flatMap((path) => path.split(" / ")));
  return known.filter((name) => !entered.has(name));
}
