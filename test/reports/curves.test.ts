import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { pilotPlots, thermalPlots } from "../../reports/curves.ts";
import type { Points } from "../../rig/store/types.ts";
import { passing } from "./fixture.ts";
import { waveforms } from "./fixture-series.ts";

const points = (values: readonly number[], dt_s = 60): Points => ({
  t_s: Float64Array.from(values, (_, i) => 1000 + i * dt_s),
  values: Float64Array.from(values),
  total: values.length,
});

const contentWith = (series: ReadonlyMap<string, Points>) => contentOf(passing().record, series);

describe("thermal curves", () => {
  test("take the current from the shunt's drop where no current is recorded", () => {
    const svg = thermalPlots(contentWith(new Map([["thermal/SH", points([0, 0.05, 0.05])]])))?.text ?? "";
    expect(svg).toContain("current / A");
    expect([...svg.matchAll(/class="tick">(\d+)</g)].map((m) => Number(m[1]))).toContain(400);
  });

  test("prefer the recorded current", () => {
    const both = new Map([
      ["thermal/SH", points([0, 0.05])],
      ["thermal/I", points([0, 300])],
    ]);
    expect(thermalPlots(contentWith(both))?.text).not.toContain("V(SH)");
  });

  test("count time in minutes from the first sample", () => {
    const svg = thermalPlots(contentWith(new Map([["thermal/T.evse.DC+", points([20, 21, 22, 23, 24])]])))?.text ?? "";
    expect(svg).toContain(">4.0<");
    expect(svg).not.toMatch(/class="tick">10\d\d</);
  });

  test("are absent when nothing thermal was sampled", () => {
    expect(thermalPlots(contentWith(waveforms(0)))).toBeUndefined();
  });
});

describe("pilot waveforms", () => {
  test("are drawn for three periods from a rising edge, adapter over bypass", () => {
    const svg = pilotPlots(contentWith(waveforms(0)))?.text ?? "";
    expect(svg.split("<figure>")).toHaveLength(5);
    const first = svg.split("<figure>")[1] ?? "";
    expect([...first.matchAll(/text-anchor="middle" class="tick">([^<]+)</g)].map((m) => m[1])).toEqual([
      "0",
      "1",
      "2",
      "3",
    ]);
    expect(first).toContain("adapter");
    expect(first).toContain("bypass");
  });

  test("a repeated capture goes into the same plot under its own name", () => {
    const wave = points([1, 9, 1, 9], 1e-4);
    const series = new Map([
      ["pilot/adapter/B/5/CP_S", wave],
      ["pilot/adapter/B/5/CP_S#2", wave],
    ]);
    const svg = pilotPlots(contentWith(series))?.text ?? "";
    expect(svg.split("<figure>")).toHaveLength(2);
    expect(svg).toContain("adapter (2)");
  });

  test("a steady level has no period and is drawn whole", () => {
    const svg =
      pilotPlots(contentWith(new Map([["pilot/adapter/A/0/CP_S", points([12, 12.01, 11.99], 1e-3)]])))?.text ?? "";
    expect(svg).toContain("State A");
    expect(svg).not.toContain("no samples");
  });

  test("a name that is no waveform of ours is left out", () => {
    expect(pilotPlots(contentWith(new Map([["pilot/odd", points([1, 2])]])))).toBeUndefined();
  });
});
