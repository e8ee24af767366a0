/**
 * Nest N2 checks itself on the known resistors that its fixture has at each contact. An open lead would read as perfect
 * insulation, a welded relay would test something else: both change what the resistors read. No reading of an adapter
 * counts without it.
 */
import type { InsulationTest } from "../../rig/kinds/kinds.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import { derive, type Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { HighVoltageWiring } from "../../rig/plan/highVoltage.ts";
import { call, judge } from "../../rig/plan/words.ts";
import type { matingGroups, TestedPair } from "../analysis/insulationPlan.ts";
import { apply, openTree } from "./insulation.ts";
import { hvtree, insulation } from "./roles.ts";
import { truth } from "./truth.ts";

/** Long enough for a gigaohm and the few picofarads of a fixture. */
export const check: InsulationTest = { mode: "ir", voltage_V: 500, ramp_s: 0.5, dwell_s: 2, trip_A: 0.001 };

/** Nothing charged, nothing closed, before anything is asked. */
export function* atRest(): Plan<void> {
  const state = yield* call(insulation, "measure", {});
  yield* judge("rig.hv.discharged", state.voltage, {
    id: "rig.hv.discharged/before",
    meaning: "the insulation tester shows a voltage before any test",
  });
  const { closed } = yield* call(hvtree, "readBack", {});
  const named = closed.join(" ") || "none";
  const meaning =
    `relays of the high-voltage tree are closed before any test: ${named}; an earlier run was cut off, or they are ` +
    "welded: bring the bench to its safe state (rig safe) and start again";
  yield* truth("rig.hv.tree", closed.length === 0, `closed: ${named}`, meaning);
}

/** Each contact alone on the high side, then alone on the return: its resistor must read, no more and no less. */
export function* standards(hv: HighVoltageWiring, contacts: readonly Contact[]): Plan<void> {
  for (const contact of contacts) {
    for (const side of ["high", "return"] as const) {
      const [hi, lo, bus] = side === "high" ? [[contact], [], "return" as const] : [[], [contact], "high" as const];
      const name = `standard ${side} ${contact}`;
      const ended = yield* apply(hv, { name, hi, lo, bus, test: check });
      yield* judge("rig.hv.standard.r", ended.resistance, {
        id: `rig.hv.standard.r/${side}/${contact}`,
        contacts: [contact],
        meaning:
          `the known resistor at ${contact} does not read on the ${side} side: above it a lead or relay is open, ` +
          "below it another relay of the tree is welded or the fixture leaks",
      });
    }
  }
  yield* openTree();
}

/** The empty nest in the arrangements of the test: what leaks here would be blamed on the adapter. */
export function* emptyFixture(hv: HighVoltageWiring, pairs: readonly TestedPair[], test: InsulationTest): Plan<void> {
  for (const { id, what, hi, lo, part } of pairs) {
    if (part !== undefined) continue;
    const ended = yield* apply(hv, { name: `empty ${id}`, hi: hi.flat(), lo: lo.flat(), bus: "guard", test });
    yield* judge("rig.hv.open.r", ended.resistance, {
      id: `rig.hv.open.r/${id}`,
      meaning: `the empty nest N2 leaks between ${what}: clean or dry the halves, or look for a welded relay`,
    });
  }
  yield* openTree();
}

/** The adapter's metal touches the halves: the resistors of all contacts that it joins read in parallel. */
export function* mated(hv: HighVoltageWiring, groups: ReturnType<typeof matingGroups>): Plan<void> {
  for (const { id, drive, expected } of groups) {
    const ended = yield* apply(hv, { name: `mating ${id}`, hi: drive, lo: [], bus: "return", test: check });
    yield* judge("hv.mating", contactsSeen(ended.resistance, hv.standard_ohm, expected), {
      id: `hv.mating/${id}`,
      contacts: drive,
      meaning:
        `not all ${expected} contacts of ${id} are joined by the adapter: it is not fully mated in N2, or a path in it ` +
        "is open (the wiring screen in N1 tells which); an insulation reading would say nothing",
    });
  }
  yield* openTree();
}

/**
 * Number of standard resistors in parallel less those expected: 0 when all is well, more where the adapter leaks to further
 * contacts. A short reads below the tester's range: then more than can be counted.
 */
export const contactsSeen = (r: Reading<"ohm">, standard_ohm: number, expected: number): Reading<"1"> =>
  derive("1", `${standard_ohm} ohm / R - ${expected}`, [r], ([ohm = Number.NaN], [u = Number.NaN]) => ({
    value: standard_ohm / ohm - expected,
    u: (standard_ohm / (ohm * ohm)) * u,
  }));
