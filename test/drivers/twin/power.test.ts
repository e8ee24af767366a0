import { describe, expect, test } from "vitest";
import { noDeviations } from "../../../drivers/twin/world/deviations.ts";
import { energise, rigWith } from "./testBench.ts";

const shunt_A = (rig: ReturnType<typeof rigWith>): number => (rig.channel("SH") as number) / 1e-4;

describe("the power loop", () => {
  test("the load sets the current and the shunt sees it within its tolerance", () => {
    const rig = rigWith();
    energise(rig, 500);
    expect(Math.abs(shunt_A(rig) / 500 - 1)).toBeLessThan(0.0015);
    expect(rig.world.source.measure().mode).toBe("CV");
    expect(rig.world.load.measure(0).voltage_V).toBeGreaterThan(1.5);
    expect((rig.channel("V.DC+") as number) / 500).toBeCloseTo(1e-4, 5);
  });

  test("a load that asks for more than the source's limit pulls the voltage down to its saturation", () => {
    const rig = rigWith();
    energise(rig, 500);
    rig.world.source.set({ current_A: 300 });
    expect(shunt_A(rig)).toBeCloseTo(300, 0);
    expect(rig.world.source.measure().mode).toBe("CC");
    expect(rig.world.load.measure(0).voltage_V).toBeLessThan(1);
  });

  test("no contactor, no current; and closing one under load is logged as hot", () => {
    const rig = rigWith();
    energise(rig, 100);
    rig.close("K1B");
    expect(Math.abs(shunt_A(rig))).toBeLessThan(0.2);
    const opened = rig.world.log.entries().find((e) => e.what === "relay" && e.relay === "K1A" && !e.closed);
    expect(opened?.what === "relay" && opened.hot_A).toBeGreaterThan(99);
  });

  test("the short loop of K2 lets the source's limit set the current", () => {
    const rig = rigWith();
    rig.close("K1A", "K1B", "K2");
    rig.world.gpio.setLine("EN", true);
    rig.world.source.set({ voltage_V: 3, current_A: 120 });
    rig.world.source.output(true);
    expect(shunt_A(rig)).toBeCloseTo(120, 0);
  });

  test("the earth test drives 25 A through PE", () => {
    const rig = rigWith();
    rig.close("K3F");
    rig.world.gpio.setLine("EN", true);
    rig.world.source.set({ voltage_V: 5, current_A: 25 });
    rig.world.source.output(true);
    expect(shunt_A(rig)).toBeCloseTo(25, 1);
    expect((rig.channel("V.PE") as number) / 25).toBeCloseTo(1e-3, 4);
  });

  test("a stuck source keeps its current when told off and with enable low", () => {
    const rig = rigWith({ deviations: { ...noDeviations, sourceStuck_A: 5 } });
    energise(rig, 100);
    rig.world.source.output(false);
    rig.world.gpio.setLine("EN", false);
    expect(shunt_A(rig)).toBeCloseTo(5, 0);
  });

  test("a load that ignores OFF goes on sinking", () => {
    const rig = rigWith({ deviations: { ...noDeviations, loadIgnoresOff: true } });
    energise(rig, 90);
    for (const unit of [0, 1, 2]) rig.world.load.input(unit, false);
    expect(shunt_A(rig)).toBeCloseTo(90, 0);
  });

  test("the log is a staircase of the current that flowed", () => {
    const rig = rigWith();
    energise(rig, 200);
    rig.world.advance(10);
    rig.world.source.output(false);
    rig.world.advance(20);
    const steps = rig.world.log.entries().flatMap((e) => (e.what === "current" ? [e] : []));
    let charge_As = 0;
    steps.forEach((step, n) => {
      charge_As += step.load_A * ((steps[n + 1]?.t_s ?? 20) - step.t_s);
    });
    expect(charge_As).toBeCloseTo(2000, 0);
  });
});

describe("the safety chain", () => {
  test("emergency stop drops the source at once and the contactors within 300 ms", () => {
    const rig = rigWith();
    energise(rig, 300);
    rig.world.advance(1);
    rig.world.operator.emergencyStop(true);
    expect(Math.abs(shunt_A(rig))).toBeLessThan(0.2);
    expect(rig.world.gpio.lines()["M.K1A"]).toBe(false);
    rig.world.advance(1.3);
    expect(rig.world.gpio.lines()["M.K1A"]).toBe(true);
    expect(rig.world.relays.coils("contactor", 5)[0]).toBe(true);
  });

  test("the watchdog relay drops 250 ms after the last edge of WD", () => {
    const rig = rigWith({ watchdog: "toggled" });
    energise(rig, 100);
    expect(rig.world.source.enabled()).toBe(false);
    let high = false;
    for (let t = 0; t < 20; t++) {
      high = !high;
      rig.world.gpio.setLine("WD", high);
      rig.world.advance((t + 1) * 0.05);
    }
    expect(rig.world.source.enabled()).toBe(true);
    expect(shunt_A(rig)).toBeCloseTo(100, 0);
    rig.world.advance(1 + 0.19);
    expect(rig.world.source.enabled()).toBe(true);
    rig.world.advance(1 + 0.21);
    expect(rig.world.source.enabled()).toBe(false);
  });

  test("the watchdog relay runs by the wall clock when it is given one", () => {
    let wall_ms = 0;
    const rig = rigWith({ watchdog: "toggled", wall_ms: () => wall_ms });
    rig.world.gpio.setLine("WD", true);
    rig.world.gpio.setLine("EN", true);
    rig.world.advance(1000);
    expect(rig.world.source.enabled()).toBe(true);
    wall_ms = 251;
    expect(rig.world.source.enabled()).toBe(false);
  });

  test("the watchdog relay's own contact follows it", () => {
    const ideal = rigWith();
    expect(ideal.world.gpio.lines()["WDR"]).toBe(true);
    const rig = rigWith({ watchdog: "toggled" });
    expect(rig.world.gpio.lines()["WDR"]).toBe(false);
    rig.world.gpio.setLine("WD", true);
    expect(rig.world.gpio.lines()["WDR"]).toBe(true);
    rig.world.advance(0.26);
    expect(rig.world.gpio.lines()["WDR"]).toBe(false);
  });

  test("edges of inputs are told to listeners, and the nest code shows the adapter", () => {
    const rig = rigWith();
    const edges: string[] = [];
    rig.world.gpio.onEdge(({ line, high }) => edges.push(`${line} ${high}`));
    rig.world.operator.lid("LID1", false);
    rig.world.operator.remove();
    expect(edges).toEqual(["LID1 false", "NEST0 false"]);
    expect(() => rig.world.gpio.setLine("LID1", true)).toThrow(/not an output/);
  });

  test("timed relays take their release and operate times", () => {
    const rig = rigWith({ timedRelays: true });
    rig.close("K1A");
    expect(rig.world.gpio.lines()["M.K1A"]).toBe(true);
    rig.world.advance(0.031);
    expect(rig.world.gpio.lines()["M.K1A"]).toBe(false);
  });

  test("bench time never runs backwards, and events run at their own time", () => {
    const rig = rigWith();
    const seen: number[] = [];
    rig.world.schedule(2, () => seen.push(rig.world.now_s()));
    const cancel = rig.world.schedule(1.5, () => seen.push(-1));
    rig.world.schedule(1, () => seen.push(rig.world.now_s()));
    cancel();
    rig.world.advance(3);
    expect(seen).toEqual([1, 2]);
    expect(() => rig.world.advance(2)).toThrow(/back/);
  });
});
