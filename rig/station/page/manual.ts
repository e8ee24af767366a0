/** This page's hold on the manual panel: its token, and the sign of life that ends the panel when it stops. */
import { signal } from "@preact/signals";
import { post } from "./api.ts";

const key = "rig-manual";
const alive_ms = 1000;

/** Survives a reload of the same tab within the time that the station allows; never another tab. */
export const token = signal<string | undefined>(sessionStorage.getItem(key) ?? undefined);
/** Why the panel was lost, for a person to read. */
export const lost = signal("");

let timer: ReturnType<typeof setInterval> | undefined;

export function hold(given: string): void {
  sessionStorage.setItem(key, given);
  token.value = given;
  lost.value = "";
  keep();
}

export function letGo(): void {
  sessionStorage.removeItem(key);
  token.value = undefined;
  clearInterval(timer);
  timer = undefined;
}

/** Tells the station once a second that this page is there. */
export function keep(): void {
  if (timer !== undefined || token.value === undefined) return;
  timer = setInterval(() => {
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
