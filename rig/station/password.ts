/** Passwords and PINs by scrypt, with the parameters beside the hash so that they can rise without locking anybody out. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { RigError } from "../model/errors.ts";

export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about 0.3 s on the reference machine: N, r and p of OWASP's password storage advice for scrypt. */
export const cost: Cost = { N: 2 ** 17, r: 8, p: 1 };
const key_bytes = 32;
const shortest = 8;
const longest = 200;

/** @throws RigError USAGE for a secret that is too short or too long, or nothing but the name */
export function checkSecret(name: string, secret: string): void {
  const length = [...secret].length;
  if (length < shortest || length > longest) {
    throw new RigError("USAGE", `a password or PIN has ${shortest} to ${longest} characters, this one has ${length}`);
  }
  if (secret.toLowerCase() === name.toLowerCase()) throw new RigError("USAGE", "the password may not be the name");
  if (new Set(secret).size < 4) throw new RigError("USAGE", "the password needs at least 4 different characters");
}

function derived(secret: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r };
    scrypt(secret.normalize("NFKC"), salt, key_bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** `scrypt$N$r$p$salt$key`, salt and key in base64. */
export async function hashOfSecret(secret: string, { N, r, p }: Cost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derived(secret, salt, { N, r, p });
  return ["scrypt", N, r, p, salt.toString("base64"), key.toString("base64")].join("$");
}

/** What no password matches, at the same cost. */
const nobody = ({ N, r, p }: Cost): string =>
  ["scrypt", N, r, p, Buffer.alloc(16).toString("base64"), Buffer.alloc(key_bytes).toString("base64")].join("$");

/** False too for no hash at all, after as long a time: whether an account exists does not show. */
export async function matchesSecret(secret: string, hash: string | undefined, usual: Cost): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = (hash ?? nobody(usual)).split("$");
  const expected = Buffer.from(key, "base64");
  const seen = await derived(secret, Buffer.from(salt, "base64"), { N: Number(N), r: Number(r), p: Number(p) });
  return hash !== undefined && seen.length === expected.length && timingSafeEqual(seen, expected);
}
