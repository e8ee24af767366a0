/** A run on the page in a real browser: pause, notes, photo, pilot, hot parts, label; all of it in the evidence. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { left, rig, safe } from "./rigProcess.ts";
import { controllersOf, endRun } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { begun, faultsOf, login, scan, start } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;
let page: Page;
// One station for all: the preflight of the first run serves the others.
beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
beforeEach(async () => {
  page = await shared.visit(browser, `${opened.url}/#/new`);
  await login(page, "Tina");
});
afterEach(async () => {
  await shared.closePages(browser);
  await endRun(opened);
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser?.close();
});

/** Answers prompts until a place on the page is there. */
async function answering(page: Page, until: string): Promise<void> {
  for (;;) {
    await page.locator(`.prompt button.go:enabled, ${until}`).first().waitFor();
    if ((await page.locator(until).count()) > 0) return;
    const number = await page.locator(".prompt").getAttribute("data-number");
    await page.locator(".prompt button.go").click();
    await page.locator(`${until}, .prompt:not([data-number="${number}"])`).first().waitFor();
  }
}

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const hostile = '<img src=x onerror="alert(1)">smells warm';

const pictures = (name: string): Promise<void> => shared.pictures(page, name);

test("killed while it is paused: never shown as paused, the bench is safe, and the record is closed", async () => {
  await start(page, "generic-a-pass SN-2", "dc-screening");
  await page.locator(".prompt").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await answering(page, ".pausing.paused");
  const controller = controllersOf(opened, " run dc-screening ");
  expect(controller).toHaveLength(1);
  process.kill(controller[0] as number, "SIGKILL");
  await page.getByText(/NO RESULT/).waitFor();
  expect(await page.locator(".pausing").count()).toBe(0);
  await page.getByText(/Safe at .* (rig safe|read back)/).waitFor();
  expect(left(await opened.twin.history())).toEqual(safe);
});

test("pause, note and photo while it runs; pilot on both faces; hot parts and label at its end; all in the evidence", async () => {
  await start(page, "generic-a-pass SN-1", "dc-screening");
  await page.locator(".prompt").waitFor();
  const run = /R\d{6}/.exec((await page.locator(".run .what").textContent()) ?? "")?.[0] ?? "";
  await page.locator(".prompt .picture svg").waitFor();
  await page.getByText("Notes and photos").click();
  await page.getByLabel("Note for the record").fill(hostile);
  await page.getByRole("button", { name: "Write down" }).click();
  await page.locator(".notes li", { hasText: "smells warm" }).waitFor();
  const photo = join(opened.folder, "front.png");
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
  expect(left(await opened.twin.history())).toEqual(safe);
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
  await page.emulateMedia({ media: "screen" });
  await hotLater();
  await inEvidence(run);
});

/** What a run left hot is warned of before the next one, and where that one asks somebody to reach in; not knowing is said too. */
async function hotLater(): Promise<void> {
  await page.goto(`${opened.url}/#/new`);
  await page.locator(".hot .countdown").waitFor();
  await page.route("**/api/runs/*/after", (route) => route.abort());
  await page.goto(`${opened.url}/#/runs`);
  await page.goto(`${opened.url}/#/new`);
  await page.getByText("It is not known how hot the parts are").waitFor();
  await pictures("hot-unknown");
  await page.unroute("**/api/runs/*/after");
  await startedUnheard("generic-a-pass SN-3");
  await page.locator(".prompt button.go").waitFor();
  await page.locator(".run .hot .countdown").waitFor();
  await seenWithQuestion();
  await pictures("hot-prompt");
  await page.route("**/api/runs/*/after", (route) => route.abort());
  await page.reload();
  await page.locator(".prompt button.go:enabled").waitFor();
  await page.getByText("It is not known how hot the parts are").waitFor();
  await seenWithQuestion();
  await pictures("hot-unknown-prompt");
}

/** The answer to the start comes long before the stream says a word of it: the earlier verdict is not shown meanwhile. */
async function startedUnheard(label: string): Promise<void> {
  await page.addInitScript(holdStream);
  await page.goto("about:blank");
  await page.goto(opened.url);
  await page.locator(".verdict").waitFor();
  await page.goto(`${opened.url}/#/new`);
  await page.getByLabel("Scan or type the label").waitFor();
  await scan(page, label);
  await page.getByLabel("Procedure").selectOption("dc-screening");
  await page.locator(".starter button.go:enabled").waitFor();
  await page.evaluate("globalThis.heldMessages = []");
  await page.locator(".starter button.go").click();
  await page.getByText("Starting: the station has accepted it").waitFor();
  expect(page.url()).toMatch(/#\/$/);
  expect(await page.locator(".verdict, .start, .run").count()).toBe(0);
  expect(await page.locator("button.stop:enabled").count()).toBe(1);
  expect(await faultsOf(page)).toEqual([]);
  await pictures("starting");
  await page.evaluate("{ const held = heldMessages; heldMessages = undefined; for (const say of held) say(); }");
  await begun(page);
}

/** In the page: what the stream says but its beats waits while there is a list for it. */
const holdStream = `
  const listen = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (kind, heard) {
    listen.call(this, kind, (event) => {
      if (globalThis.heldMessages === undefined || kind === "beat") heard(event);
      else globalThis.heldMessages.push(() => heard(event));
    });
  };
`;

/** Who is asked to reach in sees warning, question and answer at once, without scrolling and none over another. */
async function seenWithQuestion(): Promise<void> {
  for (const [width, height] of [
    [800, 480],
    [1024, 640],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    const places = await page
      .locator("header, .run .hot:not(.safety), .prompt h2, .prompt p:not(.buttons), .prompt .buttons")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
    expect(places, `${width} x ${height}`).toHaveLength(5);
    const edges = places.flat().map((edge) => Math.round(edge));
    // In the order of the page each begins where the one before it ended, and the last one ends in the window.
    expect([...edges, height], `${width} x ${height}`).toEqual([...edges, height].toSorted((a, b) => a - b));
  }
  await page.setViewportSize(shared.size);
  const [words, more] = [
    page.locator(".run .hot:not(.safety) > strong"),
    page.locator(".run .hot:not(.safety) > span"),
  ];
  const [left, right] = [await words.boundingBox(), await more.boundingBox()];
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
}

/** Note, pause and photo stand in the record and in the file that leaves the store, which holds. */
async function inEvidence(run: string): Promise<void> {
  const { store, folder } = opened;
  const file = join(folder, "run.evidence.jsonl");
  const exported = rig("export", run, "--store", store, "--out", file);
  expect(await exported.ended, exported.text()).toBe(0);
  const text = readFileSync(file, "utf8");
  const words = ["operator-note", "paused", "went-on", "photo", "smells warm", "front.png"];
  expect(words.filter((word) => !text.includes(word))).toEqual([]);
  const reported = rig("report", run, "--store", store, "--out", folder);
  expect(await reported.ended, reported.text()).toBe(0);
  const html = readFileSync(join(folder, `${run}.html`), "utf8");
  expect([html.includes("smells warm"), html.includes("<img src=x")]).toEqual([true, false]);
  const verified = rig("verify", file);
  await verified.ended;
  expect(verified.text()).toMatch(/front\.png/);
}
