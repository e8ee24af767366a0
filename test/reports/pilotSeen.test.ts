/** What a station sees, in the report: from the note of a run, and from notes that are not as they should be. */
import { expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { pilotSeen, seenLine } from "../../reports/html/pilotSeen.ts";
import { htmlReport } from "../../reports/html.ts";
import type { Data } from "../../rig/model/data.ts";
import { passing } from "./fixture.ts";

type Body = { readonly kind: string } & { readonly [key: string]: Data };

function contentWith(...bodies: readonly Body[]) {
  const { record, series } = passing();
  const added = bodies.map((body, i) => ({
    ...{ seq: 9000 + i, utc: record.head.started, bench_s: 0, lane: "" },
    ...{ kind: body.kind, body },
  }));
  const notes = [...record.notes.filter(({ kind }) => kind !== "pilot-seen"), ...added];
  return contentOf({ ...record, notes }, series);
}

const seen: Body = {
  kind: "pilot-seen",
  levels: [
    { circuit: "B", level_V: 9.02, u_V: 0.012, sees: "B", ohm: [2700, 2790], fits: "B" },
    { circuit: "C", level_V: 7.5, u_V: 0.3, sees: "several fit: B or C", ohm: null, fits: "" },
    { circuit: "-", level_V: null, u_V: null, sees: "invalid: no level", ohm: null, fits: "" },
  ],
  diode: "present",
  wave: { duty_pct: 50.01, high_V: 9.01, low_V: -12.02, sees: "B" },
};

test("each level has its state, its resistances and the wave; the note is not shown twice", () => {
  const page = htmlReport(contentWith(seen));
  expect(page).toContain("What a station sees");
  expect(page).toContain("9.020 V ± 0.024 V");
  expect(page).toContain("2700 to 2790 Ω, B");
  expect(page).toContain("several fit: B or C");
  expect(page).toContain("invalid: no level");
  expect(page).toContain("Square wave in B at 50.01 %, 9.01 V and -12.02 V: a station sees B.");
  expect(page).not.toContain("pilot-seen");
});

test("a list of notes has it in one line", () => {
  const line =
    "B: a station sees B, 9.020 V; C: a station sees several fit: B or C, 7.500 V; B, negative half: a station sees invalid: no level";
  expect(seenLine(seen)).toBe(line);
  expect(seenLine({ levels: [7, {}] })).not.toMatch(/sees [A-F]/);
});

test("two inlets have a table each; a run without a pilot says nothing of stations", () => {
  expect(pilotSeen(contentWith(seen, seen))?.text.match(/<table/g)).toHaveLength(2);
  expect(pilotSeen(contentWith())).toBeUndefined();
});

test("a note that is not as it should be is data, and tells no state", () => {
  const odd = [7, "x", { circuit: "<script>", level_V: "9", sees: ["B"], ohm: ["a", 2] }];
  const text = pilotSeen(contentWith({ kind: "pilot-seen", levels: odd, diode: 3, wave: "B" }))?.text ?? "";
  expect(text).toContain("&lt;script&gt;");
  expect(text).not.toContain("<script>");
  expect(text).toContain("Whether a diode is there the levels do not tell.");
  expect(text).not.toContain("a station sees B");
});
