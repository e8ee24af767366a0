/** Prompts that ask a person to press a safety line on purpose: announced to the safety layer, and ended by an answer. */
import type { Data } from "../model/data.ts";
import type { AskOperator } from "../plan/parts.ts";
import type { SafetyLayer } from "./admission.ts";

/** The line of the emergency stop in bench files and in the twin. */
const estop = "ESTOP";

/** The person who confirms the release has thereby reset the stop; an answer that never comes ends the announcement. */
export function announced(ask: AskOperator, safety: Pick<SafetyLayer, "expectPress">): AskOperator {
  return async (prompt, signal) => {
    const pressed = pressOf(prompt.action);
    if (pressed === undefined) return ask(prompt, signal);
    if (pressed) safety.expectPress(estop, true);
    try {
      const given = await ask(prompt, signal);
      if (!pressed) safety.expectPress(estop, false, given.by);
      return given;
    } catch (error) {
      safety.expectPress(estop, false);
      throw error;
    }
  };
}

function pressOf(action: Data | undefined): boolean | undefined {
  const { do: what, pressed } = (action ?? {}) as { readonly do?: unknown; readonly pressed?: unknown };
  return what === "estop" && typeof pressed === "boolean" ? pressed : undefined;
}
