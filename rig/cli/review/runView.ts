/** One run as QA reads it: outcome, first cause, every judgement with limit and U, what was waived, what was decided. */
import {
  approvalText,
  type Content,
  contentOf,
  deviationsOf,
  doubtsOf,
  type Judged,
  shownVerdict,
} from "../../../reports/content.ts";
import { seenLine } from "../../../reports/html/pilotSeen.ts";
import { dataText, toneOfVerdict, utcText } from "../../../reports/html/words.ts";
import { shown } from "../../../reports/text/escape.ts";
import { fields, text } from "../../../reports/text/foreign.ts";
import { confidenceWords, limitWords, readingWords, sourceWords } from "../../../reports/text/judged.ts";
import { ruleWords } from "../../../reports/text/rules.ts";
import { attachmentKind } from "../../ledger/attachments.ts";
import { type Ledger, openLedger } from "../../ledger/ledger.ts";
import { photo_most_bytes } from "../../station/http.ts";
import { beginsAs, photoOf, tooManyPixels } from "../../station/image.ts";
import type { JudgedView, RunView } from "../../station/reviewTypes.ts";
import type { RunRecord } from "../../store/types.ts";
import { lookInto } from "../attachmentFiles.ts";
import { type ClockSource, clockFault } from "../clockState.ts";
import { declaredIn } from "../declare.ts";
import { decisionsIn } from "../reportFiles.ts";
import { retestText } from "../retest.ts";
import { mustRead } from "./readers.ts";
import { standingOf } from "./standing.ts";

/** Runs of the same serial number, notes and prompts that are shown at most; the report has all. */
const related_max = 50;
const notes_max = 200;

export interface KeyFolder {
  /** Folder of the station's encrypted private keys; none: every key file comes with its request. */
  readonly keys: string;
}

/** @throws RigError RUN_UNKNOWN */
export const runView = (
  store: string,
  { keys, clock }: KeyFolder & { readonly clock: ClockSource },
  asked: { readonly run: number; readonly name: string },
) =>
  mustRead(store, async (reader): Promise<RunView> => {
    const record = reader.record(asked.run);
    const { head } = record;
    const fault = reader.fault(head.run);
    const wrongClock = head.simulated ? undefined : clockFault(await clock());
    const ledger = await openLedger(store);
    try {
      const decisions = decisionsIn(ledger, reader, record);
      const content = contentOf(record, new Map(), fault, decisions);
      return {
        ...outcomeOf(content),
        facts: factsOf(record),
        steps: content.steps.map(({ path, judged }) => ({ path, judged: judged.map(judgedView) })),
        missing: content.missing,
        waivers: head.waivers.map((waiver) => ({ text: shown(waiver.text), by: shown(waiver.by) })),
        ...trailOf(record),
        attachments: attachmentsOf(store, ledger, head.id),
        series: record.series.map(({ series, unit, points }) => ({ series, unit, points })),
        related: reader.list({ serial: head.adapter.serial, limit: related_max }),
        standing: standingOf(ledger, reader, { record, fault, decisions, wrongClock, name: asked.name, keys }),
      };
    } finally {
      ledger.close();
    }
  });

function outcomeOf(content: Content) {
  const { record, outcome } = content;
  const { head } = record;
  return {
    run: head.run,
    id: head.id,
    ...shownVerdict(content),
    verdict: outcome.verdict,
    ending: outcome.ending,
    ...(outcome.firstCause === undefined ? {} : { firstCause: shown(outcome.firstCause) }),
    simulated: head.simulated,
    going: record.outcome === undefined,
    serial: head.adapter.serial,
    adapter: head.adapter.id,
    procedure: head.procedure.id,
    doubts: doubtsOf(content),
  };
}

function factsOf({ head, ended, hash, previousHash }: RunRecord): RunView["facts"] {
  const { adapter, procedure, limits, bench } = head;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["Adapter", `${adapter.maker} ${adapter.model} (${adapter.id})`],
    ["Serial number", adapter.serial],
    ["Procedure", `${procedure.id}, revision ${procedure.revision}`],
    ["Limits", `${limits.id}, revision ${limits.revision}: ${limits.title}`],
    ["Limits approved", approvalText(limits)],
    ["Bench", head.simulated ? `${bench.id}, SIMULATED (twin)` : bench.id],
    ["Operator", head.operator],
    ["Started", utcText(head.started)],
    ["Ended", ended === undefined ? undefined : utcText(ended)],
    ["Customer", head.order?.customer.name],
    ["Retest", retestText(declaredIn(head.options).retest) || undefined],
    ["Hash of the run", hash],
    ["Hash of the run before", previousHash],
  ];
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, shown(value, 400)] as const]));
}

function judgedView(m: Judged): JudgedView {
  const { row } = m;
  return {
    id: m.id,
    title: row?.title ?? m.id,
    attempt: m.attempt,
    attempts: m.attempts,
    subject: m.subject,
    verdict: m.verdict,
    tone: toneOfVerdict(m.verdict),
    ...readingWords(m.reading, row),
    limit: row === undefined ? "not in the limits document" : limitWords(row).join(" "),
    rule: row === undefined ? "" : ruleWords(row.rule),
    source: row === undefined ? "" : sourceWords(row),
    confidence: row === undefined ? "" : confidenceWords(row),
    ...(m.meaning === undefined ? {} : { meaning: m.meaning }),
    contacts: m.contacts,
  };
}

const attachmentsOf = (store: string, ledger: Ledger, id: string): RunView["attachments"] =>
  ledger.entries(attachmentKind, id).map(({ utc, by, body }) => {
    const { name, bytes, hash, text: said } = body;
    const file = isHash(hash) ? lookInto(store, hash, (read) => [beginsAs(read), photoOf(read)] as const) : undefined;
    const [type, photo] = (Number(bytes) <= photo_most_bytes ? file?.found : undefined) ?? [];
    const large = photo && tooManyPixels(photo);
    const besides = [...(file ? [] : ["THE FILE IS GONE"]), ...(large === undefined ? [] : [`not shown, ${large}`])];
    return {
      utc,
      name: shown([`${text(name)}, ${dataText(bytes)} bytes, by ${by}`, ...besides].join(": "), 400),
      text: shown(text(said), 400),
      // One that is spoilt is asked for too, so that its place says that it cannot be shown.
      ...(type && large === undefined ? { photo: String(hash) } : {}),
    };
  });

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** What other parts of the page show, or what only machines read. */
const notShown: ReadonlySet<string> = new Set(["instrument", "planned", "blocked", "wiring", "waiver"]);

function trailOf(record: RunRecord) {
  const deviations = deviationsOf(record).map((each) => ({ utc: "", kind: "deviation", text: shown(each, 400) }));
  const others = [...record.trips.map((trip) => ({ ...trip, kind: "tripped" })), ...record.notes]
    .filter(({ kind }) => !notShown.has(kind) && kind !== "deviation")
    .sort((a, b) => a.seq - b.seq)
    .map(({ utc, kind, body }) => ({
      utc,
      kind,
      text: shown(kind === "pilot-seen" ? seenLine(body) : dataText(body), 400),
    }));
  return {
    notes: [...deviations, ...others].slice(0, notes_max),
    prompts: record.prompts.slice(0, notes_max).map(({ utc, prompt, answer, failed }) => ({
      utc,
      title: shown(text(fields(prompt)["title"]) || dataText(prompt), 200),
      answer: shown(failed ?? (answer === undefined ? "not answered" : dataText(answer)), 200),
    })),
    instruments: record.instruments.map((one) => shown(dataText(one), 400)),
  };
}
