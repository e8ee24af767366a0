/**
 * Private keys on disk: PKCS#8 encrypted by PBES2 with scrypt and AES-256-CBC (RFC 5958, RFC 8018, RFC 7914 section 7),
 * so that OpenSSL reads them too; node's own export offers PBKDF2 with few rounds only. Read and write by their owner
 * alone. A file that anybody else can read is refused: its passphrase is all that is left then.
 */
import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  scryptSync,
} from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { RigError } from "../model/errors.ts";

/** 16 MiB a guess; OpenSSL reads no more than 32 MiB. Some 0.2 s on a desk computer. */
const cost = { N: 16_384, r: 8, p: 5 } as const;
const maxmem = 64 * 2 ** 20;

const derLength = (n: number): Buffer => {
  if (n < 0x80) return Buffer.from([n]);
  return n < 0x100 ? Buffer.from([0x81, n]) : Buffer.from([0x82, n >> 8, n & 0xff]);
};
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), derLength(body.length), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const octets = (bytes: Buffer): Buffer => der(0x04, bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

const pbes2 = oid("2a864886f70d01050d");
const scrypt = oid("2b06010401da47040b");
const aes256cbc = oid("60864801650304012a");

/** PEM text. */
export function encrypted(privateKey: KeyObject, passphrase: string): string {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = scryptSync(Buffer.from(passphrase, "utf8"), salt, 32, { ...cost, maxmem });
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const plain = privateKey.export({ type: "pkcs8", format: "der" });
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const kdf = sequence(scrypt, sequence(octets(salt), integer(cost.N), integer(cost.r), integer(cost.p), integer(32)));
  const info = sequence(sequence(pbes2, sequence(kdf, sequence(aes256cbc, octets(iv)))), octets(data));
  const lines = info.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines.join("\n")}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** On disk when it returns. @throws RigError FILE_UNREADABLE when it is there already or cannot be written */
export function writeNew(path: string, content: string | Buffer, mode: number): void {
  try {
    const file = openSync(path, "wx", mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new RigError("FILE_UNREADABLE", `cannot write ${path}: ${reason(error)}`, { path }, { cause: error });
  }
}

/** Text of a file that only its owner can read. @throws RigError FILE_UNREADABLE, KEY_REFUSED */
export function readPrivate(path: string, what: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new RigError(
      "FILE_UNREADABLE",
      `cannot read the ${what} ${path}: ${reason(error)}`,
      { path },
      { cause: error },
    );
  }
  try {
    const { mode, uid } = fstatSync(file);
    if ((mode & 0o077) !== 0) {
      const is = (mode & 0o777).toString(8).padStart(4, "0");
      throw new RigError(
        "KEY_REFUSED",
        `others can read or write the ${what} ${path} (mode ${is}): chmod 600 ${path}`,
        {},
      );
    }
    if (process.getuid !== undefined && uid !== process.getuid())
      throw new RigError("KEY_REFUSED", `the ${what} ${path} belongs to another user of this machine`, {});
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

export interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** @throws RigError FILE_UNREADABLE; KEY_REFUSED for a mode that is too open, no encrypted key, a wrong passphrase */
export const openKeyFile = (path: string, passphrase: string): OpenedKey =>
  openKey(readPrivate(path, "key file"), passphrase, path);

/** `pem`: the text of such a file; `path`: how it is called in errors. @throws RigError KEY_REFUSED */
export function openKey(pem: string, passphrase: string, path: string): OpenedKey {
  if (!pem.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    throw new RigError("KEY_REFUSED", `${path} holds no encrypted private key (PKCS#8, PEM)`, {});
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    throw new RigError("KEY_REFUSED", `wrong passphrase for ${path}, or the file is damaged`, {}, { cause: error });
  }
  if (privateKey.asymmetricKeyType !== "ed25519")
    throw new RigError("KEY_REFUSED", `${path} holds a key of type ${privateKey.asymmetricKeyType}, not Ed25519`, {});
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
