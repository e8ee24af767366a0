/** The clock of bench time that a run goes by: real on a bench, a twin's own at its full speed. */
import type { ControlClient } from "../../drivers/twin/controlClient.ts";
import { jumpingClock, realClock } from "../engine/clocks.ts";
import type { Clock } from "../model/clock.ts";
import { asRigError } from "../model/errors.ts";
import type { Inputs } from "./inputs.ts";

/** A twin that has been used before is at some bench time of its own; a resumed run goes on where its record ends. */
export async function clockOf(
  inputs: Pick<Inputs, "twin">,
  control: ControlClient | undefined,
  end: AbortController,
  from_s: number,
): Promise<Clock> {
  const speed = inputs.twin?.speed ?? 1;
  if (!control || speed !== "max") return realClock(speed === "max" ? 1 : speed, from_s);
  const { now_s } = (await control.request({ do: "now" }, 10_000)) as { readonly now_s: number };
  const ahead_s = now_s - from_s;
  const clock = jumpingClock(
    async (to_s) => void (await control.request({ do: "advance", to_s: Math.max(now_s, to_s + ahead_s) }, 10_000)),
    from_s,
  );
  clock.failed.addEventListener("abort", () => end.abort(asRigError(clock.failed.reason)), { once: true });
  return clock;
}
