/** Keys on the screen, for who has no others: always with `?kiosk` in the address, else when they are asked for. */
import { signal } from "@preact/signals";
import { text } from "./texts.ts";

const kept = "rig-screen-keys";
export const isKiosk = new URLSearchParams(location.search).has("kiosk");
const wanted = signal(isKiosk || localStorage.getItem(kept) === "1");

let end: (() => void) | undefined;

/** Loaded only where it is wanted. */
async function apply(): Promise<void> {
  if (wanted.value && !end) {
    const { screenKeys } = await import("./screenKeys.ts");
    end = screenKeys();
  } else if (!wanted.value) {
    end?.();
    end = undefined;
  }
}

export function startKiosk(): void {
  document.documentElement.classList.toggle("kiosk", isKiosk);
  void apply();
}

export function KeysButton() {
  const toggle = (): void => {
    wanted.value = !wanted.value;
    localStorage.setItem(kept, wanted.value ? "1" : "0");
    void apply();
  };
  return (
    <button
      type="button"
      class="quiet keys"
      aria-pressed={wanted.value}
      aria-label={text.keyboard}
      title={text.keyboard}
      onClick={toggle}
    >
      ⌨
    </button>
  );
}
