/** Faults of an adapter: conductors from face to face. */
import { addSeries, ohm, type Paths, passing, pathIn, pick, two } from "./drafts.ts";
import type { FaultClass } from "./faultClass.ts";

export const pathFaults: readonly FaultClass[] = [
  {
    id: "pole-resistance",
    title: "more resistance in one contact or the bar of a power pole",
    severity: ohm(1e-6, 1e-1, "high"),
    pins: ["DC+"],
    apply: addSeries(["DC+", "DC-"]),
  },
  {
    id: "line-resistance",
    title: "more resistance in one contact or the bar of an AC line",
    severity: ohm(1e-6, 1e-1, "high"),
    pins: ["L1"],
    apply: addSeries(["L1", "L2N"]),
  },
  {
    id: "earth-resistance",
    title: "more resistance in protective earth",
    severity: ohm(1e-5, 10, "high"),
    pins: ["PE"],
    apply: addSeries(["PE"]),
  },
  {
    id: "pilot-resistance",
    title: "more resistance in the pilot",
    severity: ohm(1e-3, 1e4, "high"),
    pins: ["CP"],
    apply: addSeries(["CP"]),
  },
  {
    id: "proximity-resistance",
    title: "more resistance in a proximity that should pass through",
    severity: ohm(1e-3, 1e4, "high"),
    topologies: ["PASS", "SERIES_SW", "ACTIVE"],
    pins: ["PP"],
    apply: addSeries(["PP"]),
  },
  {
    id: "open",
    title: "a path is interrupted at a contact or in the bar",
    apply(draft, _severity, random, site) {
      const pins = site.topology === "LOCAL" ? site.pins.filter((pin) => pin !== "PP") : site.pins;
      pathIn(draft, pick(pins, random), site).open = pick(["evse", "bar", "ev"] as const, random);
    },
  },
  {
    id: "swap",
    title: "two conductors are swapped",
    apply(draft, _severity, random, site) {
      const pins = site.topology === "LOCAL" ? site.pins.filter((pin) => pin !== "PP") : site.pins;
      const [a, b] = two(pins, random) as [keyof Paths, keyof Paths];
      pathIn(draft, a, site).to = b;
      pathIn(draft, b, site).to = a;
    },
  },
  {
    id: "diode-in-path",
    title: "a path conducts one way only",
    apply(draft, _severity, random, site) {
      const pin = pick(passing(["CP", "PP", "PE"], site), random);
      pathIn(draft, pin, site).diode_anode = pick(["evse", "ev"] as const, random);
    },
  },
  {
    id: "loose-mating",
    title: "contact resistances scatter from mating to mating: relative standard deviation",
    severity: { unit: "1", from: 0.005, to: 0.5, gross: "high" },
    apply(draft, severity) {
      draft.remate_spread = severity;
    },
  },
];
