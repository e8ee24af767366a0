/** `rig dispose` and `rig dispositions`: what QA decides about adapters that failed, and what was decided. */
import { visible } from "../../../reports/text/escape.ts";
import {
  type Disposition,
  type DispositionDecision,
  dispositions as decisions,
  dispositionsOf,
  openFailsOf,
} from "../../ledger/dispositions.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import { openReader } from "../../store/reader.ts";
import { decideRuns } from "../decideRuns.ts";
import { checkLabel } from "../inputs.ts";
import { named } from "./actions.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface DisposeOptions {
  readonly store: string;
  readonly json: boolean;
  /** Ids or numbers with commas between them; or `open`: all that are. */
  readonly runs?: string;
  readonly decision?: string;
  readonly reason?: string;
  readonly by?: string;
}

export async function disposeOf(serial: string, options: DisposeOptions): Promise<number> {
  const by = checkLabel("name of who decides", named("by", options.by, "who decides; QA"));
  const decision = decisionIn(named("decision", options.decision, `one of ${decisions.join(", ")}`));
  const reason = named("reason", options.reason, "why");
  const asked = named("runs", options.runs, "the runs that failed (R000012,R000015), or open for all that are");
  const made = await decideRuns(options.store, { serial, runs: asked, decision, reason, by });
  if (options.json) out(JSON.stringify(made));
  else out(lineOf(made));
  return 0;
}

function decisionIn(text: string): DispositionDecision {
  const found = decisions.find((one) => one === text);
  if (!found) throw new RigError("USAGE", `--decision "${text.slice(0, 40)}": one of ${decisions.join(", ")}`);
  return found;
}

const lineOf = ({ subject, by, utc, body }: Disposition): string =>
  `${body.number}  ${utc.slice(0, 10)}  ${visible(subject).padEnd(16)} ${body.decision.padEnd(15)} ` +
  `${body.runs.join(", ")}  by ${visible(by)}: ${visible(body.reason)}${body.simulated ? "  SIMULATED" : ""}`;

export interface DispositionsOptions {
  readonly store: string;
  readonly serial?: string;
  readonly json: boolean;
}

/** What was decided, the newest last; and with a serial number what is open. */
export async function listDispositions({ store, serial, json }: DispositionsOptions): Promise<number> {
  const ledger = await openLedger(store);
  try {
    const decided = dispositionsOf(ledger, serial);
    const open: readonly string[] = serial === undefined ? [] : await openIn(store, ledger, serial);
    if (json) {
      out(JSON.stringify({ dispositions: decided, ...(serial === undefined ? {} : { open }) }));
      return 0;
    }
    for (const one of decided) out(lineOf(one));
    if (decided.length === 0) out("Nothing was disposed of.");
    if (open.length > 0) out(`Open: ${open.join(", ")}`);
    return 0;
  } finally {
    ledger.close();
  }
}

async function openIn(
  store: string,
  ledger: Parameters<typeof openFailsOf>[0],
  serial: string,
): Promise<readonly string[]> {
  const reader = await openReader(store);
  try {
    return openFailsOf(ledger, reader, serial).map(({ id }) => id);
  } finally {
    reader.close();
  }
}
