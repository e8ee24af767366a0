/** QA at the station: finds a failed run, rejects it with a reason, signs a good one, and takes evidence that verifies. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addRun } from "../rig/evidence/fixture.ts";
import { rig, startTwin } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, picture, secrets } from "./stationProcess.ts";

const passphrase = "long enough words";
let browser: Browser;
let opened: shared.Station | undefined;
let keys = "";
let publicKey = "";

beforeAll(async () => {
  keys = mkdtempSync(join(tmpdir(), "rig-review-keys-"));
  writeFileSync(join(keys, "pass"), passphrase, { mode: 0o600 });
  const start = shared.openStation("cp-pp-short", { people: ["Tina", "Egon", "Quinn"], args: ["--keys", keys] });
  [browser, opened] = await Promise.all([shared.launch(), start]);
  const good = await startTwin(join(opened.folder, "good"), "healthy-a");
  await measured("SN-BAD", opened.twin.dir, 20);
  await measured("SN-GOOD", good.dir, 0);
  await newKey("Egon", "technician");
  publicKey = await newKey("Quinn", "qa");
  await addRun(store(), { simulated: true, serial: "SN-GOOD" });
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser.close();
  rmSync(keys, { recursive: true, force: true });
});

const store = (): string => opened?.store ?? "";

async function done(...args: readonly string[]): Promise<string> {
  const process = rig(...args, "--store", store());
  expect({ code: await process.ended, said: process.text() }).toMatchObject({ code: 0 });
  return process.text();
}

async function newKey(name: string, role: string): Promise<string> {
  const files = ["--dir", keys, "--passphrase-file", join(keys, "pass"), "--json"];
  const said = await done("keys", "new", "--name", name, "--role", role, ...files);
  return join(keys, `${(JSON.parse(said) as { readonly key: string }).key}.pub.pem`);
}

async function measured(serial: string, ports: string, code: number): Promise<void> {
  const who = ["--adapter", "generic-a-pass", "--serial", serial, "--operator", "Tina", "--simulated-operator"];
  const run = rig("run", "incoming", ...who, "--ports", ports, "--store", store());
  expect({ code: await run.ended, said: run.text() }).toMatchObject({ code });
}

async function enter(name: shared.Person): Promise<Page> {
  const page = await shared.visit(browser, opened?.url ?? "");
  await login(page, name);
  return page;
}

async function sign(page: Page, meaning: string, reason: string): Promise<void> {
  await page.getByRole("button", { name: meaning, exact: true }).click();
  await page.getByLabel("Reason (stands in the record)").fill(reason);
  await page.getByLabel("Passphrase of the key").fill(passphrase);
}

const sizes = [
  [800, 480],
  [1280, 800],
  [1600, 1000],
] as const;

async function pictures(page: Page, name: string): Promise<void> {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(50);
    await picture(page, `${name}-${width}x${height}`);
  }
  await page.setViewportSize(shared.size);
}

test("QA finds the fail by its serial number, reads why, and rejects it with a reason", async () => {
  const page = await enter("Quinn");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByText("1 - 3 of 3 runs").waitFor();
  // On the smallest screen every tab is there to be touched.
  expect(await page.locator("header nav").evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBeLessThanOrEqual(0);
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "history");
  await page.getByLabel("Serial number (SN-*").fill("SN-B*");
  await page.keyboard.press("Enter");
  await page.getByText("1 - 1 of 1 runs").waitFor();
  await page.getByRole("link", { name: "R000001" }).click();
  await page.getByText(/First cause: .*CP/).waitFor();
  await page.getByText("Open fails of this serial number: R000001").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "review-fail");
  await sign(page, "Reject", "pole is loose");
  await pictures(page, "review-sign");
  expect(await faultsOf(page)).toEqual([]);
  await page.getByLabel("Your password or PIN, again").fill("not my password");
  await page.getByRole("button", { name: "Sign: Reject" }).click();
  await page.getByText("the password is wrong: nothing was done").waitFor();
  await page.getByLabel("Passphrase of the key").fill(passphrase);
  await page.getByLabel("Your password or PIN, again").fill(secrets.Quinn);
  await page.getByRole("button", { name: "Sign: Reject" }).click();
  await page.getByText(/R000001 rejected. Done: entry \d/).waitFor();
  await page.getByText("Edition 1: rejected").waitFor();
  await page.getByRole("button", { name: "Decide about the fail" }).click();
  await page.getByLabel("Reason (stands in the record)").fill("contact to be renewed");
  await page.getByLabel("Your password or PIN, again").fill(secrets.Quinn);
  await page.getByRole("button", { name: "Decide", exact: true }).click();
  await page.getByText("D-000001: R000001 rework").waitFor();
  await page.context().close();
});

test("a good run is finished, released by QA with key and password, and its evidence file verifies", async () => {
  const egon = await enter("Egon");
  await egon.goto(`${opened?.url}/#/runs/2`);
  await sign(egon, "Finish", "all steps as procedure");
  await egon.getByLabel("Your password or PIN, again").fill(secrets.Egon);
  await egon.getByRole("button", { name: "Sign: Finish" }).click();
  await egon.getByText(/R000002 finished. Done: entry/).waitFor();
  await egon.context().close();
  const page = await enter("Quinn");
  await page.goto(`${opened?.url}/#/runs/2`);
  await sign(page, "Release", "values plausible");
  await page.getByLabel("Your password or PIN, again").fill(secrets.Quinn);
  await page.getByRole("button", { name: "Sign: Release" }).click();
  await page.getByText(/R000002 released. Done: entry/).waitFor();
  await pictures(page, "review-released");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Evidence file" }).click(),
  ]);
  const file = join(keys, "R000002.evidence.jsonl");
  await download.saveAs(file);
  const verified = rig("verify", file, "--key", publicKey, "--require", "released");
  expect({ code: await verified.ended, said: verified.text() }).toMatchObject({ code: 0 });
  await page.context().close();
});

test("QA looks at points, a trend, two runs side by side and the audit trail", async () => {
  const page = await enter("Quinn");
  await page.goto(`${opened?.url}/#/runs/3`);
  await page.getByText(/^Raw series/).click();
  await page.locator("ul.links a").first().click();
  await page.locator(".u-over").waitFor();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByText(/shown of/).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "series");
  await page.goto(`${opened?.url}/#/runs/1`);
  await page.getByRole("link", { name: "Trend" }).nth(1).click();
  await page.locator(".u-over").waitFor();
  await page.getByRole("cell", { name: "SN-GOOD" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "trend");
  await page.goto(`${opened?.url}/#/compare/1/2`);
  await page.getByText("What differs about the runs").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "compare");
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await page.getByText(/entries, and the chain of hashes holds/).waitFor();
  await page.getByRole("cell", { name: "run signed" }).first().waitFor();
  await page.getByRole("cell", { name: "refused: password given again" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "audit");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("audit.station.csv");
  await page.context().close();
});
