/** Some rows of the limit seed (domain.md 9), as a limits document gives them. */
import type { Confidence } from "../../rig/model/adapter.ts";
import type { DecisionRule, Limit } from "../../rig/model/limits.ts";
import type { Unit } from "../../rig/model/units.ts";

type Bounds = readonly [min: number | undefined, max: number | undefined];

function row(
  id: string,
  title: string,
  unit: Unit,
  [min, max]: Bounds,
  rule: DecisionRule,
  of: readonly [string, Confidence],
): Limit {
  const [source, confidence] = of;
  return {
    id,
    title,
    unit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    rule,
    k: 2,
    subject: id.startsWith("rig.") ? "rig" : "adapter",
    source,
    edition: source === "house" ? "" : "2017",
    clause: source === "house" ? "" : "clause not checked",
    confidence,
    approvedBy: "",
  };
}

const rows: readonly Limit[] = [
  row("wiring.path.r", "Contact to contact", "ohm", [undefined, 5], "simple", ["house", "H"]),
  row("wiring.isolation.r", "Isolation between contacts at 12 V", "ohm", [1e6, undefined], "simple", ["house", "H"]),
  row("rig.self", "Open fixture, PE to PE", "ohm", [1e6, undefined], "simple", ["house", "D"]),
  row("pe.r", "Protective earth through the adapter", "ohm", [undefined, 0.1], "guard-U", ["IEC 61140", "K"]),
  row("cp.stateB", "Pilot level in state B", "V", [8.37, 9.59], "simple", ["IEC 61851-1", "D"]),
  row("cp.delta.state.ev", "Pilot shift at the EV face, state B", "V", [-0.05, 0.05], "guard-U", ["house", "H"]),
  row("power.dc.r", "Power path, one pole", "ohm", [undefined, 0.00015], "guard-U", ["house", "H"]),
  row("th.rise", "Temperature rise of contacts", "K", [undefined, 50], "guard-U", ["IEC 62196-1", "K"]),
  row("th.contact.abs", "Contact temperature", "degC", [undefined, 90], "guard-U", ["IEC TS 62196-3-1", "K"]),
];

export const limitRows: Readonly<Record<string, Limit>> = Object.fromEntries(rows.map((r) => [r.id, r]));

export const confidenceOf = (id: string): Confidence | undefined => limitRows[id]?.confidence;
