/** Runs as QA looks for them, a page at a time, each with what is open of its adapter and where its signatures stand. */
import { dispositionsOf, isAdapterFail } from "../../ledger/dispositions.ts";
import { type Ledger, openLedger } from "../../ledger/ledger.ts";
import {
  type Choices,
  counted_max,
  type ListAsked,
  type ListedRun,
  page_rows,
  type RunList,
} from "../../station/reviewTypes.ts";
import type { Reader, RunRow } from "../../store/reader.ts";
import type { RunFilter } from "../../store/runFilter.ts";
import { openFailsIn } from "../openFails.ts";
import { periodOf } from "../period.ts";
import { signOffIn, signWord } from "../signState.ts";
import { withReader } from "./readers.ts";

/** @throws RigError USAGE for a day that is none */
export async function listRuns(store: string, asked: ListAsked): Promise<RunList> {
  const filter = filterOf(asked);
  const found = await withReader(store, async (reader) => {
    const ledger = await openLedger(store);
    try {
      const { rows, count } = asked.open === true ? openRows(ledger, reader, filter) : anyRows(reader, filter);
      return { rows: standing(ledger, reader, rows.slice(0, page_rows)), count, more: rows.length > page_rows };
    } finally {
      ledger.close();
    }
  });
  return found ?? { rows: [], count: 0, more: false };
}

function filterOf({ serial, open: _open, since, until, ...same }: ListAsked): RunFilter {
  const begins = serial?.endsWith("*") === true ? serial.slice(0, -1) : undefined;
  return {
    ...same,
    ...(serial === undefined ? {} : begins === undefined ? { serial } : { serialBegins: begins }),
    ...periodOf({ ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }),
  };
}

interface Found {
  /** One more than a page, when there are more. */
  readonly rows: readonly RunRow[];
  readonly count: number;
}

const anyRows = (reader: Reader, filter: RunFilter): Found => ({
  rows: reader.list({ ...filter, limit: page_rows + 1 }),
  count: reader.count(filter, counted_max),
});

/** Fails are few beside passes: they are read as far as lists are counted. */
function openRows(ledger: Ledger, reader: Reader, { after, ...filter }: RunFilter): Found {
  const closed = new Set(dispositionsOf(ledger).flatMap(({ body }) => body.runs));
  const verdicts = (["fail", "fail-conditional"] as const).filter((one) => (filter.verdict ?? one) === one);
  const rows = verdicts
    .flatMap((verdict) => reader.list({ ...filter, verdict, limit: counted_max }))
    .filter((row) => isAdapterFail(row) && !closed.has(row.id))
    .sort((a, b) => b.run - a.run);
  return { rows: rows.filter(({ run }) => after === undefined || run < after.run), count: rows.length };
}

function standing(ledger: Ledger, reader: Reader, rows: readonly RunRow[]): readonly ListedRun[] {
  const openFails = openFailsIn(ledger, reader);
  return rows.map((row) => {
    const { faults, ...state } = signOffIn(ledger, row.id);
    return { ...row, openFails: openFails(row), signed: signWord(state), badSignatures: faults };
  });
}

export async function choicesIn(store: string): Promise<Choices> {
  return (await withReader(store, (reader) => reader.kinds())) ?? { procedures: [], adapters: [] };
}
