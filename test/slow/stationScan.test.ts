/** A scan during which the focus moves: all of it counts, or nothing of it and the page says so. In a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { scanAcross } from "./stationKeys.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, requestsTo, scan, secrets } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;
let page: Page;

beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
beforeEach(async () => {
  page = await shared.visit(browser, `${opened.url}/#/new`);
  await page.getByRole("button", { name: "Log in" }).waitFor();
});
afterEach(() => shared.closePages(browser));
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

const blur = (): Promise<unknown> => page.evaluate("document.activeElement.blur()");
const divided = () => page.getByText("The focus moved while a code was read").waitFor();

test("a label that begins outside a field and ends in one, or the other way round, comes whole to its place", async () => {
  await login(page, "Tina");
  const field = page.getByLabel("Scan or type the label");
  await field.waitFor();
  await blur();
  await scanAcross(page, ["generic-a-p", "ass SN-17"], () => field.focus());
  await page.getByText("Serial number: SN-17").waitFor();
  expect(await field.inputValue()).toBe("generic-a-pass SN-17");
  await field.focus();
  await scanAcross(page, ["generic-a-pass SN", "-18"], blur);
  await page.getByText("Serial number: SN-18").waitFor();
  expect(await field.inputValue()).toBe("generic-a-pass SN-18");
  // Only the Enter is elsewhere.
  await blur();
  await scanAcross(page, ["generic-a-pass SN-19", ""], () => field.focus());
  await page.getByText("Serial number: SN-19").waitFor();
  expect(await field.inputValue()).toBe("generic-a-pass SN-19");
});

test("a code that ends in a field is done and leaves no part of itself there", async () => {
  await login(page, "Tina");
  const field = page.getByLabel("Scan or type the label");
  await field.fill("generic");
  await blur();
  await scanAcross(page, ["RIG", "START"], () => field.focus());
  await page.getByText("RIGSTART does nothing here").waitFor();
  expect(await field.inputValue()).toBe("generic");
});

test("a name or a PIN of which a part went elsewhere is not taken, not shown and not sent", async () => {
  const [name, secret] = [page.getByLabel("Name"), page.getByLabel("Password or PIN")];
  const tries = requestsTo(page, "/api/login");
  await blur();
  await scanAcross(page, ["Ti", "na"], () => name.focus());
  await divided();
  expect(await name.inputValue()).toBe("");
  await shared.picture(page, "divided-login-800x480");
  await page.getByRole("button", { name: "×" }).click();
  await name.fill("Tina");
  await secret.focus();
  await scanAcross(page, [secrets.Tina.slice(0, 3), secrets.Tina.slice(3)], blur);
  await divided();
  expect(await secret.inputValue()).toBe("");
  expect(await page.content()).not.toContain(secrets.Tina);
  await secret.focus();
  await scanAcross(page, [secrets.Tina.slice(0, 3), secrets.Tina.slice(3)], () => name.focus());
  expect([await name.inputValue(), await secret.inputValue()]).toEqual(["Tina", ""]);
  expect(await tries()).toBe(0);
  expect(await faultsOf(page)).toEqual([]);
  // Two codes one straight after the other are two, each in its field.
  await name.fill("");
  await name.focus();
  await scan(page, "Tina");
  await scan(page, secrets.Tina);
  await page.getByText("Log out").waitFor();
});
