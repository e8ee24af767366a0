/** The head of a run that measures the program itself. */
import type { NewRun } from "../../rig/store/types.ts";

export const head: NewRun = {
  procedure: { id: "bench-store", revision: 1, hash: "0" },
  limits: { id: "none", revision: "1", title: "none", rows: {}, hash: "0" },
  bench: { id: "none", hash: "0", file: "none" },
  adapter: {
    id: "none",
    maker: "none",
    model: "none",
    family: "A",
    rating: { current_A: 1, voltage_V: 1, ambient_min_degC: 0, ambient_max_degC: 1 },
    pp: { topology: "PASS" },
    parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
    source: "none",
    confidence: "H",
    serial: "none",
    label: "none",
    hash: "0",
  },
  software: { version: "0", hash: "0", node: process.version },
  operator: "bench",
  simulated: true,
  options: {},
  waivers: [],
};
