/** Exports from stores with many runs and decisions: cut to what is needed, whole when asked, and verified either way. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exportRun } from "../../../rig/evidence/exportRun.ts";
import { Findings } from "../../../rig/evidence/verify/findings.ts";
import { LedgerPart } from "../../../rig/evidence/verify/ledgerPart.ts";
import { verifyFile } from "../../../rig/evidence/verifyFile.ts";
import { entryLinkOf, withheldOf } from "../../../rig/ledger/entryLink.ts";
import { type Ledger, openLedger, type StoredEntry } from "../../../rig/ledger/ledger.ts";
import { canonical, type Data, sha256 } from "../../../rig/model/data.ts";
import { noHash } from "../../../rig/store/chain.ts";
import { openRaw, type RawReader } from "../../../rig/store/raw.ts";
import { tempDir } from "../store/fixture.ts";
import { addRun, person, type Signer, saidOf, signAs, verified } from "./fixture.ts";

const others = 10_100;
const runs_all = 3000;

let dir: string;
let ann: Signer;
let texts: readonly StoredEntry[];

/** After the true entries, decisions about other things, and last the key of somebody is revoked. */
function lengthened(first: readonly StoredEntry[]): readonly StoredEntry[] {
  const all = [...first];
  let hash = first.at(-1)?.hash ?? noHash;
  for (let i = 0; i < others; i++) {
    const seq = all.length + 1;
    const isLast = i === others - 1;
    const [kind, subject] = isLast ? ["key", "0000000000000000"] : ["calibration", `OTHER-${i}`];
    const body: Data = isLast ? { action: "revoke", reason: "x" } : { n: i };
    const text = canonical({ kind, subject, by: "Lab", body, seq, utc: "2026-01-01T00:00:00.000Z" });
    hash = entryLinkOf(hash, withheldOf({ kind, subject, text }));
    all.push({ seq, kind, subject, text, hash });
  }
  return all;
}

beforeAll(async () => {
  dir = tempDir();
  const run = await addRun(dir);
  ann = await person(dir, "Ann Example", "technician");
  await signAs(dir, run, ann, "finished");
  const ledger = await openLedger(dir);
  texts = ledger.texts();
  ledger.close();
  const raw = await openRaw(dir);
  stored = { run: raw.run(1), events: [...raw.events(1)], series: raw.series(1), hashes: [...raw.hashes()] };
  chunks = new Map(stored.series.map(({ id }) => [id, [...raw.chunks(1, id)]]));
  raw.close();
});

let stored: Pick<
  { [K in keyof RawReader]: RawReader[K] extends (...args: never) => infer R ? R : never },
  "run" | "events" | "series" | "hashes"
>;
let chunks: ReadonlyMap<number, Iterable<{ first: number; count: number; deflated: boolean; data: Uint8Array }>>;

function* manyHashes() {
  yield* stored.hashes;
  for (let run = 2; run <= runs_all; run++) yield { run, hash: sha256(String(run)) };
}

function written(entries: readonly StoredEntry[], whole: boolean, run = stored.run): Buffer {
  const runs: RawReader = {
    run: () => run,
    events: () => stored.events,
    series: () => stored.series,
    chunks: (_run, id) => chunks.get(id) ?? [],
    hashes: manyHashes,
    head: () => ({ run: runs_all, hash: noHash, digest: noHash }),
    ledgersSeen: () => [],
    close: () => undefined,
  };
  const pieces: Buffer[] = [];
  const ledger = { texts: () => entries } as unknown as Ledger;
  exportRun({ runs, ledger, attachment: () => Buffer.alloc(0) }, 1, { whole }, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
}

describe("a long store", () => {
  test("gives 1,000 runs after this one, and all with --chain", () => {
    const cut = verified(written(texts, false), [ann.key]);
    expect(saidOf(cut)).toEqual([]);
    expect(cut).toMatchObject({ state: "signed", chain: { from: 1, to: 1001 } });
    expect(verified(written(texts, true), [ann.key])).toMatchObject({
      state: "signed",
      chain: { from: 1, to: runs_all },
    });
  });

  test("leaves out other entries of more than 10,000 and says how many; keys are never left out; with --chain none is", () => {
    const many = lengthened(texts);
    const cut = verified(written(many, false), [ann.key]);
    expect(saidOf(cut).join()).toMatch(/key 0000000000000000 is revoked but was never registered/);
    expect(cut.ledger).toEqual({ entries: many.length, withheld: 0, left: others - 1 });
    const whole = verified(written(many, true), [ann.key]);
    expect(whole.ledger).toEqual({ entries: many.length, withheld: others - 1, left: 0 });
    expect(written(many, true).length).toBeGreaterThan(10 * written(many, false).length);
  });

  test("of more than 10,000 entries is signed, and never without reserve while some are left out", () => {
    const many = lengthened(texts).slice(0, -1);
    const own = tempDir();
    const file = join(own, "many.jsonl");
    const key = join(own, "ann.pub.pem");
    writeFileSync(key, ann.pair.publicKey.export({ type: "spki", format: "pem" }));
    const codeOf = (whole: boolean): readonly [number, string] => {
      writeFileSync(file, written(many, whole));
      const said: string[] = [];
      return [verifyFile({ file, key: [key], head: [], json: false }, (line) => said.push(line)), said.join("\n")];
    };
    expect(codeOf(false)).toEqual([
      10,
      expect.stringMatching(/^SIGNED, THE LEDGER NOT WHOLE[\s\S]* are not in the file/),
    ]);
    expect(codeOf(true)).toEqual([0, expect.stringMatching(/^WHOLE AND SIGNED/)]);
  });

  test("shows the entry that the run had seen when it began, whatever is left out; another one there is found", () => {
    const many = lengthened(texts);
    const at = many[4999];
    const seen = (hash: string) => {
      const of = JSON.parse(stored.run.head) as Readonly<Record<string, unknown>>;
      const head = JSON.stringify({ ...of, ledger: { entries: 5000, hash } });
      return saidOf(verified(written(many, false, { ...stored.run, head }), [ann.key])).filter((what) =>
        what.includes("5000"),
      );
    };
    expect(seen(at?.hash ?? "")).toEqual([]);
    expect(seen(sha256("other")).join()).toMatch(/entry 5000 of the ledger: is not the one that the run had seen/);
  });

  test("may be cut only then: a gap in a shorter ledger is found", () => {
    const gapTo = (seq: number): readonly string[] => {
      const found = new Findings();
      const part = new LedgerPart(found, []);
      part.gap({ seq, hash: sha256("x") });
      part.end();
      return found.list.map(({ what }) => what);
    };
    expect(gapTo(10_000)).toEqual(["left out: only a ledger of more than 10000 entries is cut"]);
    expect(gapTo(10_001)).toEqual([]);
  });

  test("whose gap hides something is found by the entry after it", () => {
    const lines = written(lengthened(texts), false).toString("utf8").split("\n");
    const gap = lines.findIndex((line) => line.includes('"is":"gap"'));
    const result = verified(Buffer.from(lines.toSpliced(gap, 1).join("\n")), [ann.key]);
    expect(saidOf(result)[0]).toMatch(/entries 3 to \d+ of the ledger: missing/);
  });
});
