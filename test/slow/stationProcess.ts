/** A station on a twin, and a browser on its page: what the browser suites share. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { Accounts, type Role } from "../../rig/station/accounts.ts";
import { endAll, type Running, rig, startTwin, type Twin } from "./rigProcess.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
export const size = { width: 800, height: 480 };
/** Pictures for a person to look at; only where somebody asks for them. */
const pictures = process.env["RIG_PICTURES"];

export async function launch(...more: readonly string[]): Promise<Browser> {
  if (!executablePath) throw new Error("no chromium: install Debian's package chromium (.ci/run does)");
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...more] });
}

export interface Station {
  readonly folder: string;
  readonly store: string;
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
  const store = join(folder, "store");
  await makeAccounts(store, people);
  const twin = await startTwin(join(folder, "bench"), adapter);
  const station = rig("serve", "--port", "0", "--ports", twin.dir, "--store", store, ...args);
  await station.says(people.length > 0 ? /Station of .*http/ : /one-time code/, 30_000);
  const url = /https?:\/\/\S+/.exec(station.text())?.[0] ?? "";
  return { folder, store, twin, station, url };
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

export async function closeStation(browser: Browser, opened: Station | undefined): Promise<void> {
  for (const context of browser.contexts()) await context.close();
  await endAll();
  if (opened) rmSync(opened.folder, { recursive: true, force: true });
}

export async function visit(browser: Browser, url: string, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext({ viewport: size }))).newPage();
  page.setDefaultTimeout(60_000);
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

/** By keyboard and scanner alone: the scanner types into the field that has the focus. */
export async function start(page: Page, label: string, procedure: string): Promise<void> {
  await page.getByLabel("Scan or type the label").waitFor();
  await page.keyboard.type(label);
  await page.keyboard.press("Enter");
  await page.getByLabel("Procedure").selectOption(procedure);
  await page.getByText("What will be energised").waitFor();
  await page.getByRole("button", { name: "Start" }).click();
}

/** Answers every prompt by Enter until the verdict is there. */
export async function untilVerdict(page: Page): Promise<string> {
  for (;;) {
    await page.locator(".prompt button.go:enabled, .verdict").first().waitFor({ timeout: 120_000 });
    if ((await page.locator(".verdict").count()) > 0) return (await page.locator(".verdict").textContent()) ?? "";
    const number = await page.locator(".prompt").getAttribute("data-number");
    await page.keyboard.press("Enter");
    await page.locator(`.verdict, .prompt:not([data-number="${number}"])`).first().waitFor({ timeout: 120_000 });
  }
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
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
