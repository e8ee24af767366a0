/** `rig limits`: lists, shows and compares limits documents; approves and withdraws them in a person's name. */
import { boundsText, diffLimits, limitsDiffText } from "../../../reports/limitsDiff.ts";
import { loadLimits } from "../../bench/limitsFile.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { approvalOf, approveLimits, decisionsOn, standing, withdrawLimits } from "../../ledger/limitsApproval.ts";
import { RigError } from "../../model/errors.ts";
import type { LimitSet } from "../../model/limits.ts";
import { defaultStabilisation, stabilisationText } from "../../model/stabilisation.ts";
import { controlled, limitsLine, today } from "../controlledLimits.ts";
import { checkLabel } from "../inputs.ts";
import { limitsFolder, limitsIds, limitsNamed } from "../limitsSource.ts";

export interface LimitsOptions {
  readonly store: string;
  readonly json: boolean;
  readonly by?: string;
  readonly reason?: string;
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const actions = ["list", "show", "diff", "approve", "withdraw"] as const;

export async function limits(action: string, names: readonly string[], options: LimitsOptions): Promise<number> {
  const [first, second] = names;
  const wants: Readonly<Record<string, number>> = { list: 0, show: 1, diff: 2, approve: 1, withdraw: 1 };
  const wanted = wants[action];
  if (wanted === undefined)
    throw new RigError("USAGE", `"${action.slice(0, 40)}" is no action: ${actions.join(", ")} (rig limits --help)`);
  if (names.length !== wanted) {
    const need = wanted === 0 ? "no document" : wanted === 1 ? "one document" : "two documents";
    throw new RigError("USAGE", `rig limits ${action} takes ${need}, ${names.length} were given`);
  }
  if (action === "list") await list(options);
  else if (action === "show") await show(String(first), options);
  else if (action === "diff") await diff(String(first), String(second), options);
  else await decide(action, String(first), options);
  return 0;
}

async function list({ store, json }: LimitsOptions): Promise<void> {
  const ledger = await openLedger(store);
  try {
    const rows = limitsIds().map((id) => {
      const set = loadLimits(`${limitsFolder}/${id}.yaml`);
      const all = Object.values(set.rows);
      const screening = all.filter((row) => row.confidence === "K" || row.confidence === "H").length;
      const { revision, title, hash, author = null, effective = null } = set;
      return {
        id,
        revision,
        title,
        hash,
        author,
        effective,
        rows: all.length,
        screening,
        ...approvalOf(ledger, set, today()),
      };
    });
    if (json) return out(JSON.stringify(rows));
    for (const row of rows) {
      const state = row.state === "approved" ? `approved by ${row.by.join(" and ")}` : `not approved: ${row.note}`;
      out(`${row.id.padEnd(24)} ${row.revision.padEnd(10)} ${String(row.rows).padStart(4)} rows  ${state}`);
    }
  } finally {
    ledger.close();
  }
}

async function show(name: string, { store, json }: LimitsOptions): Promise<void> {
  const named = await limitsNamed(name, store);
  const isOfRun = /^R?\d+$/.test(name);
  const set = isOfRun ? named : await controlled(named, store);
  const ledger = await openLedger(store);
  try {
    const decisions = decisionsOn(ledger, set.id).map(({ document: _kept, ...rest }) => rest);
    if (json) return out(JSON.stringify({ ...set, decisions }));
    out(`${limitsLine(set)}${isOfRun ? " (as the run was judged)" : ""}`);
    out(
      `  ${set.title}; author ${set.author ?? "not stated"}, in force ${set.effective ? `from ${set.effective}` : "when approved"}`,
    );
    if (set.rows["th.rise"]) out(`  soak ends by ${stabilisationText(set.stabilisation ?? defaultStabilisation)}`);
    for (const d of decisions)
      out(`  ${d.utc.slice(0, 10)} ${d.by} ${d.what} revision ${d.revision} (${d.hash.slice(0, 12)}): ${d.reason}`);
    for (const row of Object.values(set.rows)) {
      const source = [row.source, row.edition, row.clause].filter((text) => text !== "").join(", ");
      out(
        `  ${row.id.padEnd(30)} ${boundsText(row).padEnd(22)} ${row.rule.padEnd(11)} ${row.confidence}  ${row.title}`,
      );
      out(`  ${"".padEnd(30)} ${source}`);
    }
  } finally {
    ledger.close();
  }
}

async function diff(a: string, b: string, { store, json }: LimitsOptions): Promise<void> {
  const found = diffLimits(await limitsNamed(a, store), await limitsNamed(b, store));
  if (json) return out(JSON.stringify(found));
  for (const line of limitsDiffText(found)) out(line);
}

async function decide(action: string, name: string, options: LimitsOptions): Promise<void> {
  const { store, json } = options;
  if (/^R?\d+$/.test(name)) throw new RigError("USAGE", `${name} is a run: a document is ${action}d by its id or file`);
  if (options.by === undefined) throw new RigError("USAGE", `--by is missing: who ${action}s ${name.slice(0, 64)}?`);
  const by = checkLabel("name of who decides", options.by);
  const reason = checkReason(options.reason, action);
  const set = await limitsNamed(name, store);
  await (action === "approve" ? approveLimits : withdrawLimits)(store, set, { by, reason });
  const now = await controlled(set, store);
  if (json) return out(JSON.stringify({ id: set.id, revision: set.revision, hash: set.hash, approval: now.approval }));
  out(`${action === "approve" ? "Approved" : "Withdrawn"} by ${by}: ${reason}`);
  out(limitsLine(now));
  const left = await stillMissing(set, store);
  if (left !== undefined) out(`  ${left}`);
}

async function stillMissing(set: LimitSet, store: string): Promise<string | undefined> {
  const ledger = await openLedger(store);
  try {
    const names = standing(decisionsOn(ledger, set.id), set.hash).map(({ by }) => by);
    if (names.length !== 1) return undefined;
    return `a second person, neither ${names[0]} nor the author ${set.author ?? ""}, approves the same content next`;
  } finally {
    ledger.close();
  }
}

const reason_max = 400;

function checkReason(reason: string | undefined, action: string): string {
  if (reason === undefined || reason.trim() === "")
    throw new RigError(
      "USAGE",
      `--reason is missing: say why the document is ${action === "approve" ? "approved" : "withdrawn"}`,
    );
  if (reason.length > reason_max || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason))
    throw new RigError("USAGE", `--reason: 1 to ${reason_max} printable characters in one line`);
  return reason;
}
