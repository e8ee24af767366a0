/** The bench page in a real browser: driving by hand under the rules of a run, and faults on purpose. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { left, safe } from "./rigProcess.ts";
import { controllersOf, endRun } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, pictures, secrets, start } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Egon", "Tina"], args: ["--manual"] });
});
afterEach(async () => {
  await shared.closePages(browser);
  await endRun(opened);
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

const leftOver = async () => left(await opened.twin.history());
const row = (page: Page, command: string, answer: RegExp) =>
  page.locator(".manual-log tr").filter({ hasText: command }).filter({ hasText: answer }).first().waitFor();

async function engineerAt(hash: string): Promise<Page> {
  const page = await shared.visit(browser, `${opened.url}${hash}`);
  await login(page, "Egon");
  return page;
}

async function openPanel(page: Page): Promise<void> {
  await page.getByLabel("Password again").fill(secrets.Egon);
  await page.getByRole("button", { name: "Open the panel" }).click();
  await page.getByRole("button", { name: "Close KG" }).and(page.locator(":enabled")).waitFor();
}

test("what the bench says of itself, what is due and what is worn, marked SIMULATED", async () => {
  const page = await engineerAt("/#/instruments");
  await page.getByText("All well").waitFor();
  await page.getByRole("cell", { name: "the emergency stop is released" }).waitFor();
  expect(await page.locator(".instruments tr").count()).toBe(11);
  expect(await page.locator(".simulated").first().textContent()).toBe("SIMULATED");
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "bench-state");
  for (const [tab, seen] of [
    ["Due dates", "Calibration: daq"],
    ["Wear", "RH-S-NACS"],
    ["Faults on purpose", "Press the emergency stop"],
    ["By hand", "Password again"],
  ] as const) {
    await page.getByRole("link", { name: tab }).click();
    await page.getByText(seen).first().waitFor();
    expect([tab, await faultsOf(page)]).toEqual([tab, []]);
    await pictures(page, `bench-${tab.split(" ")[0]?.toLowerCase()}`);
  }
});

test("an engineer reads and switches; what is forbidden is refused with its reason; a lost page leaves the bench safe", async () => {
  const page = await engineerAt("/#/instruments/manual");
  await openPanel(page);
  await page.getByRole("button", { name: "source", exact: true }).click();
  await row(page, "read source", /voltage .*V/);
  await page.locator("fieldset select").selectOption("KP1.A");
  await page.getByRole("button", { name: "Close KP1.A" }).click();
  await row(page, "close KP1.A", /Closed relays: KP1.A/);
  await page.locator("fieldset select").selectOption("KP1.X");
  await page.getByRole("button", { name: "Close KP1.X" }).click();
  await row(page, "close KP1.X", /refused by exclusive-station-side: KP1.A and KP1.X/);
  await page.getByLabel("+V (0-13)").fill("12");
  await page.getByLabel("-V (0-13)").fill("12");
  await page.getByRole("button", { name: "Set Rails" }).click();
  await row(page, "rails 12 12", /plus/);
  await page.getByRole("button", { name: "Rails On" }).click();
  await row(page, "rails on", /plus 1[12]\.\d+\sV/);
  expect((await leftOver()).closed).toEqual(["KP1.A"]);
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "bench-manual-open");
  // Another who watches sees who drives, and drives nothing.
  const other = await shared.visit(browser, opened.url);
  await login(other, "Tina");
  await other.getByText("drives the bench by hand").waitFor();
  await page.context().close();
  await other.getByText(/Safe at .* read back/).waitFor();
  expect(await leftOver()).toEqual(safe);
  await other.getByRole("link", { name: "Runs" }).click();
  await other.getByRole("row", { name: /manual.*NOT JUDGED/ }).waitFor();
});

test("a controller of the panel that is killed leaves the bench safe", async () => {
  const page = await engineerAt("/#/instruments/manual");
  await openPanel(page);
  await page.getByRole("button", { name: "Enable line On" }).click();
  await row(page, "enable on", /EN high/);
  await page.getByRole("button", { name: "Close KG" }).click();
  await row(page, "close KG", /KG/);
  expect(await leftOver()).toMatchObject({ enable: true, closed: ["KG"] });
  const controller = controllersOf(opened, " manual --operator ");
  expect(controller).toHaveLength(1);
  process.kill(controller[0] as number, "SIGKILL");
  await page.getByText(/Safe at .* (rig safe|read back)/).waitFor();
  expect(await leftOver()).toEqual(safe);
  expect(await page.getByRole("button", { name: "ALL OFF" }).count()).toBe(0);
});

test("the emergency stop, pressed on purpose in a run, trips it with its reason and is shown on every page", async () => {
  const page = await shared.visit(browser, opened.url);
  await login(page, "Tina");
  await page.getByRole("link", { name: "New run" }).click();
  // A procedure with a short preflight; its first prompt is no press of the button.
  await start(page, "generic-a-pass SN-1", "mechanics");
  await page.locator(".prompt").waitFor();
  const trainer = await engineerAt("/#/instruments/twin");
  await trainer.getByRole("button", { name: "Press the emergency stop" }).click();
  await page.getByText("SIMULATED FAULT: emergency stop pressed").waitFor();
  await page
    .getByText(/interlock-open: ESTOP/)
    .first()
    .waitFor();
  await page.getByText(/Safe at .* read back/).waitFor();
  expect(await leftOver()).toEqual(safe);
  await pictures(page, "bench-estop");
  await trainer.getByRole("link", { name: "State" }).click();
  await trainer.getByRole("button", { name: "Ask the bench now" }).click();
  await trainer.getByText("the emergency stop is pressed").waitFor();
  await trainer.getByText(/A trip is latched: interlock-open/).waitFor();
  await pictures(trainer, "bench-open");
  await trainer.getByRole("link", { name: "Faults on purpose" }).click();
  await trainer.getByRole("button", { name: "Clear all" }).click();
  await page.locator(".faults").waitFor({ state: "detached" });
});
