/** S1: what the bench file declares beyond set-points: which contacts an instrument may see, and energy of a run. */
import { expect, test } from "vitest";
import { reading } from "../../../rig/model/reading.ts";
import { relayViolations } from "../../../rig/safety/rules.ts";
import { Watch } from "../../../rig/safety/watch.ts";
import { rb1 } from "../../drivers/opening.ts";

const onEarth = new Set(["KM.OHM", "MX.evse.PE.FH", "K_ISO.evse.PE"]);

test("S1: a meter joined to a contact that it may never see is refused, by the contact's name", () => {
  expect(relayViolations(rb1, onEarth)).toEqual([]);
  const narrow = { ...rb1, reach: { ...rb1.reach, meter: rb1.reach.meter.filter((c) => c !== "evse.PE") } };
  expect(relayViolations(narrow, onEarth)).toMatchObject([{ rule: "reach", why: expect.stringContaining("evse.PE") }]);
});

test("S1: the source may not reach a signal contact, whatever the relays", () => {
  const narrow = { ...rb1, reach: { ...rb1.reach, source: [] } };
  expect(relayViolations(narrow, new Set(["K3F"])).map((v) => v.rule)).toContain("reach");
});

const scanAt = (t_s: number, shunt_V: number) => ({
  "101": reading("V", shunt_V, 1e-6, { raw: String(shunt_V), t_s }),
});
const context = {
  sourceOn: true,
  limit_A: 550,
  source_V: 4,
  raised_s: 0,
  changed_s: 0,
  watched: [],
};

test("S1: more energy than a run may give trips, not before, and a reset does not forget it", () => {
  const bench = { ...rb1, envelope: { ...rb1.envelope, energy_J: 10_000 } };
  const watch = new Watch(bench);
  const found: (string | undefined)[] = [];
  // 4 V and 500 A are 2 kJ a second: the sixth second is above 10 kJ.
  for (let t_s = 0; t_s <= 6; t_s += 1) {
    found.push(watch.scan(scanAt(t_s, 0.05), context)?.rule);
    watch.forget();
  }
  expect(found).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, "watch-energy"]);
});

test("time with the source off costs no energy", () => {
  const watch = new Watch({ ...rb1, envelope: { ...rb1.envelope, energy_J: 1 } });
  for (let t_s = 0; t_s <= 100; t_s += 1) {
    expect(watch.scan(scanAt(t_s, 0.05), { ...context, sourceOn: false })).toBeUndefined();
  }
});
