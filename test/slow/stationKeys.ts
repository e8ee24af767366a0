/**
 * Keys of a scanner and of a person with times of their own. The page tells one from the other by the times of the key events
 * (rig/station/page/keys.ts): what a test types must be the same on a machine that is slow or stands still for a while.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";

/** Between two characters of a wedge scanner, and of a person, ms. */
const scanner_ms = 5;
const person_ms = 100;

interface Keyboard {
  readonly cdp: CDPSession;
  /** Time of the last key, ms since the epoch. */
  last_ms: number;
}

const keyboards = new WeakMap<Page, Keyboard>();

async function keyboardOf(page: Page): Promise<Keyboard> {
  const known = keyboards.get(page) ?? { cdp: await page.context().newCDPSession(page), last_ms: 0 };
  keyboards.set(page, known);
  return known;
}

/** What Chromium is told of a key; Enter is the only one that is no character. */
function keyEvent(key: string) {
  if (key === "Enter") return { key, code: "Enter", text: "\r", unmodifiedText: "\r", windowsVirtualKeyCode: 13 };
  const shifted = /[A-Z]/.test(key) ? { modifiers: 8 } : {};
  const virtual = /[a-z0-9 ]/i.test(key) ? { windowsVirtualKeyCode: key.toUpperCase().charCodeAt(0) } : {};
  return { key, text: key, unmodifiedText: key, ...shifted, ...virtual };
}

/**
 * Each key at its time, `gap_ms` after the one before, and never sooner; a key that is sent late still bears its time. What is
 * done between two keys takes none.
 */
async function type(page: Page, keys: readonly (string | (() => Promise<unknown>))[], gap_ms: number): Promise<void> {
  const keyboard = await keyboardOf(page);
  let at_ms = Math.max(Date.now(), keyboard.last_ms + gap_ms);
  for (const key of keys) {
    if (typeof key !== "string") {
      await key();
      continue;
    }
    await sleep(Math.max(0, at_ms - Date.now()));
    const { text: _typed, unmodifiedText: _plain, ...up } = keyEvent(key);
    const timestamp = at_ms / 1000;
    await keyboard.cdp.send("Input.dispatchKeyEvent", { type: "keyDown", timestamp, ...keyEvent(key) });
    await keyboard.cdp.send("Input.dispatchKeyEvent", { type: "keyUp", timestamp, ...up });
    keyboard.last_ms = at_ms;
    at_ms += gap_ms;
  }
}

/** As a wedge scanner types: hardly any time between the keys, Enter at the end. */
export const scan = (page: Page, text: string): Promise<void> => type(page, [...text, "Enter"], scanner_ms);

/** A scan, and something that happens to the page in the middle of it. */
export const scanAcross = (
  page: Page,
  [first, second]: readonly [string, string],
  between: () => Promise<unknown>,
): Promise<void> => type(page, [...first, between, ...second, "Enter"], scanner_ms);

/** As a person types, without an Enter. */
export const typeByHand = (page: Page, text: string): Promise<void> => type(page, [...text], person_ms);
