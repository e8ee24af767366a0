/** What may cross the journal, its canonical text and its hash. */
import { createHash } from "node:crypto";

/** All that may cross the journal: a reply is replayed from its stored form, so it must survive encoding. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [k: string]: Data };

/** JSON with sorted keys and no spaces: equal data give equal text. Refuses what JSON would change silently. */
export function canonical(data: Data): string {
  if (data === null || typeof data === "boolean" || typeof data === "string") return JSON.stringify(data);
  if (typeof data === "number") {
    if (!Number.isFinite(data)) throw new TypeError(`a record cannot hold ${data}`);
    return JSON.stringify(data);
  }
  if (Array.isArray(data)) return `[${data.map(canonical).join(",")}]`;
  const object = data as { readonly [k: string]: Data };
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key] as Data)}`);
  return `{${members.join(",")}}`;
}

export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/** Content hash of data, independent of key order. */
export const hashOf = (data: Data): string => sha256(canonical(data));
