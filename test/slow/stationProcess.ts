/** A station on a twin, and a browser on its page: what the browser suites share. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { Accounts, type Role } from "../../rig/station/accounts.ts";
import { endAll, processesOf, type Running, rig, startTwin, type Twin } from "./rigProcess.ts";
import { scan } from "./stationKeys.ts";
import { watchForLoss } from "./stationLost.ts";

export { scan, typeByHand } from "./stationKeys.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
export const size = { width: 800, height: 480 };
/** Pictures for a person to look at; only where somebody asks for them. */
const folderOfPictures = process.env["RIG_PICTURES"];

export async function launch(...more: readonly string[]): Promise<Browser> {
  if (!executablePath) throw new Error("no chromium: install Debian's package chromium (.ci/run does)");
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...more] });
}

export interface Station {
  readonly folder: string;
  readonly store: string;
  /** Where the keys of people are. */
  readonly keys: string;
  readonly twin: Twin;
  readonly station: Running;
  readonly url: string;
}

export const secrets = { Root: "correct horse", Tina: "87654321", Egon: "engineer-1", Quinn: "quality-1" } as const;
export type Person = keyof typeof secrets;
const roles: Readonly<Record<Person, Role>> = {
  Root: "administrator",
  Tina: "technician",
  Egon: "engineer",
  Quinn: "qa",
};

/** A twin and a station on it. `people`: accounts that exist already; without any it is a first start. */
export async function openStation(
  adapter: string,
  { people = [], args = [] }: { readonly people?: readonly Person[]; readonly args?: readonly string[] } = {},
): Promise<Station> {
  const folder = mkdtempSync(join(tmpdir(), "rig-station-"));
  const [store, keys] = [join(folder, "store"), join(folder, "keys")];
  await makeAccounts(store, people);
  const twin = await startTwin(join(folder, "bench"), adapter);
  const station = rig("serve", "--port", "0", "--ports", twin.dir, "--store", store, "--keys", keys, ...args);
  await station.says(people.length > 0 ? /Station of .*http/ : /one-time code/);
  const url = /https?:\/\/\S+/.exec(station.text())?.[0] ?? "";
  return { folder, store, keys, twin, station, url };
}

/** The administrator is always the first. */
async function makeAccounts(store: string, people: readonly Person[]): Promise<void> {
  if (people.length === 0) return;
  mkdirSync(store, { recursive: true });
  const accounts = await Accounts.open(store);
  try {
    await accounts.setUp(accounts.setupCode ?? "", "Root", secrets.Root);
    for (const name of people.filter((one) => one !== "Root"))
      await accounts.create("Root", name, roles[name], secrets[name]);
  } finally {
    accounts.close();
  }
}

/** A run that goes on is stopped first: a controller that is left alone with a dead bench takes its time to end. */
export async function closeStation(browser: Browser, opened: Station | undefined): Promise<void> {
  await closePages(browser);
  try {
    if (opened) await endStation(opened.station);
  } finally {
    await endAll();
  }
  if (!opened) return;
  for (const line of processesOf(opened.folder)) endOne(Number(line.split(" ")[0]));
  rmSync(opened.folder, { recursive: true, force: true, maxRetries: 5 });
}

/** What each page showed last is kept as a picture: it tells most about a test that failed. */
export async function closePages(browser: Browser): Promise<void> {
  const test = expect.getState().currentTestName?.slice(-20).replace(/\W+/g, "-");
  for (const context of browser.contexts()) {
    for (const [i, page] of context.pages().entries()) await picture(page, `last-${test}-${i}`);
    await context.close();
  }
}

const end_ms = 60_000;

async function endStation({ child, ended }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // A test may have stopped it.
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), end_ms);
  await ended.finally(() => clearTimeout(late));
}

function endOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

export async function visit(browser: Browser, url: string, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext({ viewport: size }))).newPage();
  await page.addInitScript(watchForLoss);
  // Longer than any machine needs, shorter than a test may take: what does not come at all is told by its place.
  page.setDefaultTimeout(120_000);
  await page.goto(url);
  return page;
}

export async function login(page: Page, name: Person): Promise<void> {
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password or PIN").fill(secrets[name]);
  await page.keyboard.press("Enter");
  await page.getByText("Log out").waitFor();
}

/** The scanner types into the field that has the focus. */
export async function start(page: Page, label: string, procedure: string): Promise<void> {
  await page.getByLabel("Scan or type the label").waitFor();
  await scan(page, label);
  await page.getByLabel("Procedure").selectOption(procedure);
  await page.getByText("What will be energised").waitFor();
  await page.getByRole("button", { name: "Start" }).click();
  await begun(page);
}

/** The run goes on: what the page showed of the one before, its verdict too, is gone. */
export const begun = (page: Page): Promise<void> => page.locator(".run .step").waitFor();

/** Answers every prompt until the verdict of the run that goes on is there. */
export async function untilVerdict(page: Page): Promise<string> {
  for (;;) {
    await page.locator(".prompt button.go:enabled, .verdict").first().waitFor();
    if ((await page.locator(".verdict").count()) > 0) return (await page.locator(".verdict").textContent()) ?? "";
    const number = await page.locator(".prompt").getAttribute("data-number");
    await page.locator(".prompt button.go").click();
    await page.locator(`.verdict, .prompt:not([data-number="${number}"])`).first().waitFor();
  }
}

/** Counts requests to a path; a request that the page itself sends after them is heard after them. */
export function requestsTo(page: Page, path: string) {
  let count = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === path) count += 1;
  });
  return async (): Promise<number> => {
    const fence = page.waitForRequest(/\?fence$/);
    await page.evaluate("void fetch('/up?fence')");
    await fence;
    return count;
  };
}

export async function picture(page: Page, name: string): Promise<void> {
  if (folderOfPictures === undefined) return;
  mkdirSync(folderOfPictures, { recursive: true });
  // What follows the size of the window is drawn a little later; nothing but the picture depends on it.
  await page.waitForTimeout(50);
  await page.screenshot({ path: join(folderOfPictures, `${name}.png`), fullPage: true });
}

const sizes = [
  [800, 480],
  [1280, 800],
  [1600, 1000],
] as const;

/** At both sizes of a bench's screen and at that of a desk. */
export async function pictures(page: Page, name: string): Promise<void> {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await picture(page, `${name}-${width}x${height}`);
  }
  await page.setViewportSize(size);
}

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Faults that axe-core calls serious or critical. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate("axe.run()")) as Found;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
