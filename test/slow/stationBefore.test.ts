/** What stands against a run is said before it; and what a station or a controller left behind when it died. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connectControl } from "../../drivers/twin/controlClient.ts";
import type { Data } from "../../rig/model/data.ts";
import { Accounts } from "../../rig/station/accounts.ts";
import { freePort } from "./cuttableProxy.ts";
import { left, rig, safe } from "./rigProcess.ts";
import { controllersOf } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, picture, scan } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;

beforeAll(async () => {
  browser = await shared.launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina", "Quinn"] });
});
afterEach(() => shared.closeStation(browser, opened));

async function atTwin(request: Readonly<Record<string, Data>>): Promise<void> {
  const control = await connectControl(join(opened.twin.dir, "control.sock"), AbortSignal.timeout(5000));
  await control.request(request, 5000).finally(() => control.close());
}

const against = (page: Page, text: string | RegExp) => page.locator(".against li").filter({ hasText: text });
const startButton = (page: Page) => page.locator(".starter button.go");

test("a pressed emergency stop, a latched trip and a wrong adapter are said before, each with what to do", async () => {
  await atTwin({ do: "estop", pressed: true });
  writeFileSync(join(opened.twin.dir, "latch.json"), JSON.stringify({ rule: "interlock-open", why: "LID1 was open" }));
  const page = await shared.visit(browser, opened.url);
  await login(page, "Tina");
  await scan(page, "generic-a-pass SN-1 incoming");
  await against(page, /ESTOP.*→ /).waitFor();
  await against(page, /interlock-open: LID1 was open/).waitFor();
  expect(await startButton(page).isDisabled()).toBe(true);
  await scan(page, "RIGSTART");
  await page.getByText("RIGSTART does nothing here").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await picture(page, "against-800x480");
  // QA sees it and can do nothing about it.
  const quinn = await shared.visit(browser, opened.url, await browser.newContext({ viewport: shared.size }));
  await login(quinn, "Quinn");
  await scan(quinn, "generic-a-pass SN-1 incoming");
  await against(quinn, /LID1 was open/).waitFor();
  expect(await quinn.getByRole("button", { name: /Reset the trip/ }).count()).toBe(0);
  // Its cause goes, and who runs the bench answers for the reset.
  await atTwin({ do: "estop", pressed: false });
  await page.getByRole("button", { name: /Reset the trip/ }).click();
  await page.locator(".reason input").fill("the lid is closed again");
  await page.getByRole("button", { name: "Reset, in my name" }).click();
  await against(page, /LID1 was open/).waitFor({ state: "detached" });
  // An answer of the bench that is some seconds old is not asked for again by itself.
  await expect
    .poll(
      async () => {
        // It is there only while nothing is looked at.
        await page.evaluate("document.querySelector('.starter button.again')?.click()");
        return startButton(page).isEnabled();
      },
      { interval: 1000 },
    )
    .toBe(true);
  await page.getByText("Bench is well").waitFor();
  await page.evaluate("document.activeElement.blur()");
  await scan(page, "generic-c-pass SN-2 dc-screening");
  await against(page, /is for families .* not C.*Choose a procedure for this adapter/).waitFor();
  expect(await startButton(page).isDisabled()).toBe(true);
  expect(left(await opened.twin.history())).toEqual(safe);
  const accounts = await Accounts.open(opened.store);
  const written = accounts.actions(20).map(({ who, what }) => `${who}: ${what}`);
  accounts.close();
  expect(written).toContain("Tina: trip reset");
});

test("a run whose controller and station died is in doubt until it is proved safe, and can be gone on with", async () => {
  const page = await shared.visit(browser, opened.url);
  await login(page, "Tina");
  await scan(page, "generic-a-pass SN-1 dc-screening-no-soak");
  await startButton(page).click();
  for (;;) {
    await page.locator(".prompt button.go").waitFor();
    const title = await page.locator(".prompt h2").textContent();
    if (title === "Fit the adapter") break;
    const number = await page.locator(".prompt").getAttribute("data-number");
    await page.locator(".prompt button.go").click();
    await page.locator(`.prompt:not([data-number="${number}"])`).waitFor();
  }
  // Station first: nobody sees the controller go.
  const station = opened.station.child;
  const controller = controllersOf(opened, " run dc-screening-no-soak ");
  expect(controller).toHaveLength(1);
  process.kill(controller[0] as number, "SIGSTOP");
  station.kill("SIGKILL");
  process.kill(controller[0] as number, "SIGKILL");
  await page.getByText("NO CONNECTION TO THE STATION").waitFor();

  const next = rig("serve", "--port", "0", "--ports", opened.twin.dir, "--store", opened.store);
  await next.says(/Station of .*http/);
  const url = /https?:\/\/\S+/.exec(next.text())?.[0] ?? "";
  const again = await shared.visit(browser, url, await browser.newContext({ viewport: shared.size }));
  await login(again, "Tina");
  await again.getByText(/R000001: dc-screening-no-soak, .* was interrupted/).waitFor();
  await again.getByText(/✓ Safe at .* rig safe/).waitFor();
  expect(left(await opened.twin.history())).toEqual(safe);
  await picture(again, "interrupted-800x480");
  expect(await faultsOf(again)).toEqual([]);
  await again.getByRole("button", { name: "Go on with it" }).click();
  await again
    .getByText(/R000001/)
    .first()
    .waitFor();
  // It proves itself first, and asks for that; then a person has had enough.
  await again.locator(".prompt button.go").waitFor();
  await again.locator("button.stop").click();
  await again.getByText(/NO RESULT, stopped/).waitFor();
  await again.getByText(/✓ Safe at .* R000001, read back/).waitFor();
  expect(left(await opened.twin.history())).toEqual(safe);
});

test("the screen of a bench waits for its station, and goes there when it is up", async () => {
  const port = await freePort();
  const to = encodeURIComponent(`http://127.0.0.1:${port}/?kiosk`);
  const page = await shared.visit(browser, `file://${resolve("deploy/kiosk/wait.html")}?to=${to}`);
  await page.getByText("Waiting for the station").waitFor();
  await page.getByText(`127.0.0.1:${port}: 1 s`).waitFor();
  expect(page.url()).toMatch(/^file:/);
  rig("serve", "--port", String(port), "--ports", opened.twin.dir, "--store", join(opened.folder, "other"));
  await page.getByText("First start: make the administrator").waitFor();
  expect(page.url()).toBe(`http://127.0.0.1:${port}/?kiosk`);
});
