/** Copies of a store's databases, made by SQLite from one state each while a writer works, that fit each other. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openLedger } from "../../ledger/ledger.ts";
import { lacking } from "../../ledger/seen.ts";
import { openToRead, type Shape } from "../../store/database.ts";
import { openReader } from "../../store/reader.ts";
import { sync } from "./files.ts";

/** Called when one database is copied. */
export type Copied = (file: string) => Promise<void> | void;

async function snapshot(store: string, shape: Shape, to: string): Promise<void> {
  const db = await openToRead(store, shape, "older too");
  try {
    db.prepare("VACUUM INTO ?").run(join(to, shape.file));
  } finally {
    db.close();
  }
  await sync(join(to, shape.file));
}

/** A run may begin between the two copies, having seen a decision that the first one has not yet. */
const tries_max = 3;

/** Databases of a store, each from one state; the ledger first among `shapes`. */
export async function snapshots(store: string, shapes: readonly Shape[], to: string, copied: Copied): Promise<void> {
  for (let tried = 1; ; tried++) {
    for (const shape of shapes) {
      await snapshot(store, shape, to);
      await copied(shape.file);
    }
    if (tried === tries_max || (await lackingIn(to)) === undefined) return;
    for (const shape of shapes) await rm(join(to, shape.file));
  }
}

/** What runs had seen of the ledger and is not in it. */
export async function lackingIn(dir: string): Promise<string | undefined> {
  const ledger = await openLedger(dir, "older too");
  try {
    const reader = await openReader(dir, "older too");
    try {
      return lacking(ledger, reader.ledgersSeen());
    } finally {
      reader.close();
    }
  } finally {
    ledger.close();
  }
}
