/**
 * Row 13: the live page during a run of 4 h with 16 channels at 10 Hz. An hour of the run at a time is written as fast as it
 * goes, then the memory of server and page is looked at; then some time at the real pace for the CPU time.
 * `RIG_BENCH_SECONDS`: how long at the real pace.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { root } from "../../rig/cli/root.ts";
import { Accounts } from "../../rig/station/accounts.ts";
import { createRun, type StoreJournal } from "../../rig/store/journal.ts";
import { type Figure, median } from "./figure.ts";
import { head } from "./head.ts";

const contacts = ["DC+", "DC-", "PE", "CP", "PP", "L1"];
const thermocouples = ["evse", "ev"].flatMap((face) => contacts.map((one) => `thermal/T.${face}.${one}`));
const channels = [...thermocouples, "thermal/SH", "thermal/V.DC+", "thermal/V.DC-", "thermal/V.PE"];
const rate_Hz = 10;
const hours = 4;
const settle_ms = 8000;
const starts = 5;
const secret = "bench-87654321";
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const ticks_Hz = 100;

/** A soak: everything rises to its place, with ripple, and one peak an hour. */
function scan(journal: StoreJournal, i: number): void {
  const t_s = i / rate_Hz;
  for (const [at, name] of channels.entries()) {
    const shunt = at >= thermocouples.length;
    const value = shunt ? 0.05 + 1e-5 * Math.sin(i + at) : 25 + 40 * (1 - Math.exp(-t_s / 1800)) + Math.sin(i / 7 + at);
    journal.point(name, shunt ? "V" : "degC", t_s, i % 36_000 === 17_777 ? value + 20 : value);
  }
}

interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
}

async function serve(store: string, run: number): Promise<Serving> {
  const program = join(root, "dist", "test", "bench", "stationServer.js");
  const child = spawn(process.execPath, ["--expose-gc", program, store, String(run)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { child, url: await line(child) };
}

function line(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the station does not answer")), 20_000);
    child.stdout?.once("data", (text: Buffer) => {
      clearTimeout(timer);
      resolve(text.toString().trim());
    });
  });
}

/** In use after a collection, and all that is resident, MB. */
async function memoryOf(child: ChildProcess): Promise<{ readonly used: number; readonly rss: number }> {
  const answer = line(child);
  child.stdin?.write("?\n");
  const { used, rss } = JSON.parse(await answer) as { readonly used: number; readonly rss: number };
  return { used: used / 1e6, rss: rss / 1e6 };
}

/** CPU time of a process so far, s: proc(5), utime and stime in ticks of 10 ms. */
function cpu_s(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks_Hz;
}

async function login(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Name").fill("Tina");
  await page.getByLabel("Password or PIN").fill(secret);
  await page.keyboard.press("Enter");
  await page.getByText("Log out").waitFor();
}

/** Until the first page takes a name: from a browser that knows nothing. And what it had to fetch, compressed. */
async function usable(browser: Browser, url: string): Promise<{ readonly s: number; readonly kB: number }> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.getByLabel("Name").waitFor();
    const s = (performance.now() - started) / 1000;
    const sizes = `[...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]`;
    const bytes = Number(
      await page.evaluate(`${sizes}.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`),
    );
    return { s, kB: bytes / 1000 };
  } finally {
    await context.close();
  }
}

async function heap_MB(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN) / 1e6;
}

/** CPU time of all processes of the browser so far, s; it has one page. */
async function browser_s(cdp: CDPSession): Promise<number> {
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

const figure = (name: string, value: number, unit: string, budget?: number): Figure => ({
  ...{ row: 13, name, value, unit },
  ...(budget === undefined ? {} : { budget }),
});

async function realPace(journal: StoreJournal, from: number, serving: Serving, all: CDPSession) {
  const window_s = Number(process.env["RIG_BENCH_SECONDS"] ?? 60);
  const before = { server: cpu_s(serving.child.pid), browser: await browser_s(all) };
  const started = performance.now();
  for (let i = 0; i < window_s * rate_Hz; i += 1) {
    scan(journal, from + i);
    const due_ms = started + ((i + 1) * 1000) / rate_Hz;
    await sleep(Math.max(0, due_ms - performance.now()));
  }
  const took_s = (performance.now() - started) / 1000;
  const share = (after_s: number, before_s: number): number => (100 * (after_s - before_s)) / took_s;
  return [
    figure("live page, CPU of the server", share(cpu_s(serving.child.pid), before.server), "% of a core", 10),
    figure(
      "live page, CPU of the browser, all processes",
      share(await browser_s(all), before.browser),
      "% of a core",
      10,
    ),
  ];
}

async function taken(browser: Browser, journal: StoreJournal, serving: Serving): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const first = [];
  for (let i = 0; i < starts; i += 1) first.push(await usable(browser, serving.url));
  figures.push(figure("first page, compressed", first[0]?.kB ?? Number.NaN, "kB", 150));
  figures.push(figure("first page, usable", median(first.map(({ s }) => s)), "s", 1));
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await login(page, serving.url);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const memory = async (when: string): Promise<void> => {
    figures.push(figure(`live page, heap after ${when}`, await heap_MB(cdp), "MB"));
    const { used, rss } = await memoryOf(serving.child);
    figures.push(figure(`server, in use after ${when}`, used, "MB"));
    figures.push(figure(`server, resident after ${when}`, rss, "MB"));
  };
  await memory("the start");
  const hour = 3600 * rate_Hz;
  for (let i = 0; i < hours; i += 1) {
    for (let k = 0; k < hour; k += 1) {
      scan(journal, i * hour + k);
      // The journal writes from a thread of its own: it must come to its turn.
      if (k % 2000 === 0) await sleep(5);
    }
    await sleep(settle_ms);
    const shown = await page.locator(".chart b").first().textContent();
    if (!(Number(shown) > 25)) throw new Error(`the page shows no temperature after ${i + 1} h: ${shown}`);
    await memory(`${i + 1} h`);
  }
  const all = await browser.newBrowserCDPSession();
  figures.push(...(await realPace(journal, hours * hour, serving, all)));
  const started = performance.now();
  await page.reload();
  await page.locator(".chart canvas").first().waitFor();
  figures.push(figure("live page, reload after 4 h until the curves stand", (performance.now() - started) / 1000, "s"));
  return figures;
}

export async function benchStation(): Promise<readonly Figure[]> {
  if (!executablePath) throw new Error("row 13 needs Debian's package chromium");
  const store = mkdtempSync(join(tmpdir(), "rig-bench-station-"));
  const accounts = await Accounts.open(store);
  await accounts.setUp(accounts.setupCode ?? "", "Root", `${secret}-root`);
  await accounts.create("Root", "Tina", "technician", secret);
  accounts.close();
  const started = performance.now();
  const clock = { bench_s: () => (performance.now() - started) / 1000 };
  const journal = await createRun(store, head, { clock });
  const serving = await serve(store, journal.run.run);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  try {
    return await taken(browser, journal, serving);
  } finally {
    await browser.close();
    serving.child.kill("SIGKILL");
    await journal.close();
    rmSync(store, { recursive: true, force: true });
  }
}
