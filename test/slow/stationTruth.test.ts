/**
 * The page never shows a state that is not so: the network is cut and torn, the clock of the browser is wrong and jumps, the page
 * is frozen and left, the station is killed and comes back.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openReader } from "../../rig/store/reader.ts";
import { type Wire, wireTo } from "./cuttableProxy.ts";
import { rig } from "./rigProcess.ts";
import { lost, saysLost } from "./stationLost.ts";
import * as shared from "./stationProcess.ts";
import { login, picture, start, untilVerdict } from "./stationProcess.ts";

const hour_ms = 3_600_000;
const cut_ms = 10_000;
/** A browser whose date is wrong from the first script on, and can be set. */
const wrongDate = `(() => {
  const real = Date;
  const shifted = () => real.now() + globalThis.shift_ms;
  globalThis.shift_ms = ${hour_ms};
  globalThis.Date = class extends real {
    constructor(...of) { super(...(of.length === 0 ? [shifted()] : of)); }
    static now() { return shifted(); }
  };
})()`;

let browser: Browser;
let opened: shared.Station | undefined;
let wire: Wire | undefined;

beforeAll(async () => {
  browser = await shared.launch();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await shared.closeStation(browser, opened);
  wire?.close();
});

/** What the page says was judged, sorted; and what the store says of the run. */
const judgedOn = async (page: Page): Promise<readonly string[]> =>
  (await page.locator(".results tr td:nth-child(2)").allTextContents()).sort();

async function judgedIn(store: string): Promise<readonly string[]> {
  const reader = await openReader(store);
  try {
    const { measurements } = reader.record(1);
    const shown = measurements.filter(({ subject, verdict }) => subject === "adapter" || !verdict.startsWith("pass"));
    return shown
      .slice(-60)
      .map(({ id }) => id)
      .sort();
  } finally {
    reader.close();
  }
}

const connectedAgain = (page: Page) => page.getByText(lost).waitFor({ state: "detached" });

test("over cuts, wrong clocks and a station that was killed, a page shows the present or says that it cannot", async () => {
  opened = await shared.openStation("pole-400u", { people: ["Root", "Tina"] });
  const { store, twin } = opened;
  const port = Number(new URL(opened.url).port);
  wire = await wireTo(port);
  // Only the first page goes by the wire that is cut; both call the station by its name and port.
  const direct = await shared.visit(browser, `http://localhost:${port}`);
  const cuttable = await shared.launch(`--host-resolver-rules=MAP localhost:${port} 127.0.0.1:${wire.port}`);
  try {
    const context = await cuttable.newContext({ viewport: shared.size });
    await context.addInitScript(wrongDate);
    const page = await shared.visit(cuttable, `http://localhost:${port}`, context);
    await login(page, "Tina");
    await login(direct, "Tina");

    await start(direct, "generic-a-pass SN-1", "dc-screening-no-soak");
    await page.locator(".prompt").waitFor();

    // Nothing goes through for 10 s; meanwhile the run comes to its end.
    wire.cut();
    const began_ms = performance.now();
    await saysLost(page);
    await picture(page, "cut-800x480");
    const verdict = await untilVerdict(direct);
    expect(verdict).toMatch(/FAIL/);
    await direct.getByText(/Safe at .* read back/).waitFor();
    await page.getByText(lost).waitFor();
    expect(await page.locator(".verdict").count()).toBe(0);
    await sleep(Math.max(0, cut_ms - (performance.now() - began_ms)));
    wire.mend();
    await page.locator(".verdict").waitFor();
    await connectedAgain(page);
    const expected = await judgedIn(store);
    expect(expected.length).toBeGreaterThan(5);
    expect(await judgedOn(page)).toEqual(expected);
    expect(await judgedOn(direct)).toEqual(expected);
    // Times come from the station: an hour off shows nowhere.
    const safe = /Safe at .*/;
    expect(await page.getByText(safe).textContent()).toBe(await direct.getByText(safe).textContent());

    // Every connection is torn, and comes back.
    wire.tear();
    await saysLost(page);
    wire.mend();
    await connectedAgain(page);
    expect(await judgedOn(page)).toEqual(expected);

    // The date jumps while it is shown: the page looks anew, and is connected.
    const anew = page.waitForRequest(/\/api\/live/);
    await page.evaluate(`globalThis.shift_ms = ${-hour_ms}`);
    await anew;
    await connectedAgain(page);
    expect(await judgedOn(page)).toEqual(expected);

    // Frozen by the browser as in a tab that nobody looks at, and left and come back to.
    const cdp = await context.newCDPSession(page);
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    await sleep(3000);
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    await connectedAgain(page);
    expect(await judgedOn(page)).toEqual(expected);
    await page.goto("about:blank");
    await page.goBack();
    await page.locator(".verdict").waitFor();
    await connectedAgain(page);
    expect(await judgedOn(page)).toEqual(expected);

    // The station dies and another one comes: nobody is logged in, and nothing runs.
    opened.station.child.kill("SIGKILL");
    await saysLost(page);
    const next = rig("serve", "--port", String(port), "--ports", twin.dir, "--store", store);
    await next.says(/Station of .*http/);
    await login(page, "Tina");
    await page.getByLabel("Scan or type the label").waitFor();
    expect(await page.getByText(/may be energised/).count()).toBe(0);
    await connectedAgain(page);
  } finally {
    await cuttable.close();
  }
});
