import { describe, expect, test } from "vitest";
import { classify, explain, type PairReading } from "../../../procedures/analysis/pairMap.ts";
import type { AdapterNetlist } from "../../../rig/model/adapter.ts";
import type { Contact } from "../../../rig/model/contacts.ts";

const passed = ["DC+", "DC-", "PE", "CP", "PP"] as const;
const netlist: AdapterNetlist = {
  contacts: passed.flatMap((pin): Contact[] => [`evse.${pin}`, `ev.${pin}`]),
  nets: passed.map((pin): Contact[] => [`evse.${pin}`, `ev.${pin}`]),
  parts: [],
  unpopulated: [],
};
const local: AdapterNetlist = {
  ...netlist,
  nets: [...netlist.nets.filter(([a]) => a !== "evse.PP"), ["evse.PP"], ["ev.PP"]],
  parts: [{ from: "ev.PP", to: "ev.PE", ohm: 150, what: "proximity resistor" }],
};

type Joint = readonly [Contact, Contact, number, number?];

/** The map of a healthy adapter with some pairs that read otherwise. */
function mapOf(joints: readonly Joint[], of: AdapterNetlist = netlist): readonly PairReading[] {
  const pairs: PairReading[] = [];
  of.contacts.forEach((a, i) => {
    for (const b of of.contacts.slice(i + 1)) {
      const joint = joints.find(([x, y]) => (x === a && y === b) || (x === b && y === a));
      const together = of.nets.some((net) => net.includes(a) && net.includes(b));
      const ohm = joint ? joint[2] : together ? 60 : Number.POSITIVE_INFINITY;
      const reverse_ohm = joint?.[3] ?? ohm;
      const turned = joint !== undefined && joint[0] === b;
      pairs.push({ a, b, forward_ohm: turned ? reverse_ohm : ohm, reverse_ohm: turned ? ohm : reverse_ohm });
    }
  });
  return pairs;
}

const open = Number.POSITIVE_INFINITY;
const told = (joints: readonly Joint[], of: AdapterNetlist = netlist) => explain(classify(of, mapOf(joints, of), 1e6));

describe("the pair map", () => {
  test("of a healthy adapter holds its paths and nothing else", () => {
    const found = classify(netlist, mapOf([]), 1e6);
    expect(found.map((f) => f.is)).toEqual(["path", "path", "path", "path", "path"]);
  });

  test("leaves a declared part out", () => {
    expect(classify(local, mapOf([["ev.PP", "ev.PE", 150]], local), 1e6).every((f) => f.is === "path")).toBe(true);
  });

  test("an open path is named with both its contacts", () => {
    expect(told([["evse.CP", "ev.CP", open]])).toEqual({
      words: "CP is open between the faces",
      contacts: ["evse.CP", "ev.CP"],
    });
  });

  test("two paths that are exchanged are a swap, not two opens and two shorts", () => {
    const swapped: readonly Joint[] = [
      ["evse.DC+", "ev.DC+", open],
      ["evse.DC-", "ev.DC-", open],
      ["evse.DC+", "ev.DC-", 60],
      ["evse.DC-", "ev.DC+", 60],
    ];
    const story = told(swapped);
    expect(story.words).toBe("DC+ and DC- are swapped between the faces");
    expect([...story.contacts].sort()).toEqual(["ev.DC+", "ev.DC-", "evse.DC+", "evse.DC-"]);
  });

  test("a short between two paths names the pins", () => {
    const story = told([
      ["evse.CP", "evse.PP", 60],
      ["evse.CP", "ev.PP", 60],
      ["ev.CP", "evse.PP", 60],
      ["ev.CP", "ev.PP", 60],
    ]);
    expect(story.words).toBe("CP and PP are shorted together");
  });

  test("a pin that passes where its type keeps it apart is not called a short with itself", () => {
    const story = told([["evse.PP", "ev.PP", 60]], local);
    expect(story.words).toBe("PP passes through the adapter, but this type must keep evse.PP and ev.PP apart");
  });

  test("a path that conducts one way only is a diode in it", () => {
    const story = told([["evse.CP", "ev.CP", 20_000, open]]);
    expect(story).toEqual({
      words: "CP conducts one way only: a diode is in the path",
      contacts: ["evse.CP", "ev.CP"],
    });
  });

  test("the worst leak is the one that is told", () => {
    const story = told([
      ["evse.CP", "evse.PE", 9970],
      ["evse.PP", "evse.PE", 470_000],
    ]);
    expect(story.words).toBe("9970 ohm of leakage between PE and CP");
    expect([...story.contacts].sort()).toEqual(["evse.CP", "evse.PE"]);
  });

  test("a leak above the limit is not told of any pair", () => {
    expect(told([["evse.CP", "evse.PE", 2e6]]).contacts).toEqual([]);
  });
});
