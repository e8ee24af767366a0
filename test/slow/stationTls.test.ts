/** The station on the network by a certificate of one's own: the page works by TLS, and by nothing else. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rig } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";

const folder = mkdtempSync(join(tmpdir(), "rig-station-tls-"));
const [key, cert] = [join(folder, "station.key"), join(folder, "station.pem")];
let browser: Browser;
let opened: shared.Station | undefined;

beforeAll(async () => {
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"];
  const names = ["-subj", "/CN=rig", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", [...words, "-keyout", key, "-out", cert, ...names], { stdio: "pipe" });
  browser = await shared.launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => shared.closeStation(browser, opened));

test("log in by TLS, see the live page; nothing comes without TLS or under another name", async () => {
  const tls = ["--host", "0.0.0.0", "--tls-cert", cert, "--tls-key", key];
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"], args: tls });
  expect(opened.url).toMatch(/^https:\/\/localhost:\d+$/);
  const context = await browser.newContext({ viewport: shared.size, ignoreHTTPSErrors: true });
  const page = await shared.visit(browser, opened.url, context);
  await shared.login(page, "Tina");
  await page.getByLabel("Scan or type the label").waitFor();
  await page.getByText("NO CONNECTION").waitFor({ state: "detached" });
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({
    name: "__Host-rig_session",
    secure: true,
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
  });
  expect(cookie?.expires).toBe(-1);

  const port = Number(new URL(opened.url).port);
  const plain = await new Promise<string>((resolve) => {
    get({ port, host: "127.0.0.1", path: "/" }, () => resolve("answered")).once("error", () => resolve("refused"));
  });
  expect(plain).toBe("refused");
  const other = await context.request.get(`${opened.url}/api/first`, { headers: { host: "evil.example" } });
  expect(other.status()).toBe(403);
});

test("a certificate that is none ends the start with code 2 and one line", async () => {
  const bad = rig("serve", "--host", "0.0.0.0", "--tls-cert", key, "--tls-key", key, "--store", join(folder, "store"));
  expect(await bad.ended).toBe(2);
  expect(bad.text()).toMatch(/station\.key holds no certificate in PEM; docs\/station-security\.md/);
  expect(bad.text()).not.toMatch(/\bat .*\.[jt]s/);
});
