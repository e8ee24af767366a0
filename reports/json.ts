/** The report as JSON for machines: SI units, every number in full. Published form: schema/run.schema.json. */
import { type Component, contribution } from "../rig/model/uncertainty.ts";
import { type Content, deviationsOf, doubtsOf, type Judged, shownVerdict } from "./content.ts";
import { editionOf } from "./decisions.ts";
import { escapeJson } from "./text/escape.ts";

export const runSchema = "urn:adapter-rig:run:1";

/** Names of the files of one report, by format. */
export type ReportFiles = Readonly<Record<string, string>>;

/** The object of the schema, also what `--json` prints. */
export function jsonObject(content: Content, files: ReportFiles = {}) {
  const { record, outcome, missing, wiring } = content;
  const { head } = record;
  const { adapter, limits } = head;
  return {
    schema: runSchema,
    run: head.id,
    number: head.run,
    uid: head.uid,
    verdict: outcome.verdict,
    verdictText: shownVerdict(content).words,
    ending: outcome.ending,
    firstCause: outcome.firstCause ?? null,
    simulated: head.simulated,
    started: head.started,
    ended: record.ended ?? null,
    procedure: head.procedure,
    limits: {
      id: limits.id,
      revision: limits.revision,
      title: limits.title,
      hash: limits.hash,
      approval: limits.approval ?? null,
      ...(limits.stabilisation ? { stabilisation: limits.stabilisation } : {}),
    },
    bench: head.bench,
    software: head.software,
    adapter: {
      id: adapter.id,
      maker: adapter.maker,
      model: adapter.model,
      family: adapter.family,
      rating: adapter.rating,
      pp: adapter.pp,
      parts: adapter.parts,
      source: adapter.source,
      confidence: adapter.confidence,
      label: adapter.label,
      hash: adapter.hash,
    },
    serial: adapter.serial,
    operator: head.operator,
    lab: head.lab ?? null,
    order: head.order ?? null,
    edition: editionOf(content.decisions),
    signatures: content.decisions.signatures,
    amendments: content.decisions.amendments,
    dispositions: content.decisions.dispositions,
    openFails: content.decisions.openFails,
    inDoubt: content.decisions.doubts.map(({ utc, by, finding, instrument, certificate, now }) => ({
      ...{ utc, by, finding, instrument, certificate, now },
    })),
    ledgerLacks: content.decisions.ledgerLacks ?? null,
    options: head.options,
    waivers: head.waivers,
    instruments: record.instruments,
    measurements: content.steps.flatMap(({ judged }) => judged).map(measurement),
    missing: missing.map(({ id, step, blockedBy }) => ({ id, step, blockedBy: blockedBy ?? null })),
    doubts: doubtsOf(content),
    steps: record.steps.map(({ name, path, lane, attempt, entered_s, left_s }) => ({
      name,
      path,
      lane,
      attempt,
      entered_s,
      left_s: left_s ?? null,
    })),
    prompts: record.prompts.map(({ utc, prompt, answer, failed }) => ({
      utc,
      prompt,
      answer: answer ?? null,
      failed: failed ?? null,
    })),
    deviations: deviationsOf(record),
    notes: record.notes,
    trips: record.trips,
    defects: record.defects,
    wiring: wiring ?? null,
    series: record.series,
    hash: record.hash ?? null,
    previousHash: record.previousHash ?? null,
    files,
  };
}

function measurement(m: Judged) {
  const { reading, row } = m;
  const value = reading.is === "value" ? reading.value : null;
  return {
    id: m.id,
    limit: m.limit,
    step: m.step,
    attempt: m.attempt,
    utc: m.utc,
    value,
    unit: reading.unit,
    uncertainty: reading.is === "value" && row !== undefined ? row.k * reading.u : null,
    coverage: row?.k ?? null,
    lower: row?.min ?? null,
    upper: row?.max ?? null,
    rule: row?.rule ?? null,
    confidence: row?.confidence ?? null,
    source: row?.source ?? null,
    edition: row?.edition ?? null,
    clause: row?.clause ?? null,
    approvedBy: row?.approvedBy ?? null,
    verdict: m.verdict,
    subject: m.subject,
    contacts: m.contacts,
    meaning: m.meaning ?? null,
    reading,
    budget: m.budget?.map(partOf) ?? null,
  };
}

/** What it gives to u is null where the stored figures make no finite number. */
function partOf(part: Component) {
  const { name, stated, unit, divisor, sensitivity } = part;
  const gives = contribution(part);
  return {
    name,
    stated,
    unit: unit ?? null,
    divisor,
    sensitivity,
    contribution: Number.isFinite(gives) ? gives : null,
  };
}

/** As text: indented, members in a fixed order, so that two reports can be compared line by line. */
export function jsonReport(content: Content, files: ReportFiles = {}): string {
  const text = JSON.stringify(jsonObject(content, files), refuse, 2);
  return `${escapeJson(text)}\n`;
}

/** JSON.stringify would turn NaN into null silently. */
function refuse(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${key} of a report is ${value}`);
  return value;
}
