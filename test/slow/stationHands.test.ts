/** A run by touch alone, by keyboard alone, by the scanner alone: on the screen of a bench, in a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { left, safe } from "./rigProcess.ts";
import { endRun } from "./stationEnds.ts";
import * as shared from "./stationProcess.ts";
import { begun, faultsOf, picture, requestsTo, scan, secrets, size, typeByHand } from "./stationProcess.ts";

let browser: Browser;
let opened: shared.Station;
/** What the browser refused or could not do: nothing may break the content security policy. */
const complaints: string[] = [];

beforeAll(async () => {
  browser = await shared.launch();
  opened = await shared.openStation("healthy-a", { people: ["Root", "Tina"] });
});
afterAll(async () => {
  await shared.closeStation(browser, opened);
  await browser.close();
});
afterEach(async () => {
  await shared.closePages(browser);
  await endRun(opened);
  expect(left(await opened.twin.history())).toEqual(safe);
});

function listened(page: Page): Page {
  complaints.length = 0;
  // What the station refuses (nobody is logged in, a look is old) is said on the page: that is no complaint.
  page.on("console", (message) => {
    if (message.type() === "error" && !message.location().url.includes("/api/")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

/** Answers each prompt of the run that was started as it comes, until the verdict. */
async function answerAll(page: Page, answer: () => Promise<void>): Promise<string> {
  await begun(page);
  for (;;) {
    await page.locator(".prompt button.go:enabled, .verdict").first().waitFor();
    if ((await page.locator(".verdict").count()) > 0) return (await page.locator(".verdict").textContent()) ?? "";
    const number = await page.locator(".prompt").getAttribute("data-number");
    await answer();
    await page.locator(`.verdict, .prompt:not([data-number="${number}"])`).first().waitFor();
  }
}

const label = "generic-a-pass SN-1 incoming";

describe("a whole run", () => {
  test("by touch alone: the keys stand on the screen, and every target is large enough for a finger", async () => {
    const { url } = opened;
    const context = await browser.newContext({ viewport: size, hasTouch: true });
    const page = listened(await shared.visit(browser, `${url}/?kiosk#/new`, context));
    const key = (name: string) => page.locator(`.screen-keys [data-skbtn="${name}"]`);
    const typeByTouch = async (text: string): Promise<void> => {
      for (const letter of text) {
        if (/[A-Z]/.test(letter)) await key("{shift}").tap();
        await key(letter === " " ? "{space}" : letter).tap();
      }
    };
    await page.getByLabel("Name").tap();
    await typeByTouch("Tina");
    await picture(page, "touch-login-800x480");
    await page.getByLabel("Password or PIN").tap();
    await typeByTouch(secrets.Tina);
    await key("{enter}").tap();
    await page.getByText("Log out").waitFor();
    await page.getByLabel("Scan or type the label").tap();
    await typeByTouch(label);
    await key("{enter}").tap();
    await page.getByText("Bench is well").waitFor();
    const small = await page
      .locator("button:visible, a.button:visible, select:visible, nav a:visible")
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent));
    expect(small).toEqual([]);
    await picture(page, "touch-start-800x480");
    await page.getByRole("button", { name: "Start", exact: true }).tap();
    const verdict = await answerAll(page, async () => {
      await picture(page, `touch-prompt-${await page.locator(".prompt").getAttribute("data-number")}-800x480`);
      await page.locator(".prompt button.go").tap();
    });
    expect(verdict).toMatch(/✓ PASS/);
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("by keyboard alone: the focus is seen, Escape stops nothing, Alt+S stops", async () => {
    const { url } = opened;
    const page = listened(await shared.visit(browser, url));
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await typeByHand(page, "Tina");
    await page.keyboard.press("Tab");
    await typeByHand(page, secrets.Tina);
    await page.keyboard.press("Enter");
    await page.getByText("Log out").waitFor();
    await page.keyboard.press("Alt+r");
    await page.waitForURL(/#\/runs/);
    await page.keyboard.press("Alt+b");
    await page.keyboard.press("Alt+l");
    await page.getByLabel("Scan or type the label").waitFor();
    // A code that a person types is no scan: it stays in the field, where it is no label.
    await typeByHand(page, "RIGBACK");
    await page.keyboard.press("Enter");
    await page.getByText("the label is empty").waitFor();
    expect(await page.getByLabel("Scan or type the label").inputValue()).toBe("RIGBACK");
    await page.keyboard.press("Control+a");
    await typeByHand(page, label);
    await page.keyboard.press("Enter");
    await page.locator(".starter button.go:enabled").waitFor();
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate("document.activeElement.matches('.starter button.go')")) break;
    }
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Space");
    await page.locator(".prompt button.go:focus").waitFor();
    const answers = requestsTo(page, "/api/answer");
    const first = await page.locator(".prompt").getAttribute("data-number");
    const second = page.locator(`.prompt:not([data-number="${first}"])`);
    await page.keyboard.down("Enter");
    await second.locator("button.go:enabled").waitFor();
    // The key is still held: it answers nothing that came since.
    await second.locator("button.go:focus").waitFor();
    await page.keyboard.down("Enter");
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    expect(await answers()).toBe(1);
    expect(await second.locator("button.go:enabled").count()).toBe(1);
    for (let i = 0; i < 3; i += 1) await page.keyboard.press("Escape");
    // The prompt traps nobody: the stop is reached by Tab.
    for (let i = 0; i < 20; i += 1) {
      await page.keyboard.press("Shift+Tab");
      if (await page.evaluate("document.activeElement.matches('button.stop')")) break;
    }
    expect(await page.evaluate("document.activeElement.matches('button.stop')")).toBe(true);
    expect(await page.locator(".prompt button.go").count()).toBe(1);
    await page.keyboard.press("Alt+s");
    await page.getByText(/NO RESULT, stopped/).waitFor();
    await page.getByText(/Safe at .* read back/).waitFor();
  });

  test("by the scanner alone: from the name to the verdict, and what may not be done does nothing", async () => {
    const { url } = opened;
    const page = listened(await shared.visit(browser, `${url}/#/new`));
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await scan(page, "Tina");
    await scan(page, secrets.Tina);
    await page.getByText("Log out").waitFor();
    await scan(page, "RIGSTART");
    await page.getByText("RIGSTART does nothing here").waitFor();
    expect(await page.getByLabel("Scan or type the label").inputValue()).toBe("");
    // Nothing has the focus: the scan finds its field all the same.
    await page.evaluate("document.activeElement.blur()");
    await scan(page, "generic-a-pass SN-1");
    await page.getByText("What will be energised").waitFor();
    expect(await page.getByLabel("Procedure").inputValue()).toBe("incoming");
    await page.evaluate("document.activeElement.blur()");
    await scan(page, "dc-screening-no-soak");
    const chosen = () => page.getByLabel("Procedure").inputValue();
    await expect.poll(chosen).toBe("dc-screening-no-soak");
    await scan(page, "incoming");
    await expect.poll(chosen).toBe("incoming");
    await page.getByText("Bench is well").waitFor();
    await page.locator(".starter button.go:enabled").waitFor();
    await scan(page, "RIGSTART");
    const verdict = await answerAll(page, async () => {
      if ((await page.locator(".prompt[data-asks=label]").count()) > 0) {
        await scan(page, "generic-a-pass SN-2");
        await page.getByText("Another label: generic-a-pass SN-2 (Serial number SN-1)").waitFor();
        await scan(page, "generic-a-pass SN-1");
      } else await scan(page, "RIGCONFIRM");
    });
    expect(verdict).toMatch(/✓ PASS/);
    await scan(page, "RIGNEW");
    await page.getByLabel("Scan or type the label").waitFor();
    await scan(page, "SN-1");
    await page.getByText("the last run of this serial number").waitFor();
    expect(complaints).toEqual([]);
  });
});

test("numbers by the pad on the screen and by scanned digits, choices of the run by what is there; STOP by a code", async () => {
  const context = await browser.newContext({ viewport: size, hasTouch: true });
  const page = listened(await shared.visit(browser, `${opened.url}/?kiosk#/new`, context));
  await shared.login(page, "Tina");
  await scan(page, "generic-a-pass SN-1 thermal-qualification");
  await page.getByText("before the test the adapter lies in the room").waitFor({ state: "attached" });
  // The preflight of a qualification takes its time.
  await page.locator(".starter button.go:enabled").waitFor();
  await scan(page, "RIGSTART");
  await begun(page);
  const field = page.locator(".prompt[data-kind=number] input[type=text]");
  for (;;) {
    await page.locator(".prompt button.go:enabled").waitFor();
    if ((await field.count()) > 0) break;
    const number = await page.locator(".prompt").getAttribute("data-number");
    await scan(page, "RIGYES");
    await page.locator(`.prompt:not([data-number="${number}"])`).waitFor();
  }
  const number = await page.locator(".prompt").getAttribute("data-number");
  const key = (name: string) => page.locator(`.screen-keys [data-skbtn="${name}"]`);
  await field.tap();
  // Out of range: the page says the range, and sends nothing.
  const answers = requestsTo(page, "/api/answer");
  for (const digit of "10001") await key(digit).tap();
  await key("{enter}").tap();
  await page.getByText("Outside the range: enter 0 to 10000 h").waitFor();
  // A code over the field with the focus leaves no trace in it.
  await scan(page, "RIGCONFIRM");
  await page.getByText("Outside the range: enter 0 to 10000 h").waitFor();
  expect(await field.inputValue()).toBe("10001");
  expect(await answers()).toBe(0);
  expect(await page.locator(".prompt").getAttribute("data-number")).toBe(number);
  await picture(page, "touch-outside-800x480");
  // A second touch brings the keys back.
  await field.tap();
  for (const _digit of "10001") await key("{bksp}").tap();
  await key("2").tap();
  await key("4").tap();
  expect(await key("q").count()).toBe(0);
  await picture(page, "touch-number-800x480");
  expect(await field.inputValue()).toBe("24");
  await page.locator(".prompt button.go:enabled").waitFor();
  await key("{enter}").tap();
  await page.locator(`.prompt:not([data-number="${number}"])`).waitFor();
  await field.waitFor();
  for (const code of ["RIGKEY1", "RIGKEY3", "RIGBACK", "RIGKEY2", "RIGKEY0"]) await scan(page, code);
  expect(await field.inputValue()).toBe("120");
  await page.locator(".prompt button.go:enabled").waitFor();
  await scan(page, "RIGCONFIRM");
  await page.getByText("Relative humidity at the bench").waitFor();
  expect(await answers()).toBe(2);
  await scan(page, "RIGSTOP");
  await page.getByText(/NO RESULT, stopped/).waitFor();
  await page.getByText(/Safe at .* read back/).waitFor();
  await page.goto(`${opened.url}/?kiosk#/codes`);
  await page.getByAltText("RIGSTOP").scrollIntoViewIfNeeded();
  await expect
    .poll(() => page.getByAltText("RIGSTOP").evaluate((one) => (one as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(50);
  expect(await faultsOf(page)).toEqual([]);
  await picture(page, "codes-800x480");
  expect(complaints).toEqual([]);
});

test("at 1.5 m the step, the prompt, the stop and the verdict have capitals of 5 mm on a 7 inch screen", async () => {
  const { url } = opened;
  const page = listened(await shared.visit(browser, `${url}/?kiosk#/new`));
  await shared.login(page, "Tina");
  await scan(page, label);
  await page.locator(".starter button.go:enabled").click();
  // 800 pixels are 154 mm; a capital of DejaVu Sans is 0.729 of the letter's size.
  const capital_mm = async (selector: string): Promise<number> => {
    await page.locator(selector).first().waitFor();
    const px = await page
      .locator(selector)
      .first()
      .evaluate((one) => Number.parseFloat(getComputedStyle(one).fontSize));
    return (px * 0.729 * 154) / 800;
  };
  const seen: Record<string, number> = {};
  for (const selector of [".prompt h2", ".prompt .with-picture p", ".prompt button.go", ".step strong", "button.stop"])
    seen[selector] = await capital_mm(selector);
  expect(await page.locator(".prompt button.go").evaluate((one) => one.getBoundingClientRect().bottom)).toBeLessThan(
    480,
  );
  await shared.untilVerdict(page);
  seen[".verdict b"] = await capital_mm(".verdict b");
  await picture(page, "far-verdict-800x480");
  expect(Object.entries(seen).filter(([, mm]) => mm < 5)).toEqual([]);
});
