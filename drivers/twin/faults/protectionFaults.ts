/** Faults of an adapter: the part that signals a temperature on proximity, and a cut-out in the pilot (domain.md 1.3, 1.4). */
import { off, ohm, pathIn, pick } from "./drafts.ts";
import type { Draft, FaultClass, Severity } from "./faultClass.ts";

type Part = NonNullable<NonNullable<Draft["pp"]>["active"]>;

const ACTIVE = ["ACTIVE"] as const;
const kelvin: Severity = { unit: "K", from: 0.05, to: 40, gross: "high" };

const change = (draft: Draft, by: (part: Part) => Part): void => {
  draft.pp = { ...draft.pp, active: { ...draft.pp?.active, ...by(draft.pp?.active ?? {}) } };
};

type Threshold = "fold_degC" | "shut_degC" | "recover_degC";

/** Thresholds moved by so many kelvin, all of them the same way. */
const moved =
  (...thresholds: readonly Threshold[]): FaultClass["apply"] =>
  (draft, kelvins, random) => {
    const by_K = random.next() < 0.5 ? kelvins : -kelvins;
    change(draft, (part) =>
      Object.fromEntries(thresholds.map((one) => [one, (part[one] ?? Number.NaN) + by_K] as const)),
    );
  };

/** Beyond all that a bench heats to, degC. */
const never_degC = 900;

export const protectionFaults: readonly FaultClass[] = [
  {
    id: "foldback-moved",
    title: "foldback begins so many kelvin early or late",
    severity: kelvin,
    topologies: ACTIVE,
    apply: moved("fold_degC"),
  },
  {
    id: "shutdown-moved",
    title: "shutdown begins so many kelvin early or late",
    severity: kelvin,
    topologies: ACTIVE,
    apply: moved("shut_degC"),
  },
  {
    id: "recovery-moved",
    title: "PP returns to normal so many kelvin early or late",
    severity: kelvin,
    topologies: ACTIVE,
    apply: moved("recover_degC"),
  },
  {
    id: "sensor-off",
    title: "the part reads its temperature wrong by so many kelvin: all thresholds move",
    severity: kelvin,
    topologies: ACTIVE,
    apply: moved("fold_degC", "shut_degC", "recover_degC"),
  },
  {
    id: "part-dead",
    title: "the part never signals, or never asks for the end",
    topologies: ACTIVE,
    apply(draft, _severity, random) {
      const both = random.next() < 0.5;
      change(draft, () => ({ shut_degC: never_degC, ...(both ? { fold_degC: never_degC } : {}) }));
    },
  },
  {
    id: "part-stuck",
    title: "once the part has signalled it never returns to normal",
    topologies: ACTIVE,
    apply: (draft) => change(draft, () => ({ sticks: true })),
  },
  {
    id: "foldback-level",
    title: "the resistance of foldback is off by this factor less one, up or down",
    severity: { unit: "1", from: 1e-3, to: 30, gross: "high" },
    topologies: ACTIVE,
    apply: (draft, severity, random) =>
      change(draft, ({ fold_ohm = 0 }) => ({ fold_ohm: off(fold_ohm, severity, random) })),
  },
  {
    id: "shutdown-level",
    title: "the resistance of shutdown is off by this factor less one, up or down",
    severity: { unit: "1", from: 1e-3, to: 30, gross: "high" },
    topologies: ACTIVE,
    apply: (draft, severity, random) =>
      change(draft, ({ shut_ohm = 0 }) => ({ shut_ohm: off(shut_ohm, severity, random) })),
  },
  {
    id: "sensor-slow",
    title: "the part follows its contacts with this time constant",
    severity: { unit: "s", from: 5, to: 3600, gross: "high" },
    topologies: ACTIVE,
    apply: (draft, severity) => change(draft, () => ({ lag_s: severity })),
  },
  {
    id: "sensor-elsewhere",
    title: "the part sits in the body or in the signal's metal and not at the contacts",
    topologies: ACTIVE,
    apply: (draft, _severity, random) => change(draft, () => ({ at: [pick(["body", "signal"] as const, random)] })),
  },
  {
    id: "sensor-one-pole",
    title: "the part feels one pole, and a contact of the other has this much more resistance",
    severity: ohm(1e-6, 1e-4, "high"),
    topologies: ACTIVE,
    pins: ["DC+", "DC-"],
    apply(draft, severity, random, site) {
      const felt = pick(["DC+", "DC-"] as const, random);
      change(draft, () => ({ at: [`evse.${felt}`, `ev.${felt}`] }));
      const path = pathIn(draft, felt === "DC+" ? "DC-" : "DC+", site);
      const element = pick(["evse_contact_ohm", "ev_contact_ohm"] as const, random);
      path[element] = (path[element] ?? 0) + severity;
    },
  },
  {
    id: "part-chatters",
    title: "while it signals the part falls back to normal for half of each such time",
    severity: { unit: "s", from: 2, to: 3600, gross: "low" },
    topologies: ACTIVE,
    apply: (draft, severity) => change(draft, () => ({ chatter_s: severity })),
  },
  {
    id: "part-without-hysteresis",
    title: "a resistor that rises about both thresholds stands in for the part",
    topologies: ACTIVE,
    apply: (draft) => change(draft, () => ({ kind: "ptc" })),
  },
  {
    id: "pilot-cutout",
    title: "a cut-out opens the pilot at this temperature of a contact",
    severity: { unit: "degC", from: 50, to: 200, gross: "low" },
    topologies: ACTIVE,
    pins: ["CP"],
    apply(draft, severity) {
      draft.thermal_cutout = { opens: "CP", trip_degC: severity, reset_degC: severity - 25 };
    },
  },
];
