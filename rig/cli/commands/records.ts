/** `rig runs`, `rig show`: readers of the store. */
import { contentOf } from "../../../reports/content.ts";
import { jsonObject } from "../../../reports/json.ts";
import { seriesOf } from "../../../reports/write.ts";
import { runsInDoubt } from "../../ledger/doubts.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import { printable } from "../../model/printable.ts";
import { isPass, type Verdict, verdicts } from "../../model/verdict.ts";
import { openReader, type RunRow } from "../../store/reader.ts";
import { lackingFor, openFailsIn, runStanding } from "../openFails.ts";
import { periodOf } from "../period.ts";
import { shown } from "../progress.ts";
import { decisionsOn } from "../reportFiles.ts";
import { signLines, signOffIn, signWord } from "../signState.ts";
import { headline } from "./run.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface ListOptions {
  readonly store: string;
  readonly serial?: string;
  readonly verdict?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly json: boolean;
}

export async function runs(options: ListOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RigError("USAGE", `--limit "${options.limit}": a whole number from 1`);
  if (options.verdict !== undefined && !(verdicts as readonly string[]).includes(options.verdict)) {
    throw new RigError("USAGE", `--verdict "${options.verdict}": one of ${verdicts.join(", ")}`);
  }
  const reader = await openReader(options.store);
  const ledger = await openLedger(options.store);
  try {
    const rows = reader.list({
      limit,
      ...(options.serial === undefined ? {} : { serial: options.serial }),
      ...(options.verdict === undefined ? {} : { verdict: options.verdict as Verdict }),
      ...periodOf(options),
    });
    const openFails = openFailsIn(ledger, reader);
    const doubted = runsInDoubt(ledger);
    const signOff = (row: { readonly id: string }) => signOffIn(ledger, row.id);
    if (options.json) {
      const facts = (row: RunRow) => ({
        openFails: openFails(row),
        inDoubt: doubted.has(row.id),
        signOff: signOff(row),
      });
      return out(JSON.stringify(rows.map((row) => ({ ...row, ...facts(row) }))));
    }
    if (rows.length === 0) return out("no runs");
    for (const row of rows) {
      const result = row.outcome ? headline(row.outcome) : "going on";
      const open = `${openFails(row).length > 0 ? "  open fail" : ""}${doubted.has(row.id) ? "  IN DOUBT" : ""}`;
      const { faults, ...standing } = signOff(row);
      const signed = [signWord(standing), faults > 0 ? "BAD SIGNATURE" : ""].filter((word) => word !== "").join(", ");
      const mark = `${row.simulated ? "  SIMULATED" : ""}${open}${signed === "" ? "" : `  ${signed}`}`;
      out(
        `${row.id}  ${row.started.slice(0, 16).replace("T", " ")}  ${printable(row.serial).padEnd(16)} ${row.procedure.padEnd(22)} ${result}${mark}`,
      );
    }
  } finally {
    ledger.close();
    reader.close();
  }
}

export async function show(run: string, options: { readonly store: string; readonly json: boolean }): Promise<void> {
  const reader = await openReader(options.store);
  try {
    const record = reader.record(run);
    if (options.json) {
      const decisions = await decisionsOn(options.store, reader, record);
      const content = contentOf(record, seriesOf(record, reader), reader.fault(record.head.run), decisions);
      return out(JSON.stringify(jsonObject(content)));
    }
    const { head, outcome } = record;
    out(`${head.id}  ${outcome ? headline(outcome) : "going on"}${head.simulated ? "   SIMULATED" : ""}`);
    if (outcome?.firstCause) out(`  ${printable(outcome.firstCause)}`);
    out(
      `  ${printable(head.adapter.maker)} ${printable(head.adapter.model)}, serial ${printable(head.adapter.serial)}, by ${printable(head.operator)}`,
    );
    out(
      `  ${head.procedure.id} revision ${head.procedure.revision}, limits ${head.limits.id} ${head.limits.revision}, bench ${head.bench.id}`,
    );
    for (const line of await signLines(options.store, head.id, record.hash)) out(`  ${line}`);
    for (const line of await runStanding(options.store, reader, head)) out(`  ${printable(line)}`);
    let step = "";
    for (const m of record.measurements) {
      if (m.subject === "rig" && isPass(m.verdict)) continue;
      if (m.step !== step) out(`  ${m.step}`);
      step = m.step;
      out(`    ${m.verdict.padEnd(16)} ${m.id.padEnd(34)} ${shown(m.reading)}`);
    }
    const fault = reader.fault(head.run);
    if (fault) out(`  The hash chain does not hold: ${fault}`);
    const lacks = await lackingFor(options.store, head);
    if (lacks !== undefined) out(`  ${printable(lacks)}: decisions about this run may be missing`);
  } finally {
    reader.close();
  }
}
