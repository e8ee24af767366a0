/** What prompts ask of a person, done at the simulated bench: directly on a world, or by its control socket. */
import type { ControlClient } from "../../drivers/twin/controlClient.ts";
import type { OperatorModel } from "../../drivers/twin/models.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";

/** Actions of prompts (rig/plan/commands.ts `Prompt.action`). */
type Action =
  | { readonly do: "fit"; readonly nest?: 1 | 2 }
  | { readonly do: "remove" }
  | { readonly do: "half"; readonly half: string }
  | { readonly do: "latch"; readonly which: "evse" | "adapter"; readonly pressed: boolean }
  | { readonly do: "lid"; readonly which: "LID1" | "LID2"; readonly closed: boolean }
  | { readonly do: "flex"; readonly on: boolean }
  | { readonly do: "warm"; readonly channel: string | null }
  | { readonly do: "estop"; readonly pressed: boolean };

export function actOn(operator: OperatorModel, data: Data): void {
  const action = data as unknown as Action;
  switch (action.do) {
    case "fit":
      operator.fit(action.nest ?? 1);
      break;
    case "remove":
      operator.remove();
      break;
    case "half":
      operator.half(action.half);
      break;
    case "latch":
      operator.latch(action.which, action.pressed);
      break;
    case "lid":
      operator.lid(action.which, action.closed);
      break;
    case "flex":
      operator.flex(action.on);
      break;
    case "warm":
      operator.warm(action.channel);
      break;
    case "estop":
      operator.emergencyStop(action.pressed);
      break;
    default:
      throw new RigError("PLAN_INVALID", `a prompt asks for an action that the twin does not know: ${String(data)}`);
  }
}

/** An edge goes from the twin by the guard to the controller; a busy machine takes its time. */
const edges_ms = 200;

/** The same through the control socket; gives edges time to come back by the guard. */
export async function actBy(control: ControlClient, data: Data): Promise<void> {
  await control.request(data as Readonly<Record<string, Data>>, 2000);
  await new Promise((resolve) => setTimeout(resolve, edges_ms));
}
