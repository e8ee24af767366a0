/**
 * That a page has lost its station is said within 2 s of the last beat: measured in the page by its own clock, and without the
 * time in which the machine gave the page no turn at all. So it means the same on every machine.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const lost = "NO CONNECTION TO THE STATION";
/** Silence after which it is to be said, and how often the page looks (rig/station/page/heard.ts); what drawing it takes. */
const most_ms = 2000 + 250 + 150;

/** In the page before its first script: when the last beat came, when the words appeared, how long timers were late between. */
export const watchForLoss = `(() => {
  const tick_ms = 50;
  let heard = performance.now(), ticked = heard, stood_ms = 0, shown = false;
  const late = (now) => Math.max(0, now - ticked - tick_ms);
  globalThis.rigLoss = undefined;
  globalThis.EventSource = class extends EventSource {
    constructor(...of) {
      super(...of);
      this.addEventListener("beat", () => { heard = performance.now(); stood_ms = 0; });
    }
  };
  setInterval(() => { const now = performance.now(); stood_ms += late(now); ticked = now; }, tick_ms);
  new MutationObserver(() => {
    const [now, is] = [performance.now(), document.querySelector(".lost") !== null];
    if (is && !shown) globalThis.rigLoss = { took_ms: now - heard, stood_ms: stood_ms + late(now) };
    shown = is;
  }).observe(document, { childList: true, subtree: true });
})()`;

export async function saysLost(page: Page): Promise<void> {
  await page.getByText(lost).waitFor();
  const { took_ms, stood_ms } = (await page.evaluate("globalThis.rigLoss")) as Readonly<
    Record<"took_ms" | "stood_ms", number>
  >;
  expect(took_ms - stood_ms).toBeLessThanOrEqual(most_ms);
}
