/** Where the station listens and by which names: everything that is wrong is one clear line before anything is opened. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostsOf, type NetworkOptions, networkOf } from "../../../rig/cli/commands/serveNetwork.ts";

const folder = mkdtempSync(join(tmpdir(), "rig-tls-"));
const file = (name: string): string => join(folder, name);
/** A while after the certificates were made. */
const now_ms = Date.now() + 3_600_000;
const day_ms = 86_400_000;

function make(name: string, san: string, ...more: readonly string[]): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file(`${name}.key`)];
  const names = san === "" ? [] : ["-addext", `subjectAltName=${san}`];
  const args = ["req", "-x509", ...key, "-out", file(`${name}.pem`), "-subj", "/CN=rig", ...names, ...more];
  execFileSync("openssl", args, { stdio: "pipe" });
}

const openssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!openssl)("the station on the network", () => {
  beforeAll(() => {
    make("lab", "DNS:rig-1.lab.example,DNS:*.wild.example,IP:127.0.0.1,IP:fd00::7", "-days", "365");
    make("other", "DNS:other.example", "-days", "10");
    make("nameless", "", "-days", "365");
    writeFileSync(file("text.pem"), "hello");
    const locked = ["pkey", "-in", file("lab.key"), "-aes256", "-passout", "pass:secret", "-out", file("locked.key")];
    execFileSync("openssl", locked, { stdio: "pipe" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tls = (cert = "lab", key = cert): Partial<NetworkOptions> => ({
    tlsCert: file(`${cert}.pem`),
    tlsKey: file(`${key}.key`),
  });
  const of = (part: Partial<NetworkOptions>, at_ms = now_ms) =>
    networkOf({ host: "0.0.0.0", port: "8420", ...part }, at_ms);

  test("on every address it answers to the names of the certificate, and to no name with a star", () => {
    const { names, host, notes } = of(tls());
    expect([names, host, notes]).toEqual([["rig-1.lab.example", "127.0.0.1", "[fd00::7]"], "0.0.0.0", []]);
  });

  test("names may be given besides, when the certificate proves them", () => {
    expect(of({ ...tls(), name: ["A.wild.example"] }).names[0]).toBe("a.wild.example");
    expect(of({ ...tls(), host: "127.0.0.1" }).names[0]).toBe("127.0.0.1");
  });

  test("browsers leave the usual port out", () => {
    expect(hostsOf(["rig", "[::1]"], 443, true)).toEqual(["rig", "[::1]"]);
    expect(hostsOf(["rig"], 443, false)).toEqual(["rig:443"]);
  });

  test("a certificate that ends soon is told at the start", () => {
    expect(of(tls("other")).notes.join()).toMatch(/other\.pem expires on \d{4}-\d\d-\d\d, in 9 days: make a new one/);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["the network without TLS", () => of({}), /--host 0\.0\.0\.0 is not this machine alone: give --tls-cert/],
    ["half of the files", () => of({ tlsCert: file("lab.pem") }), /--tls-cert and --tls-key go together/],
    ["a name without TLS", () => of({ host: "127.0.0.1", name: ["rig"] }), /--name is for a station on the network/],
    ["a file that is not there", () => of({ ...tls(), tlsCert: file("none.pem") }), /none\.pem: ENOENT/],
    ["a folder", () => of({ ...tls(), tlsKey: folder }), /EISDIR/],
    [
      "a text for a certificate",
      () => of({ ...tls(), tlsCert: file("text.pem") }),
      /text\.pem holds no certificate in PEM/,
    ],
    ["a key for a certificate", () => of({ ...tls(), tlsCert: file("lab.key") }), /lab\.key holds no certificate/],
    [
      "a certificate for a key",
      () => of({ ...tls(), tlsKey: file("lab.pem") }),
      /lab\.pem holds no private key in PEM/,
    ],
    ["the key of another certificate", () => of(tls("lab", "other")), /other\.key is not the key of .*lab\.pem/],
    ["a key with a passphrase", () => of(tls("lab", "locked")), /locked\.key has a passphrase, and nobody is there/],
    ["an expired certificate", () => of(tls(), now_ms + 366 * day_ms), /lab\.pem expired on \d{4}/],
    [
      "one that is not valid yet",
      () => of(tls(), now_ms - 30 * day_ms),
      /lab\.pem is valid from \d{4}.*set the clock right/,
    ],
    [
      "a name that it has not",
      () => of({ ...tls(), name: ["x.example"] }),
      /does not prove the name x\.example: it has rig-1/,
    ],
    ["a host that it has not", () => of({ ...tls(), host: "10.0.0.7" }), /does not prove the name 10\.0\.0\.7/],
    [
      "no name at all",
      () => of(tls("nameless")),
      /answers on every address, and .*nameless\.pem has no name: give --name/,
    ],
    ["a port that is none", () => of({ port: "http" }), /--port "http": 0 to 65535/],
  ])("%s is refused with one line", (_, start, message) => {
    let said = "";
    try {
      start();
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
    expect(said).not.toContain("\n");
  });
});
