/** A run on the page in a real browser: pause, notes, photo, pilot, hot parts, label; all of it in the evidence. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { left, processesOf, rig, safe } from "./rigProcess.ts";
import * as shared from "./stationProcess.ts";
import { faultsOf, login, picture, start } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station | undefined;
let page: Page;
// One station for all: the preflight of the first run serves the others.
beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
  page = await shared.visit(browser, opened.url);
  await login(page, "Tina");
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

/** Answers prompts by Enter until a place on the page is there. */
async function answering(page: Page, until: string): Promise<void> {
  for (;;) {
    await page.locator(`.prompt button.go:enabled, ${until}`).first().waitFor({ timeout: 120_000 });
    if ((await page.locator(until).count()) > 0) return;
    const number = await page.locator(".prompt").getAttribute("data-number");
    await page.locator(".prompt button.go").press("Enter");
    await page.locator(`${until}, .prompt:not([data-number="${number}"])`).first().waitFor({ timeout: 120_000 });
  }
}

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const hostile = '<img src=x onerror="alert(1)">smells warm';

const sizes = [
  [800, 480],
  [1280, 800],
  [1600, 1000],
] as const;

async function pictures(name: string): Promise<void> {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await picture(page, `${name}-${width}x${height}`);
  }
  await page.setViewportSize(shared.size);
}

test("killed while it is paused: never shown as paused, the bench is safe, and the record is closed", async () => {
  await start(page, "generic-a-pass SN-2", "dc-screening");
  await page.locator(".prompt").waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await answering(page, ".pausing.paused");
  const controller = processesOf(" run dc-screening ").map((line) => Number(line.split(" ")[0]));
  expect(controller).toHaveLength(1);
  process.kill(controller[0] as number, "SIGKILL");
  await page.getByText(/NO RESULT/).waitFor();
  expect(await page.locator(".pausing").count()).toBe(0);
  await page.getByText(/Safe at .* (rig safe|read back)/).waitFor({ timeout: 60_000 });
  expect(left((await opened?.twin.history()) ?? [])).toEqual(safe);
  await page.getByRole("link", { name: "New run" }).click();
});

test("pause, note and photo while it runs; pilot on both faces; hot parts and label at its end; all in the evidence", async () => {
  await start(page, "generic-a-pass SN-1", "dc-screening");
  await page.locator(".prompt").waitFor({ timeout: 120_000 });
  await page.locator(".prompt .picture svg").waitFor();
  await page.getByText("Notes and photos").click();
  await page.getByLabel("Note for the record").fill(hostile);
  await page.getByRole("button", { name: "Write down" }).click();
  await page.locator(".notes li", { hasText: "smells warm" }).waitFor();
  const photo = join(opened?.folder ?? "", "front.png");
  mkdirSync(opened?.folder ?? "", { recursive: true });
  writeFileSync(photo, pixel);
  await page.getByLabel("Photo (JPEG or PNG").setInputFiles(photo);
  await page.getByLabel("What it shows").fill("front");
  await page.getByRole("button", { name: "Keep photo" }).click();
  await page.locator(".notes li", { hasText: "front.png" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(/Pausing before “Fit the adapter”/).waitFor();
  await answering(page, ".pausing.paused");
  expect(await page.locator(".pausing.paused").textContent()).toMatch(/PAUSED since .* before “Fit the adapter”/);
  await pictures("paused");
  expect(left((await opened?.twin.history()) ?? [])).toEqual(safe);
  await page.getByRole("button", { name: "Go on" }).click();
  await answering(page, ".pilot .wave[data-face=vehicle]");
  await answering(page, ".chart .legend");
  await page.getByText(/limit: 50 K over the ambient/).waitFor();
  await pictures("running");
  await answering(page, ".verdict");
  expect(await page.locator(".pilot .wave").count()).toBe(2);
  expect(await page.locator(".pilot .wave").first().textContent()).toMatch(/-1[12]\.\d V … (9|1[0-2])\.\d V/);
  await page.locator(".hot .countdown").waitFor();
  expect(await page.locator(".hot").textContent()).toMatch(/DO NOT TOUCH \d+:\d\d/);
  expect(await faultsOf(page)).toEqual([]);
  await pictures("result");
  await page.getByRole("link", { name: "Print the label" }).click();
  await page.locator("img.label-sheet").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await pictures("label");
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("header").isVisible()).toBe(false);
  expect(await page.locator(".label-page button").first().isVisible()).toBe(false);
  await inEvidence();
});

/** Note, pause and photo stand in the record and in the file that leaves the store, which holds. */
async function inEvidence(): Promise<void> {
  const { store = "", folder = "" } = opened ?? {};
  const file = join(folder, "run.evidence.jsonl");
  const exported = rig("export", "2", "--store", store, "--out", file);
  expect(await exported.ended, exported.text()).toBe(0);
  const text = readFileSync(file, "utf8");
  const words = ["operator-note", "paused", "went-on", "photo", "smells warm", "front.png"];
  expect(words.filter((word) => !text.includes(word))).toEqual([]);
  const reported = rig("report", "2", "--store", store, "--out", folder);
  expect(await reported.ended, reported.text()).toBe(0);
  const html = readFileSync(join(folder, "R000002.html"), "utf8");
  expect([html.includes("smells warm"), html.includes("<img src=x")]).toEqual([true, false]);
  const verified = rig("verify", file);
  await verified.ended;
  expect(verified.text()).toMatch(/front\.png/);
}
