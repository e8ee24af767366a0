/**
 * Scanner and access keys, anywhere on the page. A wedge scanner types faster than a person and ends with Enter. What it does is
 * always a press of something that is shown and allowed, or a label on its way to its field: a code can do nothing that a
 * finger could not do at that moment. Escape does nothing: no key stops a run by accident.
 */
import { signal } from "@preact/signals";
import { type ControlCode, isControlCode } from "../codes.ts";
import { bench, me, scanned } from "./state.ts";
import { text } from "./texts.ts";

/** Longest time between two characters of a scan, ms: slow scanners take some 30, fast typists 100. */
const gap_ms = 80;
const shortest = 2;
const longest = 200;

/** What a scan led to when it led to nothing, for a person to read. */
export const heardCode = signal("");

type TypedField = HTMLInputElement | HTMLTextAreaElement;

let burst = "";
/** Where its characters went, in order: no field, or one as it was before. More than one place: the focus moved meanwhile. */
let places: { readonly field: TypedField | undefined; readonly before: string }[] = [];
let last_ms = Number.NEGATIVE_INFINITY;

const isField = (target: EventTarget | null): target is TypedField =>
  (target instanceof HTMLInputElement && /^(text|password|search|number)$/.test(target.type)) ||
  target instanceof HTMLTextAreaElement;

export function listenToKeys(): void {
  addEventListener("keydown", pressed, true);
  // A space of a label, let go on a button that has the focus, would press it.
  addEventListener("keyup", (event) => event.key === " " && burst.length > 1 && event.preventDefault(), true);
}

function pressed(event: KeyboardEvent): void {
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    hotkey(event);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Enter" && event.repeat) {
    // A key that is held presses once: the next prompt has not been read yet.
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const quick = event.timeStamp - last_ms <= gap_ms;
  if (event.key === "Enter") {
    const given = quick ? burst : "";
    burst = "";
    if (given.length >= shortest) ended(event, given);
    return;
  }
  if ([...event.key].length !== 1) return;
  if (!quick || burst.length >= longest) burst = "";
  if (burst === "") places = [];
  burst += event.key;
  last_ms = event.timeStamp;
  const field = isField(event.target) ? event.target : undefined;
  if (places.length === 0 || places.at(-1)?.field !== field) places.push({ field, before: field?.value ?? "" });
  if (event.key === " " && burst.length > 1 && !isField(event.target)) event.preventDefault();
}

/** A burst that ended: a command anywhere; a label where no field has taken all of it. Never a part of either. */
function ended(event: KeyboardEvent, given: string): void {
  const field = isField(event.target) ? event.target : undefined;
  const whole = places.every((place) => place.field === field);
  if (whole && field && !isControlCode(given)) return;
  event.preventDefault();
  event.stopPropagation();
  for (const { field: typed, before } of places.toReversed())
    if (typed?.isConnected && typed.value !== before) typeInto(typed, before);
  if (isControlCode(given)) command(given);
  else if (whole || [...places.map((place) => place.field), field].every(takesLabels)) scan(given);
  // Not shown: it may be a secret.
  else heardCode.value = text.scanDivided;
}

/** No field, or one that a label may come to; anything else may be for a secret or for words of a person. */
const takesLabels = (field: TypedField | undefined): boolean =>
  field?.matches(`[data-hotkey=l], ${waiting} input[type=text]`) ?? true;

/** As a person would type it: the page's own handlers hear of it. */
export function typeInto(field: TypedField, value: string): void {
  const of = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(of, "value")?.set?.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const find = <E extends HTMLElement>(selector: string): E | undefined =>
  document.querySelector<E>(selector) ?? undefined;

/** Presses it when it is there, shown and allowed. */
function press(target: HTMLElement | undefined): boolean {
  if (!target || target.matches(":disabled") || !target.checkVisibility({ visibilityProperty: true })) return false;
  target.click();
  return true;
}

/** The prompt of the run; forms of other pages look alike. */
const waiting = ".prompt[data-number]";

function scan(given: string): void {
  heardCode.value = "";
  if (!me.value) {
    atLogin(given);
    return;
  }
  const run = bench.value?.run;
  const prompt = find(waiting);
  if (prompt && run && run.phase !== "ended") {
    const field = prompt.querySelector<HTMLInputElement>("input[type=text]");
    if (field && !prompt.querySelector("[inputmode=decimal]")) {
      typeInto(field, given);
      press(prompt.querySelector<HTMLElement>("button[type=submit]") ?? undefined);
      return;
    }
    // The label is asked for: the right one is the answer, any other one is said to be another.
    if (prompt.dataset["asks"] === "label") {
      const parts = given.split(/[\s;|]+/);
      if (given === run.serial || parts.includes(run.serial) || parts.includes(encodeURIComponent(run.serial))) {
        if (!press(confirming())) heardCode.value = `${given} ${text.notHere}`;
      } else heardCode.value = `${text.otherLabel}: ${given} (${text.serial} ${run.serial})`;
      return;
    }
  }
  if (run && run.phase !== "ended") {
    heardCode.value = `${given} ${text.notHere}`;
    return;
  }
  scanned.value = given;
  location.hash = "#/new";
}

/** As if the next empty field of the login had had the focus. */
function atLogin(given: string): void {
  const form = find<HTMLFormElement>(".login form");
  const empty = form && [...form.querySelectorAll("input")].find(({ value }) => value === "");
  if (!form || !empty) {
    // Not shown: it may be a secret.
    heardCode.value = text.scanFull;
    return;
  }
  typeInto(empty, given);
  form.requestSubmit();
}

const confirming = (): HTMLElement | undefined => find(`${waiting} button.go`);

/** In the prompt that waits: the n-th choice, or a digit of its number. */
function digit(key: string): boolean {
  const field = find<HTMLInputElement>(`${waiting} input[type=text]`);
  if (field) {
    typeInto(field, key === "back" ? field.value.slice(0, -1) : field.value + key);
    return true;
  }
  const choices = document.querySelectorAll<HTMLElement>(`${waiting}[data-kind=choice] .buttons button`);
  return press(choices[Number(key) - 1]);
}

const commands: Readonly<Record<ControlCode, () => boolean>> = {
  RIGSTART: () => press(find(".start .starter button.go")),
  RIGCONFIRM: () => press(confirming()),
  RIGYES: () => press(find(`${waiting}[data-kind=confirm] button.go`)),
  RIGNO: () => press(find(`${waiting}[data-kind=confirm] .buttons button:not(.go)`)),
  RIGSTOP: () => press(find("button.stop")),
  RIGPAUSE: () => press(find(".pausing:not(.paused) button")),
  RIGGOON: () => press(find(".pausing.paused button.go")),
  RIGNEW: () => press(find("a[href='#/new']")),
  RIGLOOK: () => press(find(".start .starter button.again")),
  RIGKEY1: () => digit("1"),
  RIGKEY2: () => digit("2"),
  RIGKEY3: () => digit("3"),
  RIGKEY4: () => digit("4"),
  RIGKEY5: () => digit("5"),
  RIGKEY6: () => digit("6"),
  RIGKEY7: () => digit("7"),
  RIGKEY8: () => digit("8"),
  RIGKEY9: () => digit("9"),
  RIGKEY0: () => digit("0"),
  RIGPOINT: () => digit("."),
  RIGBACK: () => digit("back"),
};

function command(code: ControlCode): void {
  heardCode.value = commands[code]() ? "" : `${code} ${text.notHere}`;
}

/** Alt and a letter: what carries it in `data-hotkey`. A field gets the focus, anything else is pressed. */
function hotkey(event: KeyboardEvent): void {
  if (!/^[a-z]$/i.test(event.key)) return;
  const letter = event.key.toLowerCase();
  const target = find(`[data-hotkey="${letter}"]`);
  if (!target) {
    // The label's field is on the start page.
    if (letter === "l" && me.value && bench.value?.run?.phase === "ended") location.hash = "#/new";
    return;
  }
  event.preventDefault();
  if (isField(target)) target.focus();
  else press(target);
}
