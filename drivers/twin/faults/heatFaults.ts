/** Faults of an adapter: what only current and time bring out. */
import type { Pin } from "../../../rig/model/contacts.ts";
import { pathIn, pick, thermalOf } from "./drafts.ts";
import type { FaultClass } from "./faultClass.ts";

/** One of two contacts grows. */
const grows =
  (pins: readonly [Pin, Pin]): FaultClass["apply"] =>
  (draft, growth_per_K, random, site) => {
    pathIn(draft, pick(pins, random), site).growth_per_K = growth_per_K;
  };

const poleHeatPath: FaultClass["apply"] = (draft, K_per_W, random) => {
  thermalOf(draft)[pick(["dc_plus_to_body_K_per_W", "dc_minus_to_body_K_per_W"] as const, random)] = K_per_W;
};

const bodyHeatPath: FaultClass["apply"] = (draft, K_per_W) => {
  thermalOf(draft).body_to_ambient_K_per_W = K_per_W;
};

/** An adapter whose proximity signals a temperature is heated beyond it, with a body that gets so hot: nothing settles. */
const settling = ["PASS", "SERIES_SW", "LOCAL"] as const;

export const heatFaults: readonly FaultClass[] = [
  {
    id: "growing-contact",
    title: "a power contact whose resistance grows as it warms, beyond copper",
    severity: { unit: "1/K", from: 1e-5, to: 0.05, gross: "high" },
    pins: ["DC+"],
    apply: grows(["DC+", "DC-"]),
  },
  {
    id: "growing-line",
    title: "an AC line whose contacts' resistance grows as they warm, beyond copper",
    severity: { unit: "1/K", from: 1e-5, to: 0.05, gross: "high" },
    pins: ["L1"],
    apply: grows(["L1", "L2N"]),
  },
  {
    id: "pole-heat-path",
    title: "heat of a pole leaves worse: pole to body",
    severity: { unit: "K/W", from: 0.6, to: 20, gross: "high" },
    pins: ["DC+"],
    apply: poleHeatPath,
  },
  {
    id: "line-heat-path",
    title: "heat of an AC line leaves worse: line to body",
    severity: { unit: "K/W", from: 4, to: 100, gross: "high" },
    pins: ["L1"],
    apply: poleHeatPath,
  },
  {
    id: "small-body-heat-path",
    title: "heat of an AC adapter's body leaves worse: body to ambient",
    severity: { unit: "K/W", from: 3, to: 40, gross: "high" },
    pins: ["L1"],
    firstInlet: true,
    apply: bodyHeatPath,
  },
  {
    id: "body-heat-path",
    title: "heat of the body leaves worse: body to ambient",
    severity: { unit: "K/W", from: 0.38, to: 10, gross: "high" },
    topologies: settling,
    pins: ["DC+"],
    apply: bodyHeatPath,
  },
  {
    id: "hot-grip",
    title: "the grip takes this share of the body's temperature",
    severity: { unit: "1", from: 0.3, to: 1, gross: "high" },
    topologies: settling,
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
