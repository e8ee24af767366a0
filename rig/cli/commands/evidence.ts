/** `rig export`, `rig verify`, `rig attach`, `rig head`: evidence that leaves the store. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { exportRun } from "../../evidence/exportRun.ts";
import { type VerifyRequest, verifyFile } from "../../evidence/verifyFile.ts";
import { doubtText } from "../../ledger/doubtFold.ts";
import { openDoubtsOf } from "../../ledger/doubts.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { requireSeen } from "../../ledger/seen.ts";
import { canonical } from "../../model/data.ts";
import { RigError } from "../../model/errors.ts";
import { printable } from "../../model/printable.ts";
import { idOf } from "../../store/ids.ts";
import { openRaw } from "../../store/raw.ts";
import { attachKept, checkAttaching } from "../attaching.ts";
import { keepFile, keptFile } from "../attachmentFiles.ts";
import { checkLabel } from "../inputs.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

/** Not the disk's fault but that of who named the file. */
const wrongPath: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "EROFS"]);

/** A file that is whole or not there: written beside it, flushed, renamed. @throws RigError FILE_UNREADABLE, STORAGE_FAILED */
function writeWhole<R>(path: string, write: (piece: (bytes: Buffer) => void) => R): R {
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(fresh, "wx", 0o644);
    try {
      const result = write((bytes) => writeAll(file, bytes));
      fsyncSync(file);
      renameSync(fresh, path);
      return result;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(fresh, { force: true });
    if (!(error instanceof Error && "syscall" in error)) throw error;
    const isPath = wrongPath.has((error as NodeJS.ErrnoException).code ?? "");
    const code = isPath ? "FILE_UNREADABLE" : "STORAGE_FAILED";
    throw new RigError(code, `cannot write ${path}: ${error.message}`, { path }, { cause: error });
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

export interface ExportOptions {
  readonly store: string;
  readonly out?: string;
  readonly chain: boolean;
  readonly json: boolean;
}

export async function exportEvidence(run: string, options: ExportOptions): Promise<void> {
  const { store } = options;
  const runs = await openRaw(store);
  const ledger = await openLedger(store);
  try {
    const attachment = (hash: string) => keptFile(store, hash);
    const { id } = runs.run(run);
    const path = options.out ?? `${id}.evidence.jsonl`;
    const done = writeWhole(path, (piece) =>
      exportRun({ runs, ledger, attachment }, run, { whole: options.chain }, piece),
    );
    const inDoubt = openDoubtsOf(ledger, { id }).map(doubtText);
    if (options.json) return out(JSON.stringify({ file: path, ...done, inDoubt }));
    const mark = done.simulated ? "   SIMULATED" : "";
    out(`${path}: ${id}, ${(done.bytes / 1e6).toFixed(1)} MB, fingerprint ${done.fingerprint.slice(0, 16)}${mark}`);
    for (const doubt of inDoubt) out(`  ${printable(doubt)}`);
    out(`  rig verify ${path} --key PUBLIC.pem`);
  } finally {
    ledger.close();
    runs.close();
  }
}

export const verifyEvidence = (request: VerifyRequest): number => verifyFile(request, out);

export interface AttachOptions {
  readonly store: string;
  readonly by?: string;
  readonly text?: string;
  readonly json: boolean;
}

export async function attach(run: string, path: string, options: AttachOptions): Promise<void> {
  if (options.by === undefined) throw new RigError("USAGE", "--by is missing: who keeps this file with the run");
  const by = checkLabel("name of who attaches", options.by);
  const runs = await openRaw(options.store);
  const { id } = runs.run(run);
  runs.close();
  const what = options.text ?? basename(path);
  const attaching = { id, by, name: basename(path), text: what };
  checkAttaching(attaching);
  const kept = keepFile(options.store, path);
  const entry = await attachKept(options.store, attaching, kept);
  if (options.json) return out(JSON.stringify(entry));
  out(
    `${basename(path)} (${kept.bytes} bytes) is kept with ${id}: entry ${entry.seq} of the ledger, SHA-256 ${kept.hash}`,
  );
}

export interface HeadOptions {
  readonly store: string;
  readonly out?: string;
  readonly json: boolean;
}

/** Where chain and ledger stand: kept elsewhere, it shows later that nothing before it was removed. */
export async function head(options: HeadOptions): Promise<void> {
  const runs = await openRaw(options.store);
  const ledger = await openLedger(options.store);
  try {
    const fault = ledger.fault();
    if (fault !== undefined) throw new RigError("STORAGE_FAILED", `the ledger of ${options.store}: ${fault}`, {});
    requireSeen(ledger, runs.ledgersSeen(), options.store);
    const [chain, last] = [runs.head(), ledger.head()];
    const data = {
      is: "rig-head",
      version: 1,
      utc: new Date().toISOString(),
      chain: { ...chain },
      ledger: { ...last },
    };
    const text = `${canonical(data)}\n`;
    if (options.out !== undefined) writeWhole(options.out, (piece) => piece(Buffer.from(text, "utf8")));
    if (options.json) return out(text.trimEnd());
    out(`run     ${chain.run === 0 ? "none" : idOf(chain.run)}  ${chain.hash}`);
    out(`digest  ${chain.digest}`);
    out(`ledger  ${last.entries} entries  ${last.hash}`);
    if (options.out !== undefined) out(`written to ${options.out}`);
  } finally {
    ledger.close();
    runs.close();
  }
}
