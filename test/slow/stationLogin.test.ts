/** Logging in by scanner wherever the focus is, and the moment after it, before the station has said anything. In a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as shared from "./stationProcess.ts";
import { faultsOf, requestsTo, scan, secrets } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;
let page: Page;

beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
beforeEach(async () => {
  page = await shared.visit(browser, opened.url);
  await page.getByRole("button", { name: "Log in" }).waitFor();
});
afterEach(() => shared.closePages(browser));
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

const blur = (): Promise<unknown> => page.evaluate("document.activeElement.blur()");
const [name, secret] = [() => page.getByLabel("Name"), () => page.getByLabel("Password or PIN")];

test("a name and a PIN that are scanned while no field has the focus log in", async () => {
  await blur();
  await scan(page, "Tina");
  expect([await name().inputValue(), await secret().inputValue()]).toEqual(["Tina", ""]);
  await blur();
  await scan(page, secrets.Tina);
  await page.getByText("Log out").waitFor();
});

test("a scan for which no field is empty is not taken, not shown, and the page says what to do", async () => {
  const tries = requestsTo(page, "/api/login");
  await name().fill("Tina");
  await secret().fill("87");
  await blur();
  await scan(page, secrets.Tina);
  await page.getByText("every field is filled: empty the one that the code is for").waitFor();
  expect([await name().inputValue(), await secret().inputValue()]).toEqual(["Tina", "87"]);
  expect(await page.content()).not.toContain(secrets.Tina);
  expect(await tries()).toBe(0);
  expect(await faultsOf(page)).toEqual([]);
  await shared.pictures(page, "login-full");
});

test("after a wrong PIN the right one is scanned in its place", async () => {
  await blur();
  await scan(page, "Tina");
  await scan(page, "12345678");
  await page.getByText("name or password is wrong").waitFor();
  await page.locator("input[type=password]:focus").waitFor();
  expect([await name().inputValue(), await secret().inputValue()]).toEqual(["Tina", ""]);
  await scan(page, secrets.Tina);
  await page.getByText("Log out").waitFor();
});

test("until the station has said something the page says that it connects and can stop, and nothing else of the bench", async () => {
  await page.close();
  page = await (await browser.newContext({ viewport: shared.size })).newPage();
  await page.addInitScript(`
    globalThis.held = [];
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (kind, heard) {
      listen.call(this, kind, (event) => {
        if (globalThis.held === undefined || kind === "beat") heard(event);
        else globalThis.held.push(() => heard(event));
      });
    };
  `);
  // First who is logged in is not known, then what the bench does.
  let answer: () => Promise<void> = () => Promise.reject(new Error("nobody asked"));
  await page.route("**/api/me", (route) => {
    answer = () => route.continue();
  });
  const line = page.locator("main > .starting[role=status]", { hasText: "Connecting to the station" });
  await page.goto(opened.url);
  await line.waitFor();
  expect(await page.locator("header, form").count()).toBe(0);
  await shared.pictures(page, "asking");
  await answer();
  await shared.login(page, "Tina");
  await line.waitFor();
  await page.getByText("NO CONNECTION").waitFor({ state: "detached" });
  expect(await page.locator("main > *").count()).toBe(1);
  expect(await page.locator(".start, .run, .verdict, .safety").count()).toBe(0);
  expect(await faultsOf(page)).toEqual([]);
  await shared.pictures(page, "connecting");
  // A run may be going on: STOP is never out of reach.
  await page.locator("button.stop:enabled").click();
  await page.getByText("nothing is running").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await shared.pictures(page, "connecting-stop");
  await page.evaluate("{ const said = held; held = undefined; for (const say of said) say(); }");
  await page.getByLabel("Scan or type the label").waitFor();
  expect(await page.getByText("nothing is running").count()).toBe(0);
  expect(await page.locator("button.stop:enabled").count()).toBe(0);
});
