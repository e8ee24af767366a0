/**
 * Electronics behind CP and PP see at most 1 mA and 5 V, positive against earth, until proximity has been read by the vehicle's
 * own circuit (domain.md 9); from then on no more than a legal station and vehicle put there. Watched in the circuit itself
 * (watcher.ts), in a whole run of every procedure that takes such a type, on a sound and on a broken adapter.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findProcedure, procedures } from "../../rig/cli/procedures.ts";
import { electronicsAt } from "../../rig/model/adapter.ts";
import { inputsOf } from "../procedures/scenario.ts";
import { type Met, watched } from "../procedures/watcher.ts";

/** The fixture's 5 V and its noise of rounding. */
const five_V = 5 * 1.001;
const wiring = { current_A: 1e-3, voltage_V: five_V, reversed_V: 1e-3 };
/** A rail of 12.6 V through 970 ohm; 5 V through 330 ohm, 10 % (domain.md 2.1, 3). */
const legal = {
  CP: { current_A: 12.6 / 970, voltage_V: 12.6 * 1.001 },
  PP: { current_A: five_V / 297, voltage_V: five_V },
} as const;
/** Highest test voltage in N2, V: what is left between the signals there. */
const highest_V = 4242;

/** Steps in which station and vehicle work through the adapter: what they put there is what it is made for. */
const inFunction =
  /^(?:.+ inlet \/ )?(Proximity \/ Proximity states|Control pilot \/ |Pilot corners \/ Corners through|Signals while hot|Thermal signalling)/;

const folder = mkdtempSync(join(tmpdir(), "rig-electronics-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A laboratory's own type: a house type, with active proximity. */
function active(of: string): string {
  const text = readFileSync(`procedures/adapters/${of}.yaml`, "utf8").replace("topology: PASS", "topology: ACTIVE");
  expect(text).toContain("ACTIVE");
  const file = join(folder, `${of}.yaml`);
  writeFileSync(file, text);
  return file;
}

function expectSpared(met: readonly Met[]): void {
  for (const one of met) {
    expect(one.share * highest_V, `${one.pin} in N2, ${one.step}`).toBeLessThan(five_V);
    if (one.pin === "CP" && inFunction.test(one.step)) {
      expect(one.current_A, `CP, ${one.step}`).toBeLessThan(legal.CP.current_A);
      expect(one.voltage_V, `CP, ${one.step}`).toBeLessThan(legal.CP.voltage_V);
    } else if (inFunction.test(one.step)) {
      expect(one.current_A, `PP, ${one.step}`).toBeLessThan(legal.PP.current_A);
      expect(one.voltage_V, `PP, ${one.step}`).toBeLessThan(legal.PP.voltage_V);
    } else {
      const { step, pin, current_A, voltage_V, reversed_V } = one;
      expect(current_A, `${pin}, ${step}`).toBeLessThanOrEqual(wiring.current_A);
      expect(voltage_V, `${pin}, ${step}`).toBeLessThan(wiring.voltage_V);
      expect(reversed_V, `${pin}, ${step}`).toBeLessThan(wiring.reversed_V);
    }
  }
}

const largest = (met: readonly Met[], what: "current_A" | "voltage_V"): number =>
  Math.max(0, ...met.map((one) => one[what]));

/** Takes an artefact only; the forms with a soak do nothing else to signals than those without. */
const left = ["golden-check", "challenge-check", "dc-screening", "ac-screening", "combo-screening"];
/** Puts nothing on a signal. */
const silent = ["mechanics", "thermocouple-walk", "intermittents", "insulation"];

const sound: readonly (readonly [string, string])[] = procedures
  .filter(({ id }) => !left.includes(id))
  .map(({ id, families }): readonly [string, string] => [
    id,
    families.includes("A") ? "generic-a-active" : families.includes("D") ? "generic-d-pass" : "generic-e-joined",
  ]);
const withParts = ["dc-screening-no-soak", "incoming", "pilot-corners", "intermittents", "learn"].map(
  (id): readonly [string, string] => [id, "tesla-ccs-combo-1"],
);

describe("a sound adapter with electronics", () => {
  test.each([...sound, ...withParts])("%s spares those of %s", { timeout: 60_000 }, async (procedure, named) => {
    const inputs = inputsOf({
      procedure,
      type: named.startsWith("generic-a") || named.startsWith("tesla") ? named : active(named),
    });
    const { run, met } = await watched(inputs, electronicsAt(inputs.adapter));
    expect(run.ending).toBe("completed");
    expectSpared(met);
    if (silent.some((one) => procedure.startsWith(one))) return;
    // The watcher does see what is there.
    const before = met.filter(({ step }) => !inFunction.test(step));
    if (procedure !== "pilot-corners") expect(largest(before, "current_A")).toBeGreaterThan(4e-6);
    expect(largest(before, "voltage_V")).toBeGreaterThan(4.9);
  });
});

const faults = {
  "CP and PP shorted": "shorts: [{ between: [ev.CP, ev.PP], ohm: 50 }]\n",
  "DC+ and PP shorted": "shorts: [{ between: [ev.DC+, ev.PP], ohm: 50 }]\n",
  "CP and PP exchanged": "paths: { CP: { to: PP }, PP: { to: CP } }\n",
} as const;
const broken = ["dc-screening-no-soak", "incoming", "pilot-corners", "intermittents"].flatMap((procedure) =>
  (["generic-a-active", "tesla-ccs-combo-1"] as const).flatMap((type) =>
    (Object.keys(faults) as (keyof typeof faults)[]).map((fault) => [procedure, type, fault] as const),
  ),
);

describe("while a fault is met and located", () => {
  test.each(broken)("%s spares the electronics of %s with %s", { timeout: 60_000 }, async (procedure, type, fault) => {
    const inputs = inputsOf({ procedure, type });
    const { run, met } = await watched(inputs, electronicsAt(inputs.adapter), faults[fault]);
    expect(run.ending).toBe("completed");
    expectSpared(met);
  });
});

test("the same broken adapter under a type without electronics is not spared: the watcher can see it", async () => {
  const inputs = inputsOf({ procedure: "incoming", type: "generic-a-pass" });
  const { met } = await watched(inputs, ["PP"], faults["CP and PP shorted"]);
  expect(largest(met, "voltage_V")).toBeGreaterThan(11);
  expect(() => expectSpared(met)).toThrow(/PP, Wiring/);
});

test("no procedure is left out that takes a type with electronics", () => {
  for (const id of left) expect(findProcedure(id).id).toBe(id);
  expect(sound.map(([id]) => id).length + left.length).toBe(procedures.length);
});
