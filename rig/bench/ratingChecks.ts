/** Ratings that physics or the rest of the bench file contradicts: better refused on paper than met at 500 A. */
import type { Bench, Node } from "../model/bench.ts";
import { isSearchFailure, searchRoute } from "../model/search.ts";
import type { BenchDocument } from "./benchSchema.ts";
import type { Document } from "./document.ts";

/** More heat than this in one relay pole, lead or shunt at its own carry current is a slip of a digit, W (H). */
const heat_W_max = 200;

export function checkRatings(document: Document<BenchDocument>, bench: Bench): void {
  for (const [id, ratings] of Object.entries(bench.relayClasses)) {
    const path = ["relay_classes", id];
    refuseHot(document, [...path, "carry_A"], ratings.carry_A, ratings.resistance_ohm);
    if (ratings.hotSwitch_A > ratings.carry_A) {
      document.refuse([...path, "hot_switch_A"], "is above carry_A", "a relay cannot break more than it carries");
    }
    if (ratings.hotSwitch_V > ratings.withstand_V) {
      document.refuse([...path, "hot_switch_V"], "is above withstand_V", "correct one of the two");
    }
  }
  for (const lead of bench.leads) {
    refuseHot(document, ["leads", lead.id, "carry_A"], lead.carry_A, lead.resistance_ohm);
  }
  for (const part of bench.parts) {
    if (part.type === "resistor") refuseHot(document, ["parts", part.id, "carry_A"], part.carry_A, part.ohm);
  }
  checkEnvelope(document, bench);
}

function refuseHot(document: Document<BenchDocument>, path: readonly string[], current_A: number, ohm: number): void {
  const heat_W = current_A * current_A * ohm;
  if (heat_W <= heat_W_max) return;
  const what = `${current_A} A through ${ohm} ohm would be ${heat_W.toPrecision(3)} W`;
  document.refuse(path, what, "correct the current or the resistance");
}

/** Every element between source, adapter and load must carry what the envelope allows. */
function checkEnvelope(document: Document<BenchDocument>, bench: Bench): void {
  const { envelope } = bench;
  const source = Object.values(bench.instruments).find((entry) => entry.kind === "source");
  const load = Object.values(bench.instruments).find((entry) => entry.kind === "load");
  if (!source) return;
  const most = (
    field: "power_current_A" | "power_voltage_V" | "earth_current_A",
    limit: number,
    what: string,
  ): void => {
    if (envelope[field] > limit) {
      document.refuse(["envelope", field], `${envelope[field]} is above ${limit}, ${what}`, "lower it");
    }
  };
  most("power_voltage_V", source.max.voltage_V, "the most the source gives");
  most("power_current_A", source.max.current_A, "the most the source gives");
  const carries = (
    field: "power_current_A" | "earth_current_A",
    from: Node | undefined,
    to: Node | undefined,
  ): void => {
    if (from === undefined || to === undefined) return;
    const found = searchRoute(bench, from, to, {});
    if (isSearchFailure(found)) return;
    for (const element of found.elements) {
      most(field, element.carry_A, `what ${element.kind} ${element.id} carries`);
      if (element.withstand_V < source.max.voltage_V) {
        const what = `${element.withstand_V} is below the ${source.max.voltage_V} V of the source`;
        const at = element.kind === "lead" ? ["leads", element.id, "withstand_V"] : ["relays", element.id, "class"];
        document.refuse(at, what, "use an element with a higher rating");
      }
    }
  };
  const { plus, minus } = source.terminals;
  carries("power_current_A", plus, "evse.DC+");
  carries("power_current_A", "ev.DC+", load?.terminals["plus"]);
  carries("power_current_A", load?.terminals["minus"], "ev.DC-");
  carries("power_current_A", "evse.DC-", minus);
  carries("earth_current_A", plus, "evse.PE");
  carries("earth_current_A", "ev.PE", minus);
}
