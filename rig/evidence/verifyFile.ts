/** Verifies a file on disk with public keys and exported heads from disk; what `rig verify` and `rig-verify` share. */
import { readFileSync } from "node:fs";
import { publicKeyIn, spkiOf } from "../ledger/signing.ts";
import { type Meaning, meanings } from "../ledger/statement.ts";
import { RigError } from "../model/errors.ts";
import { linesOf, piecesOf } from "./lines.ts";
import { type ExportedHead, type Verified, verify } from "./verify/verifier.ts";
import { exitCodes, wordsOf } from "./words.ts";

export interface VerifyRequest {
  readonly file: string;
  /** Files of public keys. */
  readonly key: readonly string[];
  /** Files of exported heads. */
  readonly head: readonly string[];
  /** What must be signed for exit code 0; any signature when absent. */
  readonly require?: string;
  readonly json: boolean;
}

/** Exit code: 0 whole and signed, 10 whole, not signed as asked, 20 damaged or forged. FILE_UNREADABLE, FILE_INVALID. */
export function verifyFile(request: VerifyRequest, out: (line: string) => void): number {
  const { file, require } = request;
  if (require !== undefined && !(meanings as readonly string[]).includes(require))
    throw new RigError("USAGE", `--require "${require}": one of ${meanings.join(", ")}`);
  const keys = new Set(request.key.map(keyIn));
  const heads = request.head.map(headIn);
  const verified = verify(linesOf(piecesOf(file)), { keys, heads });
  const code = codeOf(verified, require as Meaning | undefined);
  if (request.json) out(JSON.stringify({ file, exitCode: code, ...verified }));
  else {
    for (const line of wordsOf(file, verified)) out(line);
    if (code === 10 && verified.state === "signed" && verified.ledger.left + verified.doubts.length === 0)
      out(`  nobody with a given key has signed "${require}"`);
  }
  return code;
}

function codeOf(verified: Verified, require: Meaning | undefined): number {
  // What was left out may take back what is shown.
  if (verified.state === "signed" && (verified.ledger.left > 0 || verified.doubts.length > 0)) return 10;
  if (verified.state !== "signed" || require === undefined) return exitCodes[verified.state];
  const { edition } = verified.signOff;
  const has = verified.signatures.some(
    (one) => one.state === "good" && one.meaning === require && one.edition === edition,
  );
  return has && (require === "amended" || verified.signOff.state === require || require === "finished") ? 0 : 10;
}

/** @throws RigError FILE_UNREADABLE */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RigError("FILE_UNREADABLE", `cannot read ${path}: ${why}`, { path }, { cause: error });
  }
}

/** The public key in a file, whole. @throws RigError FILE_UNREADABLE, FILE_INVALID */
function keyIn(path: string): string {
  const text = read(path);
  const key = publicKeyIn(text);
  if (key !== undefined) return spkiOf(key);
  const why = text.includes("PRIVATE KEY")
    ? "holds a private key: give its .pub.pem"
    : "holds no Ed25519 public key (PEM)";
  throw new RigError("FILE_INVALID", `${path} ${why}`, { path });
}

const isHash = (data: unknown): data is string => typeof data === "string" && /^[0-9a-f]{64}$/.test(data);

/** What `rig head --out` wrote. @throws RigError FILE_UNREADABLE, FILE_INVALID */
function headIn(path: string): ExportedHead {
  const data = jsonIn(read(path));
  const chain = data?.["chain"] as Readonly<Record<string, unknown>> | undefined;
  const ledger = data?.["ledger"] as Readonly<Record<string, unknown>> | undefined;
  const isHead =
    data?.["is"] === "rig-head" &&
    Number.isSafeInteger(chain?.["run"]) &&
    isHash(chain?.["hash"]) &&
    isHash(chain?.["digest"]) &&
    Number.isSafeInteger(ledger?.["entries"]) &&
    isHash(ledger?.["hash"]);
  if (!isHead) throw new RigError("FILE_INVALID", `${path} is no exported head (rig head --out)`, { path });
  return { file: path, chain, ledger } as unknown as ExportedHead;
}

function jsonIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
