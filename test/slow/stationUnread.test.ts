/** What nobody can have read cannot be pressed: a label that is still being looked up, and a prompt that has only just come. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { endRun } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { login, requestsTo, scan, start } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
afterEach(async () => {
  await shared.closePages(browser);
  await endRun(opened);
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

test("while another label is read the one before cannot be started, nor while the field holds another", async () => {
  const page = await shared.visit(browser, `${opened.url}/#/new`);
  await login(page, "Tina");
  const starts = requestsTo(page, "/api/start");
  const go = page.locator(".starter button.go");
  await scan(page, "generic-a-pass SN-A incoming");
  await page.locator(".starter button.go:enabled").waitFor();

  let answer: () => Promise<void> = () => Promise.reject(new Error("nobody asked"));
  await page.route(/\/api\/label\?.*SN-B/, (route) => {
    answer = () => route.continue();
  });
  const asked = page.waitForRequest(/\/api\/label\?.*SN-B/);
  await page.evaluate("document.activeElement.blur()");
  await scan(page, "generic-a-pass SN-B incoming");
  await asked;
  expect(await go.count()).toBe(0);
  await scan(page, "RIGSTART");
  await page.getByText("RIGSTART does nothing here").waitFor();
  await page.keyboard.press("Alt+g");
  expect(await starts()).toBe(0);
  await answer();
  await page.locator(".plan strong", { hasText: "SN-B" }).waitFor();

  // Typed, and not looked at.
  await page.getByLabel("Scan or type the label").fill("generic-a-pass SN-C incoming");
  await go.click();
  await page.getByText("The field holds another label than the one that is shown").waitFor();
  expect(await starts()).toBe(0);
  await page.getByLabel("Scan or type the label").fill("generic-a-pass SN-B incoming");
  await go.click();
  await page.locator(".run .what strong", { hasText: "SN-B" }).waitFor();
  expect(await starts()).toBe(1);
});

test("a new prompt takes no answer for 0.7 s, by touch, key or scanner", async () => {
  const context = await browser.newContext({ viewport: shared.size, hasTouch: true });
  // The page's clock goes as this test says: what is proved does not depend on how fast anything is.
  await context.clock.install();
  const page = await shared.visit(browser, `${opened.url}/#/new`, context);
  await login(page, "Tina");
  await start(page, "generic-a-pass SN-D", "incoming");
  await page.locator(".prompt button.go:enabled").waitFor();
  const answers = requestsTo(page, "/api/answer");
  await page.clock.pauseAt((await page.evaluate<number>("Date.now()")) + 100);
  const first = await page.locator(".prompt").getAttribute("data-number");
  await page.locator(".prompt button.go").tap();
  const second = page.locator(`.prompt:not([data-number="${first}"])`);
  await second.waitFor();
  const pressed = async (): Promise<void> => {
    await second.locator("button.go").tap({ force: true });
    await page.keyboard.press("Enter");
    await scan(page, "RIGCONFIRM");
    await page.getByText("RIGCONFIRM does nothing here").waitFor();
  };
  await pressed();
  await page.clock.runFor(650);
  await pressed();
  expect(await second.locator("button.go").isDisabled()).toBe(true);
  expect(await answers()).toBe(1);
  // Drawing it took a frame or two before the time began.
  await page.clock.runFor(150);
  expect(await second.locator("button.go").isEnabled()).toBe(true);
  await scan(page, "RIGCONFIRM");
  expect(await answers()).toBe(2);
});
