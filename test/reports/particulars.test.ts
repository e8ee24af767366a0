import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { type Decisions, decisionsOf, editionOf, everSigned, lastOfQa, noDecisions } from "../../reports/decisions.ts";
import { htmlReport } from "../../reports/html.ts";
import { jsonObject } from "../../reports/json.ts";
import { labelRefusal } from "../../reports/label.ts";
import { particularsOf } from "../../reports/particulars.ts";
import { appendEntry, openLedger } from "../../rig/ledger/ledger.ts";
import type { Order } from "../../rig/model/order.ts";
import { passing } from "./fixture.ts";
import { signedEntries } from "./signed.ts";

const order: Order = {
  file: "o.yaml",
  hash: "a".repeat(64),
  number: "A-118",
  customer: { name: "Example Motors", contact: "ann@example.com" },
  received: "2026-08-20",
  condition: "no damage",
  sampling: "1 of 40",
  photo: { file: "front.jpg", hash: "b".repeat(64) },
  deviations: ["no soak"],
  external: [{ what: "insulation", provider: "Other Laboratory" }],
};
const lab = {
  name: "Sample Laboratory",
  address: "2 Test Street",
  place: "Hall 3",
  paper: "A4",
  label: { after_sign_off: true },
} as const;

const said = (by: string, role: string, meaning: string, utc: string) => ({
  by,
  role,
  meaning,
  reason: "looked at",
  utc,
});
const finished = said("Tom", "technician", "finished", "2026-08-22T12:00:00.000Z");
const decisions: Decisions = {
  ...noDecisions,
  signatures: [finished, said("Quinn", "qa", "released", "2026-08-23T12:00:00.000Z")],
  amendments: [{ by: "Quinn", reason: "customer's name corrected", utc: "2026-08-24T12:00:00.000Z" }],
};

const factsOf = (content: Parameters<typeof particularsOf>[0]) =>
  Object.fromEntries(particularsOf(content).flatMap(({ facts }) => facts.map(([name, value]) => [name, value])));

describe("what a report states beside its results", () => {
  test("a run without laboratory, order or signature says so, and claims nothing", () => {
    const { record, series } = passing();
    expect(factsOf(contentOf(record, series))).toMatchObject({
      Name: "not stated",
      Customer: "not stated",
      Received: "not stated",
      Issued: "not issued: not signed",
      "Authorised by": "not signed",
      Replaces: "no earlier report",
    });
  });

  test("the order, the laboratory and the signature stand in the page and in the JSON", () => {
    const { record, series } = passing({ lab, order });
    const content = contentOf(record, series, undefined, decisions);
    expect(factsOf(content)).toMatchObject({
      Name: "Sample Laboratory",
      "Place of the test": "Hall 3",
      Customer: "Example Motors",
      Sampling: "1 of 40",
      Replaces: "R000042, edition 1",
      Issued: "2026-08-23",
      "Authorised by": "Quinn (qa, released), 2026-08-23T12:00:00.000Z",
    });
    const page = htmlReport(content);
    for (const text of [
      "Example Motors",
      "agreed in the order: no soak",
      "Other Laboratory",
      "customer&#39;s name corrected",
    ])
      expect(page).toContain(text);
    expect(page).not.toContain("Not signed");
    expect(jsonObject(content)).toMatchObject({ lab, order, edition: 2, signatures: [{ by: "Tom" }, { by: "Quinn" }] });
  });

  test("a technician's signature alone authorises nothing", () => {
    const decisions = { ...noDecisions, signatures: [finished] };
    expect(lastOfQa(decisions)).toBeUndefined();
    expect(editionOf(decisions)).toBe(1);
    const { record, series } = passing();
    expect(htmlReport(contentOf(record, series, undefined, decisions))).toContain("Not signed by QA");
  });

  test("an entry in the ledger that no key signed authorises nothing", async () => {
    const dir = mkdtempSync(join(tmpdir(), "decisions-"));
    const body = { role: "qa", meaning: "released", reason: "ok", name: "Mallory", key: "none", edition: 1 };
    await appendEntry(dir, { kind: "signature", subject: "R000042", by: "Mallory", body });
    const ledger = await openLedger(dir);
    expect(decisionsOf(ledger, "R000042")).toEqual(noDecisions);
    ledger.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test("an amended report is unsigned until both have signed its new edition; a signature that does not hold counts for nothing", () => {
    const signed = signedEntries([
      ["Tom", "technician", "finished", "done", "2026-08-22T12:00:00.000Z"],
      ["Quinn", "qa", "released", "ok", "2026-08-23T12:00:00.000Z"],
      ["Quinn", "qa", "amended", "customer's name corrected", "2026-08-24T12:00:00.000Z"],
      ["Tom", "technician", "finished", "done", "2026-08-24T13:00:00.000Z"],
      ["Quinn", "qa", "released", "ok", "2026-08-25T12:00:00.000Z"],
    ]);
    const of = (entries: typeof signed) => ({ entries: (kind: string) => entries.filter((e) => e.kind === kind) });
    expect(decisionsOf(of(signed.slice(0, 5)), "R000042")).toMatchObject({
      signatures: [],
      amendments: [{ by: "Quinn" }],
    });
    expect(lastOfQa(decisionsOf(of(signed), "R000042"))?.utc).toBe("2026-08-25T12:00:00.000Z");
    expect(everSigned(of(signed), "R000042").map(({ by }) => by)).toEqual(["Tom", "Quinn", "Tom", "Quinn"]);
    const rejected = signedEntries([
      ["Quinn", "qa", "rejected", "burnt", "2026-08-23T12:00:00.000Z"],
      ["Quinn", "qa", "amended", "wording", "2026-08-24T12:00:00.000Z"],
      ["Tom", "technician", "finished", "done", "2026-08-24T13:00:00.000Z"],
      ["Quinn", "qa", "released", "ok", "2026-08-25T12:00:00.000Z"],
    ]);
    const { record, series } = passing();
    const outcome = { verdict: "pass", ending: "completed" } as const;
    const refusal = (entries: typeof signed) =>
      labelRefusal(contentOf({ ...record, outcome }, series, undefined, decisionsOf(of(entries), "R000042")));
    // Two keys come first.
    expect([3, 4, 5].map((count) => refusal(rejected.slice(0, count)))).toEqual(
      Array(3).fill("QA rejected it (Quinn: burnt)"),
    );
    expect(refusal(rejected)).toBeUndefined();
    const forged = signed.map((e) =>
      e.kind === "signature" && e.by === "Quinn" ? { ...e, body: { ...e.body, signature: "AAAA" } } : e,
    );
    expect(decisionsOf(of(forged), "R000042").signatures.map(({ by }) => by)).toEqual(["Tom"]);
    expect(lastOfQa(decisionsOf(of(signed), "R000042", "ab".repeat(32)))).toBeUndefined();
  });
});
