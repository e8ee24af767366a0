/** Values of a document that must be unique. */
import type { Document, Path } from "./document.ts";

/** The second use of a value that must be unique is the one to point at. */
export function refuseRepeats(
  document: Pick<Document<unknown>, "refuse">,
  uses: Iterable<readonly [string, Path]>,
  remedy: string,
): void {
  const seen = new Map<string, Path>();
  for (const [value, path] of uses) {
    const before = seen.get(value);
    if (before) document.refuse(path, `${value} is used twice, also by ${before.map(String).join(".")}`, remedy);
    seen.set(value, path);
  }
}
