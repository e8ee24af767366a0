/**
 * The station in a browser: the tabs of each role on a small screen, photos of a run in its review, and the manual panel in a
 * tab of the browser that was duplicated or loaded anew.
 */
import { truncateSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { keepPhoto } from "../../rig/cli/commands/servePhoto.ts";
import type { RunList } from "../../rig/station/reviewTypes.ts";
import { addRun } from "../rig/evidence/fixture.ts";
import { endRun } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, pictures, secrets } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station | undefined;

beforeAll(async () => {
  const people = ["Root", "Egon", "Quinn"] as const;
  [browser, opened] = await Promise.all([
    shared.launch(),
    shared.openStation("healthy-a", { people, args: ["--manual"] }),
  ]);
});
afterEach(async () => {
  await shared.closePages(browser);
  if (opened) await endRun(opened);
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser.close();
});

const url = (path: string): string => `${opened?.url}${path}`;

test("on a screen of 800 x 480 all tabs of each role are in sight, large enough for a finger and over nothing else", async () => {
  for (const [name, tabs] of [
    ["Egon", 3],
    ["Quinn", 4],
    ["Root", 5],
  ] as const) {
    const page = await shared.visit(browser, url("/?kiosk"), await browser.newContext({ viewport: shared.size }));
    await login(page, name);
    await page.locator("header .simulated").waitFor();
    await pictures(page, `tabs-${name}`);
    const places = await page
      .locator("header nav a, header button, header .simulated, header .bench, header .who")
      .evaluateAll((all) =>
        all.map((one) => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          return { name: one.textContent, tab: one.matches("a"), left, right, top, bottom };
        }),
      );
    const shown = places.filter(({ tab }) => tab);
    expect(shown.map(({ left, right, bottom }) => left >= 0 && right <= 800 && bottom <= 120)).toEqual(
      Array.from({ length: tabs }, () => true),
    );
    expect(shown.filter(({ top, bottom, left, right }) => bottom - top < 44 || right - left < 44)).toEqual([]);
    const over = places.flatMap((a, i) =>
      places
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.name} over ${b.name}`),
    );
    expect(over).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  }
});

test("photos of a run are shown, larger by a touch; one that was changed is said to be, and not shown", async () => {
  const { store } = opened as shared.Station;
  await addRun(store, { simulated: true, operator: "Egon" });
  const page = await shared.visit(browser, url("/"));
  await login(page, "Quinn");
  const hashes: string[] = [];
  for (const [i, text] of ["contact DC+ before the test", "<b>burnt</b> housing"].entries()) {
    const bytes = await page.screenshot({ type: "jpeg", clip: { x: 0, y: 0, width: 400 + 100 * i, height: 300 } });
    hashes.push((await keepPhoto(store, { run: 1, by: "Egon", name: `${i}.jpg`, text, bytes })).hash);
  }
  await page.goto(url("/#/runs/1"));
  const [first, second] = [page.getByAltText("contact DC+ before the test"), page.getByAltText("<b>burnt</b> housing")];
  await second.scrollIntoViewIfNeeded();
  for (const [one, width] of [
    [first, 400],
    [second, 500],
  ] as const)
    await expect.poll(() => one.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(width);
  const before = (await first.boundingBox())?.height ?? 0;
  await first.click();
  expect((await first.boundingBox())?.height).toBeGreaterThan(before);
  expect(await faultsOf(page)).toEqual([]);
  await pictures(page, "photos-large");
  await first.click();
  await pictures(page, "photos");
  truncateSync(join(store, "attachments", hashes[0] ?? ""), 100);
  await page.reload();
  await page.getByText("This photo cannot be shown").waitFor();
  await page.goto(url("/#/trend?id=pe.resistance"));
  await page.getByRole("heading", { name: "Newest readings" }).waitFor();
  await pictures(page, "trend-one");
});

test("a duplicated tab does not drive the bench, and the same tab loaded anew does", async () => {
  const page = await shared.visit(browser, url("/"));
  await login(page, "Egon");
  const newest = (await page.evaluate("fetch('/api/runs').then((answer) => answer.json())")) as RunList;
  const next = `R${String((newest.rows[0]?.run ?? 0) + 1).padStart(6, "0")}`;
  await page.goto(url("/#/instruments/manual"));
  await page.getByLabel("Password again").fill(secrets.Egon);
  await page.getByRole("button", { name: "Open the panel" }).click();
  const off = (of: Page) => of.getByRole("button", { name: "ALL OFF" });
  await off(page).and(page.locator(":enabled")).waitFor();
  // As "duplicate tab" does: the new one begins with a copy of the storage of this one.
  const [copy] = await Promise.all([
    page.context().waitForEvent("page"),
    page.evaluate("open(location.href) !== null"),
  ]);
  expect(await copy.evaluate("sessionStorage.getItem('rig-manual') !== null")).toBe(true);
  await copy.getByText("this tab is a second one and only shows it").waitFor();
  expect(await off(copy).count()).toBe(0);
  expect(await faultsOf(copy)).toEqual([]);
  await pictures(copy, "manual-second");
  await copy.close();
  await page.reload();
  await page.getByText("This tab had the panel open").waitFor();
  await off(page).and(page.locator(":enabled")).click();
  await page.getByRole("button", { name: "End and make safe" }).click();
  await page.getByText(next).first().waitFor();
});
