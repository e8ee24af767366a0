/** A run that can be signed, and two people with keys. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openLedger } from "../../../rig/ledger/ledger.ts";
import { amendmentsOf, signaturesOf, signOffOf } from "../../../rig/ledger/signatures.ts";
import { tempDir } from "../store/fixture.ts";
import { addRun, person, type RunMade, type Signer } from "./fixture.ts";

export interface SignBench {
  readonly dir: string;
  readonly run: string;
  readonly ann: Signer;
  readonly quinn: Signer;
}

/** A store with a run, made once for each kind of run; each test gets a copy. */
export function useSignBench(): (of?: RunMade) => Promise<SignBench> {
  const made = new Map<string, SignBench>();
  const templates = mkdtempSync(join(tmpdir(), "rig-sign-"));
  afterAll(() => rmSync(templates, { recursive: true, force: true }));

  async function template(of: RunMade): Promise<SignBench> {
    const known = made.get(JSON.stringify(of));
    if (known !== undefined) return known;
    const dir = join(templates, String(made.size));
    const run = await addRun(dir, of);
    const ann = await person(dir, "Ann Example", "technician");
    const fresh = { dir, run, ann, quinn: await person(dir, "Quinn Example", "qa") };
    made.set(JSON.stringify(of), fresh);
    return fresh;
  }

  return async (of = {}) => {
    const dir = tempDir();
    const from = await template(of);
    cpSync(from.dir, dir, { recursive: true });
    return { ...from, dir };
  };
}

export const entriesOf = async (dir: string): Promise<number> => {
  const ledger = await openLedger(dir);
  const { entries } = ledger.head();
  ledger.close();
  return entries;
};

export const standing = async (dir: string, run: string) => {
  const ledger = await openLedger(dir);
  try {
    return { ...signOffOf(ledger, run), amendments: amendmentsOf(ledger, run).length, all: signaturesOf(ledger, run) };
  } finally {
    ledger.close();
  }
};
