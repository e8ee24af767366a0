/** Keys on a touch screen without any others: they stand below the field that has the focus, and type into it. */
import { SimpleKeyboard } from "simple-keyboard/build/index.modern.js";
import "simple-keyboard/build/css/index.css";
import "./screenKeys.css";
import { typeInto } from "./keys.ts";

const words = [
  "1 2 3 4 5 6 7 8 9 0 {bksp}",
  "q w e r t y u i o p -",
  "a s d f g h j k l _ :",
  "{shift} z x c v b n m , .",
  "{other} {space} {hide} {enter}",
];
const capitals = words.map((row) => row.replace(/(?<=^| )[a-z](?= |$)/g, (letter) => letter.toUpperCase()));
const signs = [
  "! \" # $ % & ' ( ) = {bksp}",
  "+ * / \\ ? @ < > [ ] ~",
  "^ ` | ; : _ - , .",
  "ä ö ü ß é è à ç ñ",
  "{other} {space} {hide} {enter}",
];
const numbers = ["1 2 3", "4 5 6", "7 8 9", ". 0 {bksp}", "- {hide} {enter}"];

const settle_ms = 400;

let field: HTMLInputElement | HTMLTextAreaElement | undefined;

const takesText = (target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement =>
  (target instanceof HTMLInputElement && /^(text|password|search|number)$/.test(target.type)) ||
  target instanceof HTMLTextAreaElement;

/** From now on: whenever a field gets the focus. Returns how to end it. */
export function screenKeys(): () => void {
  const holder = document.createElement("div");
  holder.className = "screen-keys simple-keyboard";
  holder.hidden = true;
  document.body.append(holder);
  const keyboard = new SimpleKeyboard(holder, {
    layout: { words, capitals, signs, numbers },
    layoutName: "words",
    display: {
      "{bksp}": "⌫",
      "{enter}": "Enter ⏎",
      "{shift}": "⇧",
      "{space}": "space",
      "{other}": "#+=",
      "{hide}": "hide",
    },
    // The field keeps the focus.
    preventMouseDownDefault: true,
    useButtonTag: true,
    onKeyPress: (key: string) => pressed(key, (name) => keyboard.setOptions({ layoutName: name })),
  });
  const hide = (): void => {
    holder.hidden = true;
    document.body.classList.remove("with-screen-keys");
  };
  // What a finger is just pressing must not move away under it.
  const hideSoon = (): void => {
    setTimeout(() => takesText(document.activeElement) || hide(), settle_ms);
  };
  const show = (): void => {
    if (!field) {
      hideSoon();
      return;
    }
    const numeric = field.inputMode === "decimal" || field.inputMode === "numeric";
    keyboard.setOptions({ layoutName: numeric ? "numbers" : "words" });
    layout = numeric ? "numbers" : "words";
    holder.hidden = false;
    document.body.classList.add("with-screen-keys");
    field.scrollIntoView({ block: "center" });
  };
  hideKeys = hide;
  const came = (event: FocusEvent): void => {
    if (holder.contains(event.target as Node)) return;
    field = takesText(event.target) && !event.target.readOnly ? event.target : undefined;
    show();
  };
  const pointed = (event: Event): void => {
    // A second touch on the field brings hidden keys back.
    if (holder.hidden && event.target === field) show();
  };
  const gone = (): void => {
    if (holder.hidden) return;
    if (field?.isConnected === false || !takesText(document.activeElement)) hideSoon();
  };
  document.addEventListener("focusin", came);
  document.addEventListener("pointerup", pointed);
  const watching = new MutationObserver(gone);
  watching.observe(document.body, { childList: true, subtree: true });
  field = takesText(document.activeElement) ? document.activeElement : undefined;
  show();
  return () => {
    document.removeEventListener("focusin", came);
    document.removeEventListener("pointerup", pointed);
    watching.disconnect();
    keyboard.destroy();
    holder.remove();
    document.body.classList.remove("with-screen-keys");
  };
}

let layout = "words";
let hideKeys: () => void = () => undefined;

function pressed(key: string, change: (layout: string) => void): void {
  const turn = (name: string): void => {
    layout = name;
    change(name);
  };
  if (key === "{shift}") turn(layout === "capitals" ? "words" : "capitals");
  else if (key === "{other}") turn(layout === "signs" ? "words" : "signs");
  else if (key === "{hide}") hideKeys();
  else if (field) type(field, key);
  // One capital at a time.
  if (layout === "capitals" && !key.startsWith("{")) turn("words");
}

function type(into: HTMLInputElement | HTMLTextAreaElement, key: string): void {
  if (key === "{enter}") {
    hideKeys();
    into.form?.requestSubmit();
    return;
  }
  const { value } = into;
  const [from, to] = [into.selectionStart ?? value.length, into.selectionEnd ?? value.length];
  const [start, text] = key === "{bksp}" ? [from === to ? Math.max(0, from - 1) : from, ""] : [from, glyphOf(key)];
  typeInto(into, value.slice(0, start) + text + value.slice(to));
  into.setSelectionRange(start + text.length, start + text.length);
}

const glyphOf = (key: string): string => (key === "{space}" ? " " : key);
