/** The station in a real browser against the twin: the whole story, and everything that can cut it. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { left, processesOf, type Running, safe, type Twin } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, picture, secrets, start, untilVerdict } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station | undefined;
let folder: string;
let twin: Twin;
let station: Running;
let url = "";

beforeAll(async () => {
  browser = await shared.launch();
});
afterAll(() => browser?.close());
afterEach(() => shared.closeStation(browser, opened));

async function open(adapter: string, people: readonly shared.Person[] = []): Promise<void> {
  opened = await shared.openStation(adapter, { people });
  ({ folder, twin, station, url } = opened);
}

const visit = (...[context]: readonly [Parameters<typeof shared.visit>[2]?]): Promise<Page> =>
  shared.visit(browser, url, context);

/** The administrator by the one-time code, who makes a technician. */
async function firstStart(): Promise<void> {
  const page = await visit();
  const code = /one-time code (\w+)/.exec(station.text())?.[1] ?? "";
  await page.getByLabel("One-time code").fill(code);
  await page.getByLabel("Name").fill("Root");
  await page.getByLabel("Password or PIN").fill(secrets.Root);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByLabel("Name").fill("Tina");
  await page.getByLabel("Password or PIN").fill(secrets.Tina);
  await page.getByRole("button", { name: "Make account" }).click();
  await page.getByRole("cell", { name: "Tina", exact: true }).first().waitFor();
  await page.context().close();
}

async function technician(): Promise<Page> {
  if (station.text().includes("one-time code")) await firstStart();
  const page = await visit();
  await login(page, "Tina");
  return page;
}

describe("the story", () => {
  test("log in, scan, start, answer, fail on a faulty adapter, read and download why", async () => {
    await open("pole-400u");
    const page = await technician();
    expect(await faultsOf(page)).toEqual([]);
    await start(page, "generic-a-pass SN-1", "dc-screening-no-soak");
    const verdict = await untilVerdict(page);
    await page.getByText(/Safe at .* read back/).waitFor();
    expect(verdict).toMatch(/✗ FAIL · SIMULATED/);
    expect(verdict).toMatch(/First cause: .*DC\+/);
    expect(verdict).toMatch(/Only QA closes a fail/);
    expect(await page.locator(".drawing .bad").count()).toBeGreaterThan(0);
    expect(await faultsOf(page)).toEqual([]);
    await picture(page, "fail-800x480");
    for (const [width, height] of [
      [1280, 800],
      [1600, 1000],
    ] as const) {
      await page.setViewportSize({ width, height });
      await picture(page, `fail-${width}x${height}`);
    }
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Report JSON" }).click(),
    ]);
    const report = JSON.parse(readFileSync(await download.path(), "utf8")) as {
      readonly verdict: string;
      readonly serial: string;
    };
    expect(report).toMatchObject({ verdict: "fail", serial: "SN-1" });
    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByRole("cell", { name: "R000001" }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await picture(page, "runs-800x480");
    expect(left(await twin.history())).toEqual(safe);
  });
});

describe("what can cut it", () => {
  beforeEach(() => open("healthy-a", ["Root", "Tina"]));

  test("a second browser and a reload show the same run; only the person at the bench answers; anybody stops", async () => {
    const page = await technician();
    await start(page, "generic-a-pass SN-2", "dc-screening");
    await page.locator(".prompt").waitFor({ timeout: 120_000 });
    const other = await visit();
    await login(other, "Root");
    await other.getByText("Tina answers this at the bench").waitFor();
    await page.reload();
    await page.locator(".prompt button.go").waitFor();
    expect(await page.locator(".prompt h2").textContent()).toBe(await other.locator(".prompt h2").textContent());
    await other.getByRole("button", { name: "STOP" }).click();
    await page.getByText(/NO RESULT, stopped/).waitFor();
    await page.getByText(/Safe at .* read back/).waitFor();
    expect(left(await twin.history())).toEqual(safe);
  });

  test("a controller that is killed is never shown as running, and the bench is asked itself", async () => {
    const page = await technician();
    await start(page, "generic-a-pass SN-3", "dc-screening");
    await page.locator(".prompt").waitFor({ timeout: 120_000 });
    const controller = processesOf(" run dc-screening ").map((line) => Number(line.split(" ")[0]));
    expect(controller).toHaveLength(1);
    process.kill(controller[0] as number, "SIGKILL");
    await page.getByText(/NO RESULT/).waitFor();
    await page.getByText(/Safe at .* (rig safe|read back)/).waitFor({ timeout: 60_000 });
    expect(await page.locator(".prompt").count()).toBe(0);
    expect(left(await twin.history())).toEqual(safe);
  });

  test("a page that has lost its station says so within 2 s and shows the present state when it is back", async () => {
    const page = await technician();
    await start(page, "generic-a-pass SN-4", "dc-screening");
    await page.locator(".prompt").waitFor({ timeout: 120_000 });
    station.child.kill("SIGSTOP");
    await page.getByText("NO CONNECTION TO THE STATION").waitFor({ timeout: 4000 });
    await picture(page, "lost-800x480");
    station.child.kill("SIGCONT");
    await page.getByText("NO CONNECTION TO THE STATION").waitFor({ state: "detached" });
    await page.locator(".prompt button.go").waitFor();
  });

  test("a station that is ended stops its run first, and the bench is safe", async () => {
    const page = await technician();
    await start(page, "generic-a-pass SN-5", "dc-screening");
    await page.locator(".prompt").waitFor({ timeout: 120_000 });
    station.child.kill("SIGTERM");
    expect(await station.ended).toBe(0);
    expect(left(await twin.history())).toEqual(safe);
    await vi.waitFor(() => expect(processesOf(folder).filter((line) => !line.includes(" twin "))).toEqual([]), {
      timeout: 10_000,
    });
  });

  test("a station that is killed takes its run with it: the controller stops, and the bench is safe", async () => {
    const page = await technician();
    await start(page, "generic-a-pass SN-6", "dc-screening");
    await page.locator(".prompt").waitFor({ timeout: 120_000 });
    station.child.kill("SIGKILL");
    await page.getByText("NO CONNECTION TO THE STATION").waitFor({ timeout: 4000 });
    await vi.waitFor(() => expect(processesOf(folder).filter((line) => !line.includes(" twin "))).toEqual([]), {
      timeout: 30_000,
    });
    expect(left(await twin.history())).toEqual(safe);
  });
});
