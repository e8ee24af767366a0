/** Where the station listens, by which names it is called, and the certificate that proves them. Everything wrong is said at the start. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { RigError } from "../../model/errors.ts";

export interface NetworkOptions {
  readonly host: string;
  readonly port: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Names by which pages call the station, besides those of the certificate. */
  readonly name?: readonly string[];
}

export interface Network {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  /** Absent: only this machine is answered. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly handshakeTimeout: number };
  /** What whoever starts it should know. */
  readonly notes: readonly string[];
}

/** What ends sooner is said. */
export const soon_days = 30;
const day_ms = 86_400_000;
const handshake_ms = 5000;
const everywhere = ["0.0.0.0", "::", "[::]", "*"];
const howTo = "docs/station-security.md says how to make one";

/** @throws RigError USAGE, FILE_UNREADABLE, FILE_INVALID; nothing was opened then */
export function networkOf(options: NetworkOptions, now_ms = Date.now()): Network {
  const { host, tlsCert, tlsKey } = options;
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new RigError("USAGE", `--port "${options.port}": 0 to 65535`);
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new RigError("USAGE", "--tls-cert and --tls-key go together");
  if (tlsCert === undefined || tlsKey === undefined) return local(options, port);
  const [cert, key] = [read(tlsCert), read(tlsKey)];
  const certificate = certificateIn(tlsCert, cert);
  if (!certificate.checkPrivateKey(keyIn(tlsKey, key))) {
    throw new RigError("FILE_INVALID", `${tlsKey} is not the key of ${tlsCert}: give the two that were made together`);
  }
  const notes = validity(tlsCert, certificate, now_ms);
  const names = namesOf(options, tlsCert, certificate);
  return { host: host === "*" ? "::" : host, port, names, notes, tls: { cert, key, handshakeTimeout: handshake_ms } };
}

/** `name:port` as browsers write it; the usual port of the protocol is left out by them. */
export const hostsOf = (names: readonly string[], port: number, secure: boolean): readonly string[] =>
  names.map((name) => (port === (secure ? 443 : 80) ? name : `${name}:${port}`));

function local({ host, name = [] }: NetworkOptions, port: number): Network {
  if (name.length > 0)
    throw new RigError("USAGE", "--name is for a station on the network: give --tls-cert and --tls-key");
  const made = { host, port, notes: [] };
  if (host === "127.0.0.1" || host === "localhost") return { ...made, names: ["127.0.0.1", "localhost"] };
  if (host === "::1") return { ...made, names: ["[::1]", "localhost"] };
  throw new RigError(
    "USAGE",
    `--host ${host} is not this machine alone: give --tls-cert and --tls-key, or leave --host out`,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new RigError("FILE_UNREADABLE", `${file}: ${(cause as Error).message}`, {}, { cause });
  }
}

function certificateIn(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new RigError("FILE_INVALID", `${file} holds no certificate in PEM; ${howTo}`, {}, { cause });
  }
}

function keyIn(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const locked = text.includes("ENCRYPTED");
    const what = locked
      ? "has a passphrase, and nobody is there to type it when the station starts"
      : "holds no private key in PEM";
    throw new RigError("FILE_INVALID", `${file} ${what}; ${howTo}`, {}, { cause });
  }
}

function validity(file: string, { validFrom, validTo }: X509Certificate, now_ms: number): readonly string[] {
  if (Date.parse(validTo) <= now_ms) {
    throw new RigError("FILE_INVALID", `${file} expired on ${day(validTo)}: browsers refuse it; ${howTo}`);
  }
  if (Date.parse(validFrom) > now_ms) {
    throw new RigError("FILE_INVALID", `${file} is valid from ${day(validFrom)}: set the clock right, or make it anew`);
  }
  const left_days = Math.floor((Date.parse(validTo) - now_ms) / day_ms);
  return left_days < soon_days ? [`${file} expires on ${day(validTo)}, in ${left_days} days: make a new one`] : [];
}

const day = (text: string): string => new Date(Date.parse(text)).toISOString().slice(0, 10);

/** Pages are answered under these names only; a certificate that does not have them would be refused by browsers. */
function namesOf({ host, name: given = [] }: NetworkOptions, file: string, certificate: X509Certificate) {
  const proved = provedBy(certificate);
  const own = everywhere.includes(host) ? [] : [host];
  const wanted = [...own, ...given].map((name) => name.toLowerCase());
  for (const name of wanted) {
    const covered = isIP(name) > 0 ? certificate.checkIP(name) : certificate.checkHost(name);
    if (covered === undefined) {
      const has = proved.length > 0 ? proved.join(", ") : "no name at all";
      throw new RigError("USAGE", `${file} does not prove the name ${name}: it has ${has}`);
    }
  }
  // As browsers write an address.
  const names = [...new Set([...wanted, ...proved])].map((name) =>
    isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname : name,
  );
  if (names.length === 0) {
    throw new RigError("USAGE", `--host ${host} answers on every address, and ${file} has no name: give --name`);
  }
  return names;
}

/** Names and addresses of the certificate; one with a star is no name that a page could be called by. */
function provedBy({ subjectAltName = "" }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(", ")
    .map((one) => /^(?:DNS|IP Address):(.+)$/.exec(one)?.[1]?.toLowerCase() ?? "")
    .filter((name) => name !== "" && !name.includes("*") && !/["\\]/.test(name));
}
