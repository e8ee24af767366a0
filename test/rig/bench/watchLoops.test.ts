import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadBench, parseBench } from "../../../rig/bench/benchFile.ts";
import { makeWiring } from "../../../rig/bench/wiring.ts";

const wiring = makeWiring(loadBench("benches/rb-1.yaml"));

describe("watch loops of RB-1", () => {
  test.each([
    ["PE", "WATCH.1"],
    ["CP", "WATCH.2"],
    ["PP", "WATCH.3"],
    ["DC+", "WATCH.4"],
    ["DC-", "WATCH.5"],
  ] as const)("%s is watched by %s through its own isolating relays", (pin, line) => {
    const found = wiring.watch(`evse.${pin}`, `ev.${pin}`);
    expect(found?.line).toBe(line);
    expect(found?.route.relays).toEqual(["KW", `K_ISO.ev.${pin}`, `K_ISO.evse.${pin}`]);
  });

  test.each([
    ["watch: [WATCH.2a, WATCH.2b]", "watch: [WATCH.2a, WATCH.9]", /WATCH\.2\.watch: no relay joins the node WATCH\.9/],
    ["in, line: 24, watch", "out, line: 24, watch", /an output cannot watch a loop/],
    ["in, line: 24, watch", "in, line: 24, healthy: high, watch", /an interlock cannot watch a loop/],
  ] as const)("a file with %s as %s is refused", (from, to, why) => {
    const text = readFileSync("benches/rb-1.yaml", "utf8");
    expect(text).toContain(from);
    expect(() => parseBench("rb.yaml", text.replace(from, to))).toThrow(why);
  });

  test("a pair of contacts that no loop joins has none, although the buses would join them", () => {
    expect(wiring.watch("evse.CP", "ev.PP")).toBeUndefined();
    expect(wiring.watch("evse.L1", "ev.L1")).toBeUndefined();
  });
});
