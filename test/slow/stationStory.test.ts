/**
 * The whole story of the station in a real browser against the twin: people are let in, a faulty adapter fails, a good one
 * passes in the same nest, QA releases it, and what is taken away proves itself without the store.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { left, rig, safe } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, pictures, secrets, start, untilVerdict } from "./stationProcess.ts";
import { newKey, sign } from "./stationSigning.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  browser = await shared.launch();
});
afterAll(() => browser?.close());
afterEach(() => shared.closeStation(browser, opened));

/** The administrator by the one-time code, who makes a technician and somebody of QA. */
async function firstStart(): Promise<void> {
  const page = await shared.visit(browser, opened.url);
  const code = /one-time code (\w+)/.exec(opened.station.text())?.[1] ?? "";
  await page.getByLabel("One-time code").fill(code);
  await page.getByLabel("Name").fill("Root");
  await page.getByLabel("Password or PIN").fill(secrets.Root);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Accounts" }).click();
  for (const [name, role] of [
    ["Tina", "technician"],
    ["Quinn", "qa"],
  ] as const) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password or PIN").fill(secrets[name]);
    await page.getByLabel("Role").first().selectOption(role);
    await page.getByRole("button", { name: "Make account" }).click();
    await page.getByRole("cell", { name, exact: true }).first().waitFor();
  }
  await page.context().close();
}

async function enter(name: shared.Person): Promise<Page> {
  const page = await shared.visit(browser, opened.url);
  await login(page, name);
  return page;
}

async function taken(page: Page, link: string, file: string): Promise<string> {
  const coming: Promise<Download> = page.waitForEvent("download");
  await page.getByRole("link", { name: link, exact: true }).click();
  const path = join(opened.folder, file);
  await (await coming).saveAs(path);
  return path;
}

test("log in, scan, start, answer, watch; a faulty adapter fails, a good one passes; QA signs; report and evidence hold", async () => {
  opened = await shared.openStation("pole-400u");
  const { store, keys, twin } = opened;
  await firstStart();
  await newKey(store, keys, "Tina", "technician");
  const publicKey = await newKey(store, keys, "Quinn", "qa");

  // Tina is at the bench; Quinn watches from a desk.
  const [tina, quinn] = [await enter("Tina"), await enter("Quinn")];
  expect(await faultsOf(tina)).toEqual([]);
  await start(tina, "generic-a-pass SN-1", "dc-screening-no-soak");
  await quinn.getByText("Tina answers this at the bench").waitFor();
  await quinn.locator(".step strong").waitFor();
  const failed = await untilVerdict(tina);
  await tina.getByText(/Safe at .* R000001, read back/).waitFor();
  expect(failed).toMatch(/✗ FAIL · SIMULATED/);
  expect(failed).toMatch(/First cause: .*DC\+/);
  expect(failed).toMatch(/Only QA closes a fail/);
  expect(await tina.locator(".drawing .bad").count()).toBeGreaterThan(0);
  expect(await faultsOf(tina)).toEqual([]);
  await pictures(tina, "fail");
  // Who watched has seen the same: verdict, values, curve.
  await quinn.getByText(/Safe at .* R000001, read back/).waitFor();
  expect(await quinn.locator(".verdict").textContent()).toBe(failed);
  await quinn.locator(".results tr.bad", { hasText: "power.dc.r/DC+" }).waitFor();
  await quinn.locator(".chart .u-over").first().waitFor();

  // Another adapter comes into the nest.
  await tina.getByRole("link", { name: "Instruments" }).click();
  await tina.getByRole("link", { name: "Faults on purpose" }).click();
  await tina.getByLabel("Adapter at hand").selectOption("healthy-a");
  await tina.getByRole("button", { name: "Exchange" }).click();
  await tina.getByText('adapter exchanged for "healthy-a"').waitFor();
  await tina.goto(`${opened.url}/#/new`);
  await start(tina, "generic-a-pass SN-2", "dc-screening-no-soak");
  expect(await untilVerdict(tina)).toMatch(/✓ PASS/);
  await tina.getByText(/Safe at .* R000002, read back/).waitFor();
  expect(left(await twin.history())).toEqual(safe);
  await tina.goto(`${opened.url}/#/runs/2`);
  await sign(tina, "Tina", "Finish", "all steps as procedure");
  await tina.getByText(/R000002 finished. Done: entry/).waitFor();

  await quinn.goto(`${opened.url}/#/runs/2`);
  await sign(quinn, "Quinn", "Release", "values plausible");
  await quinn.getByText(/R000002 released. Done: entry/).waitFor();
  expect(await faultsOf(quinn)).toEqual([]);
  await pictures(quinn, "review-released");
  const evidence = await taken(quinn, "Evidence file", "R000002.evidence.jsonl");
  const verified = rig("verify", evidence, "--key", publicKey, "--require", "released");
  expect({ code: await verified.ended, said: verified.text() }).toMatchObject({ code: 0 });
  // The report tells of the run that was verified: the same hash, and the signature.
  const report: unknown = JSON.parse(readFileSync(await taken(quinn, "JSON", "R000002.json"), "utf8"));
  const hash = /hash ([0-9a-f]{64})/.exec(verified.text())?.[1];
  expect(report).toMatchObject({ run: "R000002", verdict: "pass-screening", serial: "SN-2", hash });
});
