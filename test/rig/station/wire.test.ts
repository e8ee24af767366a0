/** The station's server against clients that are slow, silent, many, or speak something else: cut off, written down, others unaffected. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer as createSecure, request as secureRequest } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ConnectionLimits, limitConnections, serverOptions } from "../../../rig/station/connections.ts";
import { Refusals } from "../../../rig/station/refusals.ts";
import { TestStation } from "./doorFixture.ts";

const short: ConnectionLimits = {
  headers_ms: 150,
  request_ms: 300,
  idle_ms: 150,
  silent_ms: 2000,
  all_max: 30,
  own: 0,
  each_max: 10,
};

let station: TestStation;
let server: Server;
let port: number;
const sockets: Socket[] = [];

async function open(tls?: { readonly cert: string; readonly key: string }): Promise<void> {
  const written = new Refusals(
    (...of) => station.accounts.audit(...of),
    Date.now,
    () => undefined,
  );
  station = await TestStation.open(["Tina"], { refusals: written, secure: tls !== undefined });
  server = createAdaptorServer({
    fetch: station.app.fetch,
    ...(tls ? { createServer: createSecure } : {}),
    serverOptions: { ...tls, ...serverOptions(short) },
  }) as Server;
  limitConnections(server, short, written);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  ({ port } = server.address() as AddressInfo);
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  station.close();
});

/** A connection that sends what it is told; resolves with all that came when it is closed. */
function client(...parts: readonly (string | Buffer)[]): Promise<string> & { readonly socket: Socket } {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  let came = "";
  socket.on("data", (bytes: Buffer) => {
    came += bytes.toString("latin1");
  });
  socket.on("error", () => undefined);
  for (const part of parts) socket.write(part);
  const over = new Promise<string>((resolve) => socket.once("close", () => resolve(came)));
  return Object.assign(over, { socket });
}

const written = (): string =>
  station.accounts
    .actions(50)
    .map(({ what, detail }) => `${what} ${JSON.stringify(detail)}`)
    .join("\n");
/** The name under which the app in memory is called. */
const named = "Host: 127.0.0.1:8420\r\n";
const me = `GET /api/first HTTP/1.1\r\n${named}Connection: close\r\n\r\n`;
const works = async () => expect(await client(me)).toMatch(/^HTTP\/1\.1 200/);

describe("in the clear", () => {
  beforeEach(() => open());

  test("headers that do not end are cut off", async () => {
    expect(await client(`GET / HTTP/1.1\r\n${named}X-A: `)).toMatch(/^HTTP\/1\.1 408/);
    expect(written()).toMatch(/bad or slow request.*too slow/);
    await works();
  });

  test("a connection that says nothing is cut off", async () => {
    expect(await client()).toMatch(/^(HTTP\/1\.1 408|$)/);
    await works();
  });

  test("a connection that rests after its answer is closed, and nobody is said to have been refused", async () => {
    expect(await client(me.replace("Connection: close\r\n", ""))).toMatch(/^HTTP\/1\.1 200/);
    expect(written()).not.toMatch(/silent|refused/);
    await works();
  });

  test("a body that does not come is cut off, also one that is shorter than it said", async () => {
    const head = `POST /api/login HTTP/1.1\r\n${named}Origin: http://127.0.0.1:8420\r\nContent-Type: application/json\r\n`;
    const answers = await Promise.all([
      client(`${head}Content-Length: 60000\r\n\r\n{"name":`),
      client(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"nam\r\n`),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 408|$)/);
    expect(written()).toMatch(/too slow/);
    await works();
  });

  test("a body in pieces is measured as it comes, and one that is longer than it said is no body", async () => {
    const head = `POST /api/login HTTP/1.1\r\n${named}Origin: http://127.0.0.1:8420\r\nContent-Type: application/json\r\n`;
    const piece = `1000\r\n${"x".repeat(4096)}\r\n`;
    expect(
      await client(`${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`, piece.repeat(20), "0\r\n\r\n"),
    ).toMatch(/^HTTP\/1\.1 413/);
    expect(await client(`${head}Content-Length: 2\r\n\r\n{}{"name":"Root","secret":"x"}`)).toMatch(/^HTTP\/1\.1 400/);
    expect(await client(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400/,
    );
    await works();
  });

  test("too many headers, no host, two hosts and what is no HTTP are refused", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `X-${i}: y\r\n`).join("");
    expect(await client(`GET / HTTP/1.1\r\n${named}${many}\r\n`)).toMatch(/^HTTP\/1\.1 431/);
    expect(await client(`GET / HTTP/1.1\r\n${named}X: ${"y".repeat(100_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
    expect(await client("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 40/);
    expect(await client("\x16\x03\x01\x02\x00\x01")).toMatch(/^HTTP\/1\.1 400/);
    expect(
      await client(`GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 40[03]/);
    expect(written()).toMatch(/headers too large/);
    await works();
  });

  test("one address opens so many connections and no more; when they end it is served again", async () => {
    const flood = Array.from({ length: 200 }, () => client());
    await vi.waitFor(() => expect(written()).toMatch(/too many connections/));
    const open = await new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
    expect(open).toBeLessThanOrEqual(short.each_max);
    await Promise.all(flood);
    await vi.waitFor(works);
    expect(written().split("\n").length).toBeLessThan(50);
  });
});

const openssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!openssl)("by TLS", () => {
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), "rig-wire-"));
    const [key, cert] = [join(folder, "key"), join(folder, "cert")];
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", [...words, "-keyout", key, "-out", cert, "-subj", "/CN=rig", "-days", "2"], {
      stdio: "pipe",
    });
    await open({ cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") });
    rmSync(folder, { recursive: true });
  });

  /** Status and headers of a request in our own hand. */
  const secure = (method: string, path: string, body = "") =>
    new Promise<{ readonly status: number | undefined; readonly headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        const headers = {
          host: "127.0.0.1:8420",
          origin: "https://127.0.0.1:8420",
          "content-type": "application/json",
        };
        const asked = secureRequest(
          { port, method, path, headers, rejectUnauthorized: false, agent: false },
          (answer) => {
            answer.resume();
            resolve({ status: answer.statusCode, headers: answer.headers });
          },
        );
        asked.once("error", reject);
        asked.end(body);
      },
    );

  test("the cookie is for TLS only, and browsers are told to come by TLS only", async () => {
    const { status, headers } = await secure(
      "POST",
      "/api/login",
      JSON.stringify({ name: "Tina", secret: "87654321" }),
    );
    expect(status).toBe(200);
    expect(String(headers["set-cookie"])).toMatch(
      /^__Host-rig_session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  });

  test("what comes without TLS is refused and written down", async () => {
    expect(await client(me)).not.toMatch(/HTTP\/1\.1 200/);
    await vi.waitFor(() => expect(written()).toMatch(/bad or slow request.*no TLS/));
    expect((await secure("GET", "/api/first")).status).toBe(200);
  });
});
