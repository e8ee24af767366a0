/** Steps that stand in the code of the procedures: those that no explored path entered are listed by `rig check`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

/** Names given as plain text, from all of procedures/: a name that is put together at run time is not found. */
export function stepsInCode(folder: string = join(root, "procedures")): readonly string[] {
  const names = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.[jt]s$/.test(file)) continue;
    for (const match of readFileSync(join(folder, file), "utf8").matchAll(/\bstep\(\s*"((?:[^"\\]|\\.)+)"/g)) {
      names.add(JSON.parse(`"${match[1]}"`) as string);
    }
  }
  return [...names];
}

/** `paths` are full paths of entered steps, joined by " / ". */
export function neverReached(paths: readonly string[], known: readonly string[] = stepsInCode()): readonly string[] {
  const entered = new Set(paths.flatMap((path) => path.split(" / ")));
  return known.filter((name) => !entered.has(name));
}
