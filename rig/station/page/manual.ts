/**
 * This page's hold on the manual panel: its token, and the sign of life that ends the panel when it stops. The token is in the
 * memory of this page only. The tab keeps a ticket: with it the next page of the same tab goes on. A tab that was duplicated has
 * the ticket too, and the station gives it nothing while this page is heard of.
 */
import { signal } from "@preact/signals";
import type { Hold } from "../manual.ts";
import { post } from "./api.ts";
import { text } from "./texts.ts";

const key = "rig-manual";
const alive_ms = 1000;
const again_ms = 500;
/** The page before this one is silent for long enough by then, or it is not gone. */
const claim_ms = 4000;

export const token = signal<string>();
/** Why the panel was lost, for a person to read. */
export const lost = signal("");
/** The station is asked whether this page goes on where the one before it in this tab was. */
export const claiming = signal(false);

let timer: ReturnType<typeof setInterval> | undefined;

export function hold(given: Hold): void {
  sessionStorage.setItem(key, given.ticket);
  token.value = given.token;
  lost.value = "";
  keep();
}

export function letGo(): void {
  sessionStorage.removeItem(key);
  token.value = undefined;
  clearInterval(timer);
  timer = undefined;
}

/** Tells the station once a second that this page is there; a page that was loaded anew asks for its hold first. */
export function keep(): void {
  if (token.value === undefined) return void claim();
  timer ??= setInterval(() => {
    const mine = token.value;
    if (mine === undefined) return;
    post("/api/manual/alive", { token: mine }).catch((error: unknown) => {
      const { status, message } = error as { readonly status?: number; readonly message: string };
      // A station that does not answer may come back in time; one that refuses has ended the panel.
      if (status === 0 || token.value !== mine) return;
      lost.value = message;
      letGo();
    });
  }, alive_ms);
}

async function claim(): Promise<void> {
  const ticket = sessionStorage.getItem(key);
  if (ticket === null || claiming.value) return;
  claiming.value = true;
  try {
    const given = await claimed(ticket);
    if (given) return hold(given);
    lost.value = text.manualSecond;
  } catch (error) {
    lost.value = (error as Error).message;
  } finally {
    claiming.value = false;
  }
  letGo();
}

/** Undefined while the other page was heard of all the time, or the station was not. */
async function claimed(ticket: string): Promise<Hold | undefined> {
  for (let waited_ms = 0; waited_ms <= claim_ms; waited_ms += again_ms) {
    try {
      const { token: mine, ticket: next } = await post<Partial<Hold>>("/api/manual/claim", { ticket });
      if (mine !== undefined && next !== undefined) return { token: mine, ticket: next };
    } catch (error) {
      // Nothing was answered: it may be in time.
      if ((error as { readonly status?: number }).status !== 0) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, again_ms));
  }
  return undefined;
}
