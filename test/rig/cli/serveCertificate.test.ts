/** A renewed certificate is served without a restart; a bad one is refused and the old one stays. */
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Renewal } from "../../../rig/cli/commands/serveCertificate.ts";

const folder = mkdtempSync(join(tmpdir(), "rig-renewed-"));
const file = (name: string): string => join(folder, name);
const day_ms = 86_400_000;

function make(name: string, san: string, days: number): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file(`${name}.key`)];
  const more = ["-subj", "/CN=rig", "-addext", `subjectAltName=${san}`, "-days", String(days)];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", file(`${name}.pem`), ...more], { stdio: "pipe" });
}

const openssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!openssl)("a station with a certificate", () => {
  let server: Server;
  let hosts: string[];
  let said: string[];
  let noted: string[];
  let now_ms: number;
  let renewal: Renewal;

  beforeAll(() => {
    make("old", "DNS:localhost", 365);
    make("new", "DNS:localhost,DNS:rig-1.lab.example", 400);
    make("short", "DNS:localhost", 10);
    make("foreign", "DNS:other.example", 365);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function put(cert: string, key = cert): void {
    copyFileSync(file(`${cert}.pem`), file("station.pem"));
    copyFileSync(file(`${key}.key`), file("station.key"));
  }
  const textOf = (name: string) => ({
    cert: readFileSync(file(`${name}.pem`)),
    key: readFileSync(file(`${name}.key`)),
  });

  beforeEach(async () => {
    put("old");
    [said, noted, now_ms, hosts] = [[], [], Date.now() + 3_600_000, ["localhost:8420"]];
    server = createServer(textOf("old"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const options = { host: "0.0.0.0", port: "8420", tlsCert: file("station.pem"), tlsKey: file("station.key") };
    const { cert, key } = textOf("old");
    renewal = new Renewal({
      ...{ options: { ...options, name: ["localhost"] }, server, hosts, port: 8420 },
      served: { cert: String(cert), key: String(key) },
      say: (line) => void said.push(line),
      note: (what) => void noted.push(what),
      now_ms: () => now_ms,
    });
  });
  afterEach(() => void server.close());

  /** Name of the certificate that whoever connects now is shown. */
  async function shown(): Promise<string | undefined> {
    const { port } = server.address() as AddressInfo;
    const seen = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
        socket.destroy();
      });
      socket.once("error", reject);
    });
    return ["old", "new", "short"].find((name) => new X509Certificate(textOf(name).cert).fingerprint256 === seen);
  }

  test("serves the new one, with its names, when its files have been the same twice", async () => {
    renewal.look();
    expect([await shown(), said]).toEqual(["old", []]);
    put("new", "old");
    renewal.look();
    put("new");
    renewal.look();
    expect([await shown(), said]).toEqual(["old", []]);
    renewal.look();
    expect([await shown(), hosts, noted]).toEqual([
      "new",
      ["localhost:8420", "rig-1.lab.example:8420"],
      ["certificate renewed"],
    ]);
    expect(said).toEqual([
      expect.stringMatching(/a new certificate is served, valid until \d{4}-\d\d-\d\d, as localhost, rig-1/),
    ]);
    renewal.look();
    expect(said).toHaveLength(1);
  });

  test("takes it at once when asked, and says so when there is none", async () => {
    renewal.again();
    expect(said.splice(0)).toEqual([expect.stringMatching(/served already/)]);
    put("new");
    renewal.again();
    expect([await shown(), noted]).toEqual(["new", ["certificate renewed"]]);
  });

  test.each<[string, () => void, RegExp]>([
    ["the key of another one", () => put("new", "old"), /station\.key is not the key of/],
    ["a text", () => writeFileSync(file("station.pem"), "hello"), /holds no certificate in PEM/],
    ["no file", () => rmSync(file("station.pem")), /station\.pem: ENOENT/],
    ["another name", () => put("foreign"), /does not prove the name localhost/],
  ])("keeps the old one where there is %s, and says so once", async (_, spoil, why) => {
    spoil();
    for (let i = 0; i < 4; i += 1) renewal.look();
    expect([await shown(), hosts, noted]).toEqual(["old", ["localhost:8420"], ["certificate refused"]]);
    expect(said).toEqual([expect.stringMatching(why)]);
    expect(said[0]).toMatch(/^station: the certificate stays as it was, until \d{4}-\d\d-\d\d: [^\n]*$/);
    renewal.again();
    expect(said).toHaveLength(2);
    put("old");
    renewal.look();
    expect(said).toHaveLength(2);
    put("new");
    for (let i = 0; i < 2; i += 1) renewal.look();
    expect(await shown()).toBe("new");
  });

  test("complains once a day of the one that is served while it ends soon, and until it is renewed", async () => {
    put("short");
    renewal.again();
    expect(said.splice(0)).toEqual([expect.any(String), expect.stringMatching(/in 9 days: make a new one/)]);
    for (let i = 0; i < 3; i += 1) {
      now_ms += day_ms;
      renewal.look();
      renewal.look();
    }
    expect(said.splice(0).map((line) => /expires in (\d) days/.exec(line)?.[1])).toEqual(["8", "7", "6"]);
    now_ms += 7 * day_ms;
    renewal.look();
    expect(said.splice(0)).toEqual([expect.stringMatching(/has expired: browsers refuse it; put a new one/)]);
    put("new");
    renewal.again();
    now_ms += 2 * day_ms;
    renewal.look();
    expect(said).toHaveLength(1);
  });
});
