/** Faults of an adapter: what only current and time bring out. */
import { pathIn, pick, thermalOf } from "./drafts.ts";
import type { FaultClass } from "./faultClass.ts";

export const heatFaults: readonly FaultClass[] = [
  {
    id: "growing-contact",
    title: "a power contact whose resistance grows as it warms, beyond copper",
    severity: { unit: "1/K", from: 1e-5, to: 0.05, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random, site) {
      pathIn(draft, pick(["DC+", "DC-"] as const, random), site).growth_per_K = severity;
    },
  },
  {
    id: "growing-line",
    title: "an AC line whose contacts' resistance grows as they warm, beyond copper",
    severity: { unit: "1/K", from: 1e-5, to: 0.05, gross: "high" },
    pins: ["L1"],
    apply(draft, severity, random, site) {
      pathIn(draft, pick(["L1", "L2N"] as const, random), site).growth_per_K = severity;
    },
  },
  {
    id: "pole-heat-path",
    title: "heat of a pole leaves worse: pole to body",
    severity: { unit: "K/W", from: 0.6, to: 20, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random) {
      thermalOf(draft)[pick(["dc_plus_to_body_K_per_W", "dc_minus_to_body_K_per_W"] as const, random)] = severity;
    },
  },
  {
    id: "line-heat-path",
    title: "heat of an AC line leaves worse: line to body",
    severity: { unit: "K/W", from: 4, to: 100, gross: "high" },
    pins: ["L1"],
    apply(draft, severity, random) {
      thermalOf(draft)[pick(["dc_plus_to_body_K_per_W", "dc_minus_to_body_K_per_W"] as const, random)] = severity;
    },
  },
  {
    id: "small-body-heat-path",
    title: "heat of an AC adapter's body leaves worse: body to ambient",
    severity: { unit: "K/W", from: 3, to: 40, gross: "high" },
    pins: ["L1"],
    firstInlet: true,
    apply(draft, severity) {
      thermalOf(draft).body_to_ambient_K_per_W = severity;
    },
  },
  {
    id: "body-heat-path",
    title: "heat of the body leaves worse: body to ambient",
    severity: { unit: "K/W", from: 0.38, to: 10, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity) {
      thermalOf(draft).body_to_ambient_K_per_W = severity;
    },
  },
  {
    id: "hot-grip",
    title: "the grip takes this share of the body's temperature",
    severity: { unit: "1", from: 0.3, to: 1, gross: "high" },
    pins: ["DC+"],
    apply(draft, severity, random) {
      thermalOf(draft).grip_share = severity;
      thermalOf(draft).body_to_ambient_K_per_W = 0.38 * (1 + 0.4 * random.next());
    },
  },
  {
    id: "earth-neck",
    title: "a neck of some strands in protective earth, which this current melts: a loose touch is left",
    severity: { unit: "A", from: 3, to: 300, gross: "low" },
    pins: ["PE"],
    firstInlet: true,
    apply(draft, severity, random) {
      draft.earth_neck = { melts_above_A: severity, leaves_ohm: 0.12 * 1e9 ** random.next() };
    },
  },
];
