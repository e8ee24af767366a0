/** The store opened for one answer and closed again, whatever happens. */
import { existsSync } from "node:fs";
import { RigError } from "../../model/errors.ts";
import { storeFile } from "../../store/database.ts";
import { type Measures, openMeasures } from "../../store/measures.ts";
import { openReader, type Reader } from "../../store/reader.ts";

/** Undefined where there is no store yet. */
export async function withReader<R>(store: string, body: (reader: Reader) => R | Promise<R>): Promise<R | undefined> {
  if (!existsSync(storeFile(store))) return undefined;
  const reader = await openReader(store);
  try {
    return await body(reader);
  } finally {
    reader.close();
  }
}

/** For an answer that needs a run. @throws RigError RUN_UNKNOWN where there is no store yet */
export async function mustRead<R extends object>(store: string, body: (reader: Reader) => R | Promise<R>): Promise<R> {
  const found = await withReader(store, body);
  if (found === undefined) throw new RigError("RUN_UNKNOWN", "there is no run yet");
  return found;
}

export async function withMeasures<R>(store: string, body: (measures: Measures) => R): Promise<R | undefined> {
  if (!existsSync(storeFile(store))) return undefined;
  const measures = await openMeasures(store);
  try {
    return body(measures);
  } finally {
    measures.close();
  }
}
