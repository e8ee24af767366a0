/** The role `gpio`, served through the guard: the lines have one owner. */
import { EdgeBuffer } from "../../drivers/gpio/edgeBuffer.ts";
import type { Instrument } from "../kinds/kinds.ts";
import { RigError } from "../model/errors.ts";
import type { Guard } from "./types.ts";

/** Has no recipe of its own: making EN low is what the guard does first. */
export function gpioInstrument(guard: Guard): Instrument<"gpio"> {
  let fenced: string | undefined;
  const buffer = new EdgeBuffer();
  const stop = guard.onEdge((edge) => buffer.put(edge));
  const check = (): void => {
    if (fenced !== undefined) throw new RigError("PORT_FENCED", `the guard's lines were given up: ${fenced}`);
    guard.lost.throwIfAborted();
  };
  return {
    kind: "gpio",
    identity: { model: "guard-lines", serial: "n/a", firmware: "n/a", raw: "", unverified: [] },
    safe: [],
    call: {
      read: async () => {
        check();
        return guard.lines();
      },
      enable: async ({ on }, io) => {
        check();
        await guard.enable(on, io);
        return null;
      },
      watchEvents: async () => {
        check();
        return buffer.take();
      },
    },
    fence: (why) => {
      fenced ??= why;
    },
    close: async () => stop(),
  };
}
