/** Notes of a run, for tests. */
import type { Data } from "../../rig/model/data.ts";

/** The body of a note of this kind, or nothing. */
export function noteOf(event: { readonly type: string; readonly body?: Data }, kind: string): Record<string, Data>[] {
  const body = event.type === "note" ? event.body : undefined;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return [];
  const fields = body as Record<string, Data>;
  return fields["kind"] === kind ? [fields] : [];
}
