/** Thermal signalling on PP: each fault of the adapter fails at the row that is about it, and the bench is not blamed. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readInputs } from "../../rig/cli/inputs.ts";
import { type Case, expectFail, expectPass, expectRigFault } from "./cases.ts";
import { bad, perform, replayed, type Scenario } from "./scenario.ts";

const step = "Thermal signalling";

const noted = (events: readonly unknown[], kind: string): readonly Record<string, unknown>[] =>
  events.flatMap((event) => {
    const { type, body } = event as { type: string; body?: Record<string, unknown> };
    return type === "note" && body?.["kind"] === kind ? [body] : [];
  });

/** A small body that the bench heats beyond its thresholds within an hour. */
const body = "thermal: { t2_s: 400, body_to_ambient_K_per_W: 0.93 }";
const active = (fields: string, more = ""): Scenario => ({
  procedure: "thermal-protection",
  type: "generic-a-active",
  adapter: `adapter: active\nfamily: A\npp: { topology: ACTIVE, active: { ${fields} } }\n${body}\n${more}`,
});

describe("healthy adapters", () => {
  test.each([
    ["electronic", active("")],
    ["two thermostats in series", active("kind: thermostat, recover_degC: 67")],
    ["another bench", { ...active(""), seed: 7 }],
  ])("%s: pass (screening)", (_, scenario) => expectPass(scenario), 60_000);
});

const faults: readonly Case[] = [
  ["never folds", "fold_degC: 500, shut_degC: 501", "tp.fold.seen", /no foldback/],
  ["folds too late", "fold_degC: 87", "tp.fold.at", /foldback .* wrong contact temperature: hottest contact 8/],
  ["folds too early", "fold_degC: 72", "tp.fold.at", /foldback .* wrong contact temperature: hottest contact 7/],
  ["shows the vehicle a pressed button in place of foldback", "fold_ohm: 250", "tp.fold.pp", /less current: PP 2\.5/],
  ["opens PP in place of foldback", "fold_ohm: 1.0e+12", "tp.fold.pp", /less current: PP 4\.4/],
  ["never shuts down", "shut_degC: 500", "tp.shut.seen", /no shutdown/],
  ["stays at the foldback level", "shut_ohm: 130", "tp.shut.seen", /no shutdown/],
  ["shuts down too early", "fold_degC: 77, shut_degC: 82", "tp.shut.at", /shutdown .* wrong contact temperature/],
  ["shuts down too late", "shut_degC: 96.2", "tp.shut.at", /shutdown .* wrong contact temperature/],
  ["shuts down to a level that says nothing", "shut_ohm: 900", "tp.shut.pp", /end of the session: PP 3\.4/],
  ["sticks after cooling", "sticks: true", "tp.recover.seen", /it sticks/],
  ["recovers too early", "recover_degC: 74", "tp.recover.at", /returns to normal at the wrong .* hottest contact 7/],
  ["recovers too late", "recover_degC: 56", "tp.recover.at", /returns to normal at the wrong .* hottest contact 5/],
  ["has no hysteresis (PTC)", "kind: ptc", "tp.recover.at", /returns to normal at the wrong .* hottest contact/],
  ["chatters", "chatter_s: 7", "tp.chatter", /wavers/],
].map(
  ([name, fields, id, cause]): Case => [
    name as string,
    active(fields as string),
    { id: id as string, step, contact: "ev.PP", cause: cause as RegExp },
  ],
);

describe("adapters that signal wrongly", () => {
  test.each(faults)("%s", (_, scenario, expected) => expectFail(scenario, expected), 60_000);

  test(
    "a cut-out that opens the pilot when hot",
    () =>
      expectFail(active("", "thermal_cutout: { opens: CP, trip_degC: 85 }"), {
        id: "cp.hot.r",
        step,
        contact: "evse.CP",
        cause: /^the pilot opens .* when the adapter is hot$/,
      }),
    60_000,
  );
});

describe("what is not the adapter's fault", () => {
  test("an adapter that this bench cannot heat is inconclusive in all that depends on it, and the run says what to do", async () => {
    const scenario = {
      ...active(""),
      adapter: "adapter: cool\nfamily: A\npp: { topology: ACTIVE }\nthermal: { t2_s: 300 }\n",
    };
    const run = await perform(scenario);
    expect({ verdict: run.verdict, ending: run.ending, missing: run.missing }).toEqual({
      verdict: "inconclusive",
      ending: "completed",
      missing: [],
    });
    expect(run.firstCause).toMatch(/warm the enclosure/);
    expect(bad(run).map((m) => m.id)).toEqual(
      ["fold.seen", "fold.at", "fold.pp", "shut.seen", "shut.at", "shut.pp", "recover.seen", "recover.at"].map(
        (id) => `tp.${id}`,
      ),
    );
    expect((await replayed(scenario, run)).verdict).toBe("inconclusive");
  }, 60_000);

  test(
    "a frozen thermocouple on the hottest contact ends the run before its temperature is judged",
    () =>
      expectRigFault(
        {
          ...active("fold_degC: 72", "paths: { DC+: { evse_contact_ohm: 4.0e-5 } }"),
          bench: "thermocouple: { T.evse.DC+: frozen }",
        },
        { id: "rig.tc.response/T.evse.DC+", step, cause: /T.evse.DC\+ does not follow the current/ },
      ),
    60_000,
  );

  test("an open thermocouple aborts", async () => {
    const run = await perform({ ...active(""), bench: "thermocouple: { T.ev.DC+: open }" });
    expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "not-judged", ending: "aborted" });
  }, 60_000);
});

describe("its own envelope", () => {
  const inputs = (adapter: string, bench?: string) =>
    readInputs({
      procedure: "thermal-protection",
      adapter,
      serial: "SN-1",
      operator: "test",
      ...(bench ? { bench } : {}),
    });

  /** The generic type with other thresholds, as a lab's own file. */
  function typeFile(shutdown_degC: number): string {
    const file = join(mkdtempSync(join(tmpdir(), "active-")), "own-active.yaml");
    const window = "normal_V: [1.23, 1.82], foldback_V: [1.90, 2.30], shutdown_V: [2.38, 3.16]";
    writeFileSync(
      file,
      `adapter: own-active\nmaker: lab\nmodel: own\nfamily: A\n` +
        "rating: { current_A: 400, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 }\n" +
        `pp: { topology: ACTIVE, active: { foldback_degC: 80, shutdown_degC: ${shutdown_degC}, recovery_degC: 65, ` +
        `${window}, source: lab, confidence: H } }\n` +
        "parts: { id_element: false, temp_sensors: false, latch_switch: false, ac_contacts_populated: false }\n" +
        "source: lab\nconfidence: H\n",
    );
    return file;
  }

  test("carries a test beyond the house's abort temperature, which any other procedure keeps", async () => {
    const file = typeFile(95);
    const run = await perform({
      procedure: "thermal-protection",
      type: file,
      adapter:
        "adapter: hot\nfamily: A\npp: { topology: ACTIVE, active: { shut_degC: 500 } }\n" +
        "thermal: { t2_s: 400, body_to_ambient_K_per_W: 1.1 }\n",
    });
    expect(noted(run.journal.events, "heating-ended")[0]?.["hottest_degC"]).toBeGreaterThan(100);
    expect({ ending: run.ending, first: bad(run)[0]?.id }).toEqual({ ending: "completed", first: "tp.shut.seen" });
    expect(inputs(file).bench.envelope.contact_degC).toBe(106);
    const other = readInputs({
      procedure: "dc-screening",
      adapter: "generic-a-pass",
      serial: "SN-1",
      operator: "test",
    });
    expect(other.bench.envelope.contact_degC).toBe(100);
    expect(inputs(file).bench.envelope).toMatchObject({ power_current_A: other.bench.envelope.power_current_A });
  }, 60_000);

  test("is printed in the record with document, approver and date", async () => {
    const run = await perform(active("fold_degC: 500, shut_degC: 501"));
    expect(noted(run.journal.events, "approved-envelope")[0]).toMatchObject({
      document: "RB-1 protection envelope 0.1",
      approved: "2026-10-05",
      contact_degC: 106,
    });
  }, 60_000);

  test("a type that must get hotter than approved, and one that signals nothing, are refused", () => {
    expect(() => inputs(typeFile(97))).toThrow(/must be heated to 104 degC, the approved envelope ends at 106 degC/);
    expect(() => inputs("generic-a-pass")).toThrow(/its proximity is PASS, only ACTIVE signals a temperature/);
  });
});
