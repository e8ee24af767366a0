/**
 * Between which reference halves an adapter is tested: fitted by hand, read from their labels, judged and recorded. The
 * nest has no coding lines for halves, so the labels are what tells (decision 0041).
 */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import { families, netlistOf } from "../../rig/model/adapter.ts";
import type { Face } from "../../rig/model/contacts.ts";
import { atTerminals, builtInHalves, type Mating, matingFor, type ReferenceHalf } from "../../rig/model/halves.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Words } from "../../rig/plan/mated.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { ask, note } from "../../rig/plan/words.ts";
import { truth } from "./truth.ts";

export interface Mated {
  readonly mating: Mating;
  /** Netlist at the terminals of the nest, as routines want it. */
  readonly netlist: AdapterNetlist;
  /** How the record says it: give it to `inWordsOf`. */
  readonly words: Words;
  readonly rated_A: number;
  readonly current: "dc" | "ac";
}

/** Power rows of an AC pass stand for those of a DC pass. */
const acRows = { "power.dc.r": "power.ac.r", "power.dc.r.cold": "power.ac.r.cold" } as const;
const acPoles = { "DC+": "L1", "DC-": "L2N" } as const;

/** An adapter with one of its EVSE faces in use. `pass` keeps ids and series of two passes of one run apart. */
export function matedAt(context: ProcedureContext, station: Face, pass = ""): Mated {
  const { adapter, limits } = context;
  const mating = matingFor(adapter, context.halves ?? [], station);
  const current = families[adapter.family].current[station] ?? "dc";
  const { ac } = adapter.rating;
  const rated_A = station === "evse2" && ac ? ac.current_A : adapter.rating.current_A;
  const apart = pass === "" ? {} : { suffix: `@${pass}`, series: pass };
  const words: Words = { mating, limits, ...apart, ...(current === "ac" ? { rows: acRows, poles: acPoles } : {}) };
  return { mating, netlist: atTerminals(netlistOf(adapter, station), mating), words, rated_A, current };
}

const places = { evse: "plug on the station side", ev: "inlet on the vehicle side" } as const;
const other = "another, or none";

/** Asks for both halves, judges what their labels say and what they may carry, and records them. */
export function* fitHalves(context: ProcedureContext, { mating, rated_A }: Mated, suffix = ""): Plan<void> {
  const known = context.halves && context.halves.length > 0 ? context.halves : builtInHalves;
  for (const side of ["evse", "ev"] as const) {
    const { half } = mating[side];
    const choices = known.filter((one) => one.side === side && one.id !== half.id).map((one) => one.id);
    const answer = yield* ask({
      id: `half-${side}-${half.coupler}`,
      title: "Reference half",
      text:
        `With the nest empty, fit the ${half.coupler} reference ${places[side]} of nest N1 (${half.id}, serial ` +
        `${half.serial}) and close both lids. Which half does its label name?`,
      kind: "choice",
      choices: [half.id, ...choices, other],
      timeout_s: 1200,
      action: { do: "half", half: half.id },
    });
    const meaning = `the ${places[side]} must be ${half.id}, its label says ${String(answer)}`;
    yield* truth("rig.half", answer === half.id, `label ${String(answer)}`, meaning, `rig.half/${side}${suffix}`);
    yield* truth(
      "rig.half.rating",
      rated_A <= half.max_A,
      `${rated_A} A of ${half.max_A} A`,
      `${half.id} was qualified for ${half.max_A} A, the label asks for ${rated_A} A`,
      `rig.half.rating/${side}${suffix}`,
    );
  }
  yield* note({ kind: "halves", station: recordOf(mating.evse.half), vehicle: recordOf(mating.ev.half) });
}

const recordOf = ({ id, coupler, serial, max_A, checked, due, contacts }: ReferenceHalf) => ({
  id,
  coupler,
  serial,
  max_A,
  checked,
  due,
  contacts: { ...contacts },
});
