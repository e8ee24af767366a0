/** A search for a leak puts no declared part and no electronics under the high voltage that the test itself spares them. */
import { expect, test } from "vitest";
import { insulationPairs } from "../../../procedures/analysis/insulationPlan.ts";
import { locateLeak } from "../../../procedures/routines/insulationSearch.ts";
import type { InsulationTest } from "../../../rig/kinds/kinds.ts";
import { type AdapterType, netlistOf } from "../../../rig/model/adapter.ts";
import { type Contact, pinOf } from "../../../rig/model/contacts.ts";
import type { Reading } from "../../../rig/model/reading.ts";
import type { HighVoltageWiring } from "../../../rig/plan/highVoltage.ts";

const ir: InsulationTest = { mode: "ir", voltage_V: 500, ramp_s: 0, dwell_s: 1, trip_A: 0.001 };
const ohm = (value: number): Reading<"ohm"> => ({ is: "value", unit: "ohm", value, u: 0, raw: "", t_s: 0 });
const volt = { is: "value", unit: "V", value: 0, u: 0, raw: "", t_s: 0 } as const;

/** Contacts of each arrangement that the search asks for; `leaks` says which low sides show the leak. */
function asked(type: AdapterType, leaks: (lo: readonly Contact[]) => boolean) {
  const sides: { readonly hi: readonly Contact[]; readonly lo: readonly Contact[] }[] = [];
  const hv = {
    discharge_s: 1,
    route: (hi: readonly Contact[], lo: readonly Contact[]) => {
      sides.push({ hi, lo });
      return { relays: [], settle_s: 0, elements: [], carry_A: 1, withstand_V: 5000 };
    },
  } as unknown as HighVoltageWiring;
  const bundle = insulationPairs(type, netlistOf(type))[1];
  if (!bundle) throw new Error("no bundle");
  const plan = locateLeak(hv, bundle, ohm(1e6), ir);
  let reply: unknown;
  for (;;) {
    const { done, value } = plan.next(reply);
    if (done) return { sides, found: value };
    const measures = value.do === "call" && value.op === "measure";
    const r = ohm(leaks(sides.at(-1)?.lo ?? []) ? 1e6 : 1e10);
    reply = measures ? { state: "passed", voltage: volt, resistance: r, current: volt, dwell: volt } : "pass";
  }
}

const typeOf = (topology: string, idElement: boolean): AdapterType =>
  ({
    family: "A",
    pp: { topology },
    parts: { idElement, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
  }) as unknown as AdapterType;

test.each([
  ["LOCAL", false, ["PE", "PP"]],
  ["ACTIVE", false, ["PE", "PP"]],
  ["PASS", true, ["CP", "PE", "PP"]],
] as const)("proximity %s, electronics %s: %j stay together", (topology, idElement, together) => {
  const type = typeOf(topology, idElement);
  for (const pin of ["PE", "PP", "CP"] as const) {
    const { sides } = asked(type, (lo) => lo.some((contact) => pinOf(contact) === pin));
    expect(sides.length).toBeGreaterThan(1);
    for (const { lo } of sides) {
      const there = together.map((one) => lo.includes(`ev.${one}`));
      expect(new Set(there).size, `${lo.join(" ")}`).toBe(1);
    }
  }
});

test("without parts the search ends at one net", () => {
  const { found } = asked(typeOf("PASS", false), (lo) => lo.includes("ev.CP"));
  expect(found.lo).toEqual([["evse.CP", "ev.CP"]]);
});
