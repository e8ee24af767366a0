/** Protective earth: four wires at <= 1 A first (S9), then 25 A for 60 s with offsets before and after. */
import { isPass } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { judge, now, wait } from "../../rig/plan/words.ts";
import { drift_V, resistanceOf } from "../analysis/resistance.ts";
import { resistance } from "./fourWire.ts";
import { closeLoop, offset_scans, powerOff, ramp, watching } from "./power.ts";
import { currentOf, onOffOf } from "./pulse.ts";
import { estimated, Traces } from "./series.ts";

const contacts = ["evse.PE", "ev.PE"] as const;
const current_A = 25;
const hold_s = 60;

/** True when the earth of this mating is proved; nothing above 1 A may follow otherwise. */
export function* earthAtOneAmpere(wiring: Wiring, id: string): Plan<boolean> {
  const r = yield* resistance(wiring, "evse.PE", "ev.PE", "power");
  const open = r.is === "above" || r.is === "invalid";
  const verdict = yield* judge("pe.r.screen", r, {
    id,
    contacts,
    meaning: open ? "PE is open between the faces" : "PE through the adapter has too much resistance",
  });
  return isPass(verdict);
}

export function* earthAt25A(wiring: Wiring): Plan<void> {
  yield* watching(wiring, "earth", function* () {
    yield* closeLoop(wiring, "earth", current_A);
    const start_s = yield* now();
    yield* wait(offset_scans);
    const on_s = yield* now();
    yield* ramp("earth", 0, current_A);
    const plateau_s = yield* now();
    yield* wait(hold_s);
    const end_s = yield* now();
    yield* ramp("earth", current_A, 0);
    const off_s = (yield* now()) + 1;
    yield* wait(offset_scans + 1);
    const traces = new Traces("earth");
    yield* traces.update(["SH", "V.PE"]);
    const times = { start_s, on_s, plateau_s: plateau_s + 1, end_s, off_s, stop_s: yield* now() };
    const onOff = onOffOf(traces, "V.PE", times);
    const t_s = yield* now();
    yield* judge("rig.current.tolerance", currentOf(onOff, current_A, t_s), {
      id: "rig.current.tolerance/earth",
      meaning: "the source did not hold 25 A through the earth path",
    });
    yield* judge("rig.offset.drift", estimated("V", { value: drift_V(onOff), u: 0 }, "after - before", t_s), {
      id: "rig.offset.drift/PE",
      meaning: "the offset of V(PE) moved: check the sense leads of the PE taps",
    });
    yield* judge("pe.r", estimated("ohm", resistanceOf(onOff), `V.PE at ${current_A} A`, t_s), {
      contacts,
      meaning: "PE through the adapter has too much resistance at 25 A",
    });
    yield* powerOff();
  });
}
