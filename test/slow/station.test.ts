/** What can cut a run at the station, in a real browser against the twin: reload, other people, signals, a station that dies. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { left, processesOf, safe } from "./rigProcess.ts";
import { controllersOf } from "./stationEnds.ts";
import { lost, saysLost } from "./stationLost.ts";
import * as shared from "./stationProcess.ts";
import { login, picture, start } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  browser = await shared.launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
afterEach(() => shared.closeStation(browser, opened));

async function technician(): Promise<Page> {
  const page = await shared.visit(browser, opened.url);
  await login(page, "Tina");
  return page;
}

/** Controller and guard end by themselves. */
const onlyTwin = () =>
  expect.poll(() => processesOf(opened.folder).filter((line) => !line.includes(" twin "))).toEqual([]);

test("a second browser and a reload show the same run; only the person at the bench answers; anybody stops", async () => {
  const page = await technician();
  await start(page, "generic-a-pass SN-2", "incoming");
  await page.locator(".prompt").waitFor();
  const other = await shared.visit(browser, opened.url);
  await login(other, "Root");
  await other.getByText("Tina answers this at the bench").waitFor();
  await page.reload();
  await page.locator(".prompt button.go").waitFor();
  expect(await page.locator(".prompt h2").textContent()).toBe(await other.locator(".prompt h2").textContent());
  await other.getByRole("button", { name: "STOP" }).click();
  await page.getByText(/NO RESULT, stopped/).waitFor();
  await page.getByText(/Safe at .* read back/).waitFor();
  expect(left(await opened.twin.history())).toEqual(safe);
});

test("a controller that is killed is never shown as running, and the bench is asked itself", async () => {
  const page = await technician();
  await start(page, "generic-a-pass SN-3", "incoming");
  await page.locator(".prompt").waitFor();
  const controller = controllersOf(opened, " run incoming ");
  expect(controller).toHaveLength(1);
  process.kill(controller[0] as number, "SIGKILL");
  await page.getByText(/NO RESULT/).waitFor();
  await page.getByText(/Safe at .* (rig safe|read back)/).waitFor();
  expect(await page.locator(".prompt").count()).toBe(0);
  expect(left(await opened.twin.history())).toEqual(safe);
});

test("a page that has lost its station says so within 2 s and shows the present state when it is back", async () => {
  const page = await technician();
  await start(page, "generic-a-pass SN-4", "incoming");
  await page.locator(".prompt").waitFor();
  opened.station.child.kill("SIGSTOP");
  await saysLost(page);
  await picture(page, "lost-800x480");
  opened.station.child.kill("SIGCONT");
  await page.getByText(lost).waitFor({ state: "detached" });
  await page.locator(".prompt button.go").waitFor();
});

test("a station that is ended stops its run first, and the bench is safe", async () => {
  const page = await technician();
  await start(page, "generic-a-pass SN-5", "incoming");
  await page.locator(".prompt").waitFor();
  opened.station.child.kill("SIGTERM");
  expect(await opened.station.ended).toBe(0);
  expect(left(await opened.twin.history())).toEqual(safe);
  await onlyTwin();
});

test("a station that is killed takes its run with it: the controller stops, and the bench is safe", async () => {
  const page = await technician();
  await start(page, "generic-a-pass SN-6", "incoming");
  await page.locator(".prompt").waitFor();
  opened.station.child.kill("SIGKILL");
  await saysLost(page);
  await onlyTwin();
  expect(left(await opened.twin.history())).toEqual(safe);
});
