import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Branch, Capacitor, Diode } from "../../../drivers/twin/world/elements.ts";
import { lineNetwork } from "../../../drivers/twin/world/lineNetwork.ts";
import { canTransfer, TransferMarch } from "../../../drivers/twin/world/lineTransfer.ts";
import { PlainMarch } from "../../../drivers/twin/world/transient.ts";

const nodes = ["earth", "drive", "evse", "ev", "cathode", "far"] as const;
const log = (least: number, most: number) =>
  fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map(Math.exp);
const pairs = fc
  .tuple(fc.constantFrom(...nodes), fc.constantFrom(...nodes))
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ a, b }));
const resistance = (n: number) =>
  fc
    .record({ between: pairs, ohm: log(1e-3, 1e7), emf_V: fc.double({ min: -1, max: 1, noNaN: true }) })
    .map(({ between, ohm, emf_V }): Branch => ({ type: "branch", id: `R${n}`, ...between, ohm, emf_V }));
/** A chain through all nodes, so that the network hangs together, and some branches across it. */
const chain = fc.tuple(...nodes.slice(1).map(() => log(1, 1e5))).map((ohms) =>
  ohms.map(
    (ohm, n): Branch => ({
      ...{ type: "branch", id: `chain${n}`, a: nodes[n] as string, b: nodes[n + 1] as string },
      ...{ ohm, emf_V: 0 },
    }),
  ),
);
const lines = fc.record({
  chain,
  across: fc.tuple(resistance(1), resistance(2)),
  capacitors: fc.array(
    fc
      .record({ between: pairs, farad: log(1e-11, 1e-7) })
      .map(({ between, farad }): Capacitor => ({ type: "capacitor", id: "C", ...between, farad })),
    { minLength: 1, maxLength: 4 },
  ),
  diodes: fc.array(
    fc
      .record({ between: pairs, drop_V: fc.constantFrom(0.7, 3, 12) })
      .map(({ between, drop_V }): Diode => ({ type: "diode", id: "D", ...between, drop_V })),
    { maxLength: 1 },
  ),
  levels_V: fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 4 }),
  step_s: log(1e-8, 1e-6),
});

describe("a pilot line stepped by what each current does to each voltage", () => {
  test("goes where the line goes that is solved as a whole", () => {
    fc.assert(
      fc.property(lines, ({ chain: through, across, capacitors, diodes, levels_V, step_s }) => {
        const driver: Branch = { type: "branch", id: "driver", a: "drive", b: "earth", ohm: 0.1, emf_V: 0 };
        const network = lineNetwork([...through, ...across], capacitors, diodes, driver, [
          ["evse", "earth"],
          ["far", "cathode"],
          ["nowhere", "earth"],
        ]);
        const [plain, quick] = [new PlainMarch(network), new TransferMarch(network)];
        for (const march of [plain, quick]) {
          march.reset();
          march.step(1, levels_V[0] ?? 0, true);
        }
        for (const level_V of levels_V) {
          let h_s = step_s;
          for (let n = 0; n < 40; n += 1) {
            for (const march of [plain, quick]) march.step(h_s, level_V, n < 2);
            for (const probe of [0, 1, 2]) expect(Math.abs(quick.probe(probe) - plain.probe(probe))).toBeLessThan(1e-8);
            h_s *= 1.125;
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("is for one diode at most", () => {
    const driver: Branch = { type: "branch", id: "driver", a: "drive", b: "earth", ohm: 0.1, emf_V: 0 };
    const d = (id: string): Diode => ({ type: "diode", id, a: "drive", b: "earth" });
    expect(canTransfer(lineNetwork([], [], [d("1")], driver, []))).toBe(true);
    expect(canTransfer(lineNetwork([], [], [d("1"), d("2")], driver, []))).toBe(false);
  });
});
