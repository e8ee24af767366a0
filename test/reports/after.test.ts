/** What reports print of what came after the run, of uncertainty budgets, and of many notes of one kind. */
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { contentOf, shownVerdict } from "../../reports/content.ts";
import { type Decisions, noDecisions } from "../../reports/decisions.ts";
import { htmlReport } from "../../reports/html.ts";
import { jsonReport } from "../../reports/json.ts";
import type { Data } from "../../rig/model/data.ts";
import { type Component, within } from "../../rig/model/uncertainty.ts";
import { recordOf } from "../../rig/store/record.ts";
import { failing, passing, type Sample } from "./fixture.ts";
import { spoiledDecisions } from "./hostile.ts";

const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("\u00a0", " ")
    .replace(/\s+/g, " ");

const pageOf = ({ record, series }: Sample, decisions: Decisions = noDecisions): string =>
  textOf(htmlReport(contentOf(record, series, undefined, decisions)));

const schema = JSON.parse(readFileSync(new URL("../../reports/schema/run.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020.default({ strict: true, allowUnionTypes: true }).compile(schema);
const jsonOf = ({ record, series }: Sample, decisions: Decisions = noDecisions) => {
  const data = JSON.parse(jsonReport(contentOf(record, series, undefined, decisions)));
  expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
  return data;
};

const doubt = {
  ...{ seq: 7, utc: "2026-11-23T10:00:00.000Z", by: "Quinn", finding: "I-000001" },
  ...{ instrument: "SIM-OHM-1", certificate: "C-1", now: "FAIL" },
};
const decided: Decisions = {
  ...noDecisions,
  dispositions: [
    {
      ...{ number: "D-000001", decision: "rework", runs: ["R000001", "R000043"] },
      ...{ reason: "contact renewed", by: "Quinn", utc: "2026-11-23T09:00:00.000Z" },
    },
  ],
  openFails: ["R000050"],
};

describe("after the run", () => {
  test("nothing stands where nothing was decided and nothing is open", () => {
    expect(pageOf(passing())).not.toContain("After the run");
  });

  test("dispositions, open fails and what the ledger lacks stand before the identification", () => {
    const page = pageOf(failing(), { ...decided, ledgerLacks: "the ledger lacks entries" });
    const after = page.slice(page.indexOf("After the run"), page.indexOf("Identification"));
    expect(after).toContain("2026-11-23 09:00:00 UTC rework D-000001 this run, R000001 contact renewed Quinn");
    expect(after).toContain("Open fail of this serial number: R000050. Only a disposition by QA closes it.");
    expect(after).toContain("the ledger lacks entries. Decisions about this run may be missing.");
  });

  test("a doubt makes a pass no verdict, and is printed of a fail too", () => {
    const decisions = { ...noDecisions, doubts: [doubt] };
    const { record, series } = passing();
    expect(shownVerdict(contentOf(record, series, undefined, decisions)).words).toBe("NO VERDICT");
    const words = "This run is in doubt by calibration C-1 of SIM-OHM-1 since 2026-11-23 (I-000001;";
    for (const sample of [passing(), failing()]) expect(pageOf(sample, decisions)).toContain(words);
  });

  test("machines read the same, and the schema knows it", () => {
    expect(jsonOf(failing(), { ...decided, doubts: [doubt] })).toMatchObject({
      dispositions: decided.dispositions,
      openFails: ["R000050"],
      inDoubt: [{ finding: "I-000001", instrument: "SIM-OHM-1" }],
      ledgerLacks: null,
    });
  });

  test("names and reasons are text, whatever they hold", () => {
    const { record, series } = failing();
    const page = htmlReport(contentOf(record, series, undefined, spoiledDecisions("</td><script>x</script>")));
    expect(page).not.toMatch(/<script/i);
    expect(page).toContain("&lt;script&gt;");
  });
});

/** The sample with a budget at each judgement of this id. */
function withBudget({ record, series }: Sample, id: string, budget: Data): Sample {
  const events = record.events.map((event) =>
    event.type === "judged" && (event.body as { id?: string }).id === id
      ? { ...event, body: { ...(event.body as object), budget } as Data }
      : event,
  );
  return { record: recordOf({ ...record, events }), series };
}

describe("an uncertainty budget", () => {
  const parts: readonly Component[] = [
    within("small part", 1e-10, { unit: "V" }),
    within("current", 1e-6, { unit: "A" }, "rectangular"),
    within("temperature", 2e-6, { unit: "K" }),
  ];
  const sample = withBudget(passing(), "power.dc.r/DC+", parts as unknown as Data);

  test("is printed where the record keeps its parts, the largest first, with shares", () => {
    const page = pageOf(sample);
    const shown = page.slice(page.indexOf("Uncertainty budgets"), page.indexOf("Prompts and answers"));
    expect(shown).toMatch(/power\.dc\.r\/DC\+.* 1\.29 µΩ/);
    expect(shown).toContain("temperature 1.2 µΩ (80 %); current 580 nΩ (20 %); 1 more below 0.5 % each");
    expect(pageOf(passing())).not.toContain("Uncertainty budgets");
  });

  test("is in the JSON part by part, and null where there is none", () => {
    const { measurements } = jsonOf(sample);
    const of = (id: string) => measurements.find((m: { id: string }) => m.id === id).budget;
    expect(of("power.dc.r/DC+")).toHaveLength(3);
    expect(of("power.dc.r/DC+")[2]).toMatchObject({ name: "temperature", contribution: 2e-6 / Math.sqrt(3) });
    expect(measurements.filter((m: { budget: unknown }) => m.budget === null).length).toBeGreaterThan(0);
  });

  test("with figures that make no number breaks nothing", () => {
    const odd = withBudget(passing(), "power.dc.r/DC+", [{ name: "x", stated: 1, divisor: 0, sensitivity: 1 }]);
    expect(pageOf(odd)).toContain("no number");
    const { measurements } = jsonOf(odd);
    const [part] = measurements.find((m: { id: string }) => m.id === "power.dc.r/DC+").budget;
    expect(part).toMatchObject({ unit: null, contribution: null });
  });
});

describe("notes of channels", () => {
  const noted = ({ record, series }: Sample, bodies: readonly Data[]): Sample => {
    const from = record.events.length;
    const events = bodies.map((body, i) => ({
      ...{ seq: from + 1 + i, bench_s: 1, utc: record.head.started, lane: "main", attempt: 1 },
      type: "note" as const,
      body,
    }));
    return { record: recordOf({ ...record, events: [...record.events, ...events] }), series };
  };
  const channel = (series: string, u: number, over: object = {}): Data =>
    ({ kind: "channel", is: "value", series, unit: "V", u, t_s: 1, ...over }) as Data;

  test("of one group are one line with the largest u; those that read nothing stand alone", () => {
    const page = pageOf(
      noted(passing(), [
        channel("earth/SH", 3e-6),
        channel("earth/V.DC+", 4.44e-6),
        channel("drop/SH", 1e-6),
        channel("earth/V.DC-", 0, { is: "invalid", code: "OPEN" }),
      ]),
    );
    expect(page).toContain("earth: 2 channels (SH, V.DC+), u of a reading at most 0.0000044 V");
    expect(page).toContain("drop: 1 channels (SH)");
    expect(page).toContain("code: OPEN");
  });
});
