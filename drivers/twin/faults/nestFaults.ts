/** Faults of an adapter that only a procedure of their own brings out: high voltage in nest N2, a person's hands. */
import { ohm, passing, pathIn, pick, twoNets } from "./drafts.ts";
import type { Draft, FaultClass } from "./faultClass.ts";

const insulationOf = (draft: Draft): NonNullable<Draft["insulation"]> => {
  draft.insulation ??= {};
  return draft.insulation;
};

export const nestFaults: readonly FaultClass[] = [
  {
    id: "leak-at-voltage",
    title: "leakage between two conductors that begins at some hundred volts",
    severity: ohm(1e4, 1e11, "low"),
    shows: "high voltage",
    apply(draft, severity, random, site) {
      const above_V = 100 * 15 ** random.next();
      insulationOf(draft).onset = [{ between: twoNets(site, random), ohm: severity, above_V }];
    },
  },
  {
    id: "breakdown",
    title: "two conductors arc over from this peak voltage on",
    severity: { unit: "V", from: 200, to: 2e4, gross: "low" },
    shows: "high voltage",
    apply(draft, severity, random, site) {
      insulationOf(draft).breakdowns = [{ between: twoNets(site, random), volt: severity }];
    },
  },
  {
    id: "pole-capacitance",
    title: "capacitance from each pole to earth",
    severity: { unit: "F", from: 1e-11, to: 1e-6, gross: "high" },
    shows: "withstand AC",
    apply(draft, severity) {
      insulationOf(draft).pole_pe_farad = severity;
    },
  },
  {
    id: "intermittent",
    title: "a contact or wire that opens now and then while it is flexed: so long each time",
    severity: { unit: "s", from: 1e-5, to: 1, gross: "high" },
    shows: "flexing",
    apply(draft, open_s, random, site) {
      const at = pick(site.list === "paths2" ? (["evse", "bar"] as const) : (["evse", "bar", "ev"] as const), random);
      const per_s = 0.003 * 3000 ** random.next();
      pathIn(draft, pick(passing(site.pins, site), random), site).intermittent = { open_s, per_s, at };
    },
  },
];
