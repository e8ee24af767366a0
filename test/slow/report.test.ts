/** The HTML report in a real browser: nothing leaves the page's width, nothing is fetched, SIMULATED is on every page. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { htmlReport } from "../../reports/html.ts";
import { failing, passing } from "../reports/fixture.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
const offline = ["--disable-background-networking", "--disable-component-update"];

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), "rig-report-"));

beforeAll(async () => {
  if (!executablePath) throw new Error("no chromium: install Debian's package chromium (.ci/run does)");
  browser = await chromium.launch({ executablePath, args: [...quiet, ...offline] });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const samples = [
  ["passing", passing],
  ["failing", failing],
] as const;

const write = (name: string, sample: ReturnType<typeof passing>): string => {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, htmlReport(contentOf(sample.record, sample.series)));
  return file;
};

test.each(samples)("the %s report stays inside its page at three widths and fetches nothing", async (name, make) => {
  const file = write(name, make());
  for (const width of [1280, 1024, 800]) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(overflow, `${width} px wide`).toBeLessThanOrEqual(0);
    expect(asked).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
    await page.close();
  }
});

test("a simulated run says so on every printed page", async () => {
  const file = write("printed", passing({ simulated: true }));
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const pdf = join(folder, "printed.pdf");
  await page.pdf({ path: pdf, format: "A4", printBackground: true });
  const head = await page.evaluate("getComputedStyle(document.querySelector('table.sheet > thead')).display");
  expect(head).toBe("none");
  await page.emulateMedia({ media: "print" });
  const printed = await page.evaluate("getComputedStyle(document.querySelector('table.sheet > thead')).display");
  expect(printed).toBe("table-header-group");
  expect(await page.locator("table.sheet > thead").textContent()).toContain("SIMULATED");
  const pages = readFileSync(pdf, "latin1").match(/\/Type\s*\/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThan(1);
  await page.close();
});
