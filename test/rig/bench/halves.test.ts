import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { overdueHalves, parseBench } from "../../../rig/bench/benchFile.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");
const line = (id: string): string => text.split("\n").find((each) => each.includes(`${id}:`)) ?? "";
const changed =
  (id: string, from: string, to: string): (() => unknown) =>
  () => {
    const was = line(id);
    expect(was).toContain(from);
    return parseBench("b.yaml", text.replace(was, was.replace(from, to)));
  };

describe("reference halves in a bench file", () => {
  test("are those of the reference bench, three on each side", () => {
    const { halves = [] } = parseBench("b.yaml", text);
    expect(halves.map(({ side, coupler }) => `${side} ${coupler}`).sort()).toEqual([
      "ev CCS1",
      "ev J1772",
      "ev NACS",
      "evse CCS1",
      "evse J1772",
      "evse NACS",
    ]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a contact left out",
      changed("RH-S-J1772", "L2N: DC-, ", ""),
      /halves\.RH-S-J1772\.contacts: J1772 has a contact L2N/,
    ],
    ["a contact too many", changed("RH-V-NACS", "PP: PP", "PP: PP, L1: L1"), /NACS has no contact L1; remove it/],
    ["a terminal used twice", changed("RH-S-J1772", "L2N: DC-", "L2N: DC+"), /L2N: terminal DC\+ is used twice/],
    ["AC on light leads", changed("RH-S-J1772", "L1: DC+", "L1: L1"), /L1: the source may not reach evse\.L1/],
    ["a pilot elsewhere", changed("RH-S-J1772", "CP: CP, PP: PP", "CP: PP, PP: CP"), /CP must end on the terminal CP/],
    [
      "a second of a kind",
      changed("RH-S-CCS1", "coupler: CCS1, ", "coupler: NACS, "),
      /RH-S-CCS1: is a second evse NACS/,
    ],
    ["no date", changed("RH-S-NACS", "due: 2027-04-05", "due: soon"), /halves\.RH-S-NACS\.due/],
  ])("with %s are refused by line and field", (_, parse, message) => {
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^b\.yaml:\d+: /);
  });

  test("count to their due date and no longer", () => {
    const bench = parseBench("b.yaml", text);
    expect(overdueHalves(bench, "2027-04-05")).toEqual([]);
    expect(overdueHalves(bench, "2027-04-06").length).toBe(6);
    const waived = { ...bench, waivers: [{ id: "half:RH-S-NACS", by: "A. Lab", why: "golden link agreed today" }] };
    expect(overdueHalves(waived, "2027-04-06")).not.toContain("RH-S-NACS");
  });
});
