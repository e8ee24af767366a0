/** What a prompt's picture points to, by the prompt's own action (rig/plan/commands.ts). Words are the page's. */
import type { Coupler, Face, Pin } from "../model/contacts.ts";
import type { Prompt } from "../plan/commands.ts";

/** What is to be done; without an action, the kind of answer. */
export type Does =
  | "fit"
  | "remove"
  | "openLid"
  | "closeLid"
  | "press"
  | "release"
  | "flex"
  | "rest"
  | "latchPress"
  | "latchRelease"
  | "half"
  | "warm"
  | "warmEnd"
  | Prompt["kind"];

/** Parts of the bench that a picture points to. */
export type Part = "nest1" | "nest2" | "lids" | "estop" | "evse" | "ev" | "adapter" | "none";

export interface Pointed {
  readonly part: Part;
  readonly does: Does;
  /** Of a warming: the place. */
  readonly what?: string;
  /** A contact, or a whole face, of the adapter or of the half that is to be fitted. */
  readonly face?: { readonly face: Face; readonly pin?: Pin; readonly half?: Coupler };
}

/** What a prompt points to. */
export function pointedAt(prompt: Prompt): Pointed {
  const action = (prompt.action ?? {}) as Readonly<Record<string, unknown>>;
  switch (action["do"]) {
    case "fit":
      return { part: action["nest"] === 2 ? "nest2" : "nest1", does: "fit" };
    case "remove":
      return { part: "nest1", does: "remove" };
    case "lid":
      return { part: "lids", does: action["closed"] === false ? "openLid" : "closeLid" };
    case "estop":
      return { part: "estop", does: action["pressed"] === true ? "press" : "release" };
    case "flex":
      return { part: "adapter", does: action["on"] === true ? "flex" : "rest" };
    case "latch":
      return latch(action);
    case "half":
      return half(prompt.id);
    case "warm":
      return warm(action["channel"]);
    default:
      return { part: "none", does: prompt.kind };
  }
}

function latch({ which, pressed }: Readonly<Record<string, unknown>>): Pointed {
  const does = pressed === true ? "latchPress" : "latchRelease";
  return which === "evse" ? { part: "evse", does } : { part: "adapter", does };
}

/** Prompts for a half name side and coupler in their id: `half-ev-CCS1`. */
function half(id: string): Pointed {
  const found = /^half-(evse|ev)-(NACS|CCS1|J1772)/.exec(id);
  const side = found?.[1] === "ev" ? "ev" : "evse";
  const coupler = found?.[2] as Coupler | undefined;
  return { part: side, does: "half", ...(coupler ? { face: { face: side, half: coupler } } : {}) };
}

/** A thermocouple at a contact is named after it: T.evse.DC+. */
function warm(channel: unknown): Pointed {
  if (typeof channel !== "string") return { part: "nest1", does: "warmEnd" };
  const found = /^T\.(evse|ev)\.(DC\+|DC-|PE|CP|PP|L1|L2N)$/.exec(channel);
  const warmed = { does: "warm", what: channel.replace(/^T\./, "") } as const;
  if (!found) return { part: "nest1", ...warmed };
  return { part: "none", ...warmed, face: { face: found[1] as Face, pin: found[2] as Pin } };
}
