/** QA at the station: finds a failed run, rejects it with a reason, and looks at points, trends, two runs and the audit trail. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addRun } from "../rig/evidence/fixture.ts";
import { rig, startTwin } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, pictures, secrets } from "./stationProcess.ts";
import { beginSigning, newKey, passphrase } from "./stationSigning.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  const begun = shared.openStation("cp-pp-short", { people: ["Tina", "Quinn"] });
  [browser, opened] = await Promise.all([shared.launch(), begun]);
  const good = await startTwin(join(opened.folder, "good"), "healthy-a");
  await measured("SN-BAD", opened.twin.dir, 20);
  await measured("SN-GOOD", good.dir, 0);
  await newKey(opened.store, opened.keys, "Quinn", "qa");
  await addRun(opened.store, { simulated: true, serial: "SN-GOOD" });
});
afterEach(async () => {
  await shared.closePages(browser);
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser.close();
});

async function measured(serial: string, ports: string, code: number): Promise<void> {
  const who = ["--adapter", "generic-a-pass", "--serial", serial, "--operator", "Tina", "--simulated-operator"];
  const run = rig("run", "incoming", ...who, "--ports", ports, "--store", opened.store);
  expect({ code: await run.ended, said: run.text() }).toMatchObject({ code });
}

async function enter(name: shared.Person): Promise<Page> {
  const page = await shared.visit(browser, opened.url);
  await login(page, name);
  return page;
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
  await beginSigning(page, "Reject", "pole is loose");
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
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await page.getByRole("cell", { name: "run signed" }).first().waitFor();
  await page.getByRole("cell", { name: "refused: password given again" }).waitFor();
});

test("QA looks at points, a trend, two runs side by side and the audit trail", async () => {
  const page = await enter("Quinn");
  await page.goto(`${opened.url}/#/runs/3`);
  await page.getByText(/^Raw series/).click();
  await page.locator("ul.links a").first().click();
  await page.locator(".u-over").waitFor();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByText(/shown of/).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "series");
  await page.goto(`${opened.url}/#/runs/1`);
  await page.getByRole("link", { name: "Trend" }).nth(1).click();
  await page.locator(".u-over").waitFor();
  await page.getByRole("cell", { name: "SN-GOOD" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "trend");
  await page.goto(`${opened.url}/#/compare/1/2`);
  await page.getByText("What differs about the runs").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "compare");
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await page.getByText(/entries, and the chain of hashes holds/).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "audit");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("audit.station.csv");
});
