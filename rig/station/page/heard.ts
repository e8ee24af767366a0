/**
 * Whether what the page shows is present: how old the station's last beat is. By monotonic clocks: the date of the browser
 * does not matter, and a beat that was on its way for long counts from when it was sent. A page that did not run itself
 * (asleep, frozen) knows nothing until it hears anew.
 */
import { computed, signal } from "@preact/signals";

/** A page that has lost its station says so after this long. */
const silent_ms = 2000;
/** The clocks are looked at so often. */
const look_ms = 250;
/** The stream is begun anew when nothing came for so long: a connection that is dead at one end only is left. */
const renew_ms = 5000;
/** Two monotonic clocks drift apart by less than this share. */
const drift = 0.001;

const never = Number.NEGATIVE_INFINITY;
/** When the last beat was sent, by the clock of this page. */
const heard_ms = signal(never);
/** When this page first asked for a stream, for somebody who has just logged in, by its own clock. */
const begun_ms = signal(never);
const now_ms = signal(performance.now());
let date_ms = Date.now();
let tried_ms = never;
/** When the last beat came, and the clock of this page minus that of the station for the quickest of this connection. */
let came_ms = 0;
let offset_ms = Number.POSITIVE_INFINITY;

export const connected = computed(() => now_ms.value - heard_ms.value < silent_ms);
/** A page that has only begun to ask has nothing to lose yet, and shows nothing that could be old. */
export const lost = computed(() => !connected.value && now_ms.value - begun_ms.value >= silent_ms);

/** Somebody has logged in, and the first stream is asked for. */
export function begins(): void {
  begun_ms.value = performance.now();
}

/** A connection begins: nothing that was sent before can come by it. */
export function opened(): void {
  offset_ms = Number.POSITIVE_INFINITY;
}

/** A beat that the station sent at `sent_ms` of its own clock. */
export function hear(sent_ms: number): void {
  look();
  const now = performance.now();
  offset_ms = Math.min(offset_ms + drift * (now - came_ms), now - sent_ms);
  came_ms = now;
  heard_ms.value = sent_ms + offset_ms;
}

/** The clock of the station now, as far as this page knows; undefined before the first beat of a connection. */
export const station_ms = (): number | undefined =>
  Number.isFinite(offset_ms) ? performance.now() - offset_ms : undefined;

/** Nothing that was heard counts any more. */
export function doubt(): void {
  heard_ms.value = never;
  begun_ms.value = never;
}

/** Looks at the clocks. True when the stream is to begin anew: this page did not run, or nothing has come for long. */
export function look(now = performance.now(), date = Date.now()): boolean {
  const gap_ms = now - now_ms.value;
  // The monotonic clock of some systems stands still while the machine sleeps: then only the date has jumped.
  const slept = gap_ms > silent_ms || Math.abs(date - date_ms - gap_ms) > silent_ms;
  date_ms = date;
  now_ms.value = now;
  if (slept) doubt();
  if (!slept && (connected.peek() || now - tried_ms < renew_ms)) return false;
  tried_ms = now;
  return true;
}

/** Looks again and again, and whenever the page comes back from wherever it was. */
export function watchClocks(renew: () => void): void {
  const see = (): void => {
    if (look()) renew();
  };
  setInterval(see, look_ms);
  document.addEventListener("visibilitychange", see);
  const back = (): void => {
    doubt();
    renew();
  };
  document.addEventListener("resume", back);
  addEventListener("pageshow", ({ persisted }) => persisted && back());
}
