import { describe, expect, test } from "vitest";
import { adapterWith, rigWith, type TestRig } from "./testBench.ts";

const closed = [
  "KW",
  ...["evse", "ev"].flatMap((face) => ["PE", "CP", "PP", "DC+", "DC-"].map((pin) => `K_ISO.${face}.${pin}`)),
];
const flaky = adapterWith({ paths: { CP: { intermittent: { open_s: 0.004, per_s: 1, at: "bar" } } } });

/** Edges of the watch lines during a minute. */
function minute(rig: TestRig, flexed: boolean): { line: string; high: boolean; at_s: number }[] {
  const edges: { line: string; high: boolean; at_s: number }[] = [];
  rig.close(closed);
  const stop = rig.world.gpio.onEdge((edge) => {
    if (edge.line.startsWith("WATCH")) edges.push(edge);
  });
  rig.world.operator.flex(flexed);
  rig.world.advance(rig.world.now_s() + 60);
  rig.world.operator.flex(false);
  stop();
  return edges;
}

describe("watch loops of the twin", () => {
  const level = (rig: TestRig, line: string) => rig.world.gpio.lines()[line];

  test("are low until their relay closes them through the adapter, and low again without it", () => {
    const rig = rigWith();
    expect(level(rig, "WATCH.2")).toBe(false);
    rig.close(closed);
    for (const n of [1, 2, 3, 4, 5]) expect(level(rig, `WATCH.${n}`)).toBe(true);
    rig.close(closed.filter((id) => id !== "K_ISO.ev.CP"));
    expect(level(rig, "WATCH.2")).toBe(false);
    expect(level(rig, "WATCH.1")).toBe(true);
    rig.close(closed);
    rig.world.operator.remove();
    expect(level(rig, "WATCH.1")).toBe(false);
  });

  test("a contact that is intermittent opens as often and as long as its file says, only while flexed", () => {
    const edges = minute(rigWith({ adapter: flaky }), true);
    expect(new Set(edges.map(({ line }) => line))).toEqual(new Set(["WATCH.2"]));
    const falls = edges.filter(({ high }) => !high);
    expect(falls.length).toBeGreaterThan(35);
    expect(falls.length).toBeLessThan(90);
    for (const [i, edge] of edges.entries()) {
      if (!edge.high) continue;
      expect(edge.at_s - (edges[i - 1]?.at_s ?? 0)).toBeCloseTo(0.004, 9);
    }
    expect(minute(rigWith({ adapter: flaky }), false)).toEqual([]);
  });

  test("the same seed gives the same openings, another seed others, and a healthy adapter none", () => {
    const at = (adapter: typeof flaky) => minute(rigWith({ adapter }), true).map(({ at_s }) => at_s);
    expect(at(flaky)).toEqual(at(flaky));
    expect(at({ ...flaky, seed: 2 })).not.toEqual(at(flaky));
    expect(minute(rigWith(), true)).toEqual([]);
  });

  test("who stops flexing leaves no contact open", () => {
    const rig = rigWith({ adapter: adapterWith({ paths: { PE: { intermittent: { open_s: 9, per_s: 100 } } } }) });
    rig.close(closed);
    rig.world.operator.flex(true);
    rig.world.advance(1);
    expect(level(rig, "WATCH.1")).toBe(false);
    rig.world.operator.flex(false);
    expect(level(rig, "WATCH.1")).toBe(true);
  });
});
