/** Reports of adapters with AC contacts and with two inlets. */
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { htmlReport } from "../../reports/html.ts";
import { jsonObject } from "../../reports/json.ts";
import { junitReport } from "../../reports/junit.ts";
import type { RunHead } from "../../rig/store/types.ts";
import { headOf, passing } from "./fixture.ts";

const said = "made with direct current of 48 A, not with alternating current";

function content(family: "C" | "E", notes: readonly Record<string, unknown>[] = []) {
  const head = headOf({});
  const rating = { ...head.adapter.rating, ...(family === "E" ? { ac: { current_A: 48, voltage_V: 250 } } : {}) };
  const adapter = { ...head.adapter, family, rating };
  const { record, series } = passing({ adapter } as Partial<RunHead>);
  const first = record.notes[0];
  if (!first) throw new Error("the fixture has no notes");
  const others = record.notes.filter((note) => note.kind !== "wiring" && note.kind !== "deviation");
  const added = notes.map((body) => ({ ...first, kind: String(body["kind"]), body: body as never }));
  return contentOf({ ...record, notes: [...others, ...added] }, series);
}

const deviation = { kind: "deviation", what: "heated with DC", text: said };
const map = (face: string, pin: string) => ({
  kind: "wiring",
  expected: [[`${face}.${pin}`, "ev.DC+"]],
  found: [{ a: `${face}.${pin}`, b: "ev.DC+", is: "path" }],
});

describe("the report of an AC adapter", () => {
  test("prints that it was heated with direct current, in every format", () => {
    const c = content("C", [deviation]);
    expect(htmlReport(c)).toContain(said);
    expect(jsonObject(c).deviations).toEqual([said]);
    expect(junitReport(c)).toContain(`<property name="deviation" value="${said}"/>`);
    expect(jsonObject(content("C")).deviations).toEqual([]);
  });

  test("draws the J1772 inlet and the NACS plug, with L1 in one row with DC+", () => {
    const page = htmlReport(content("C", [map("evse", "L1")]));
    for (const contact of ["evse.L1", "evse.L2N", "ev.DC+", "ev.PP"]) {
      expect(page).toContain(`data-contact="${contact}"`);
    }
    const line = /data-link="evse\.L1 ev\.DC\+".*?d="M\S+ (\S+)L\S+ ([\d.]+)"/s.exec(page);
    expect(line?.[1]).toBe(line?.[2]);
  });
});

describe("the report of a combined adapter", () => {
  test("draws each inlet with the plug, its own wiring and both ratings", () => {
    const page = htmlReport(content("E", [map("evse", "DC+"), map("evse2", "L1")]));
    expect(page.match(/<svg class="faces"/g)?.length).toBe(2);
    expect(page).toContain('data-link="evse.DC+ ev.DC+"');
    expect(page).toContain('data-link="evse2.L1 ev.DC+"');
    expect(page.match(/data-link="evse2\.L1/g)?.length).toBe(1);
    expect(page).toContain("AC inlet 48 A, 250 V");
    expect(page).toContain('data-contact="evse2.CP"');
  });

  test("takes the last wiring map of each inlet", () => {
    const wrong = { ...map("evse2", "L1"), found: [{ a: "evse2.L1", b: "ev.DC+", is: "open" }] };
    const { wiring } = content("E", [wrong, map("evse", "DC+"), map("evse2", "L1")]);
    expect(wiring?.found.map(({ a, is }) => `${a} ${is}`).sort()).toEqual(["evse.DC+ path", "evse2.L1 path"]);
  });
});
