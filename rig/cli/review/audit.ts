/** Who did what: at the station, in the ledger, and at the lock of the bench. Each list is linked by hashes of its own. */
import { existsSync } from "node:fs";
import { dataText } from "../../../reports/html/words.ts";
import { shown } from "../../../reports/text/escape.ts";
import { type Ledger, openLedger } from "../../ledger/ledger.ts";
import type { Data } from "../../model/data.ts";
import { asRigError } from "../../model/errors.ts";
import { stationShape } from "../../station/accounts.ts";
import { Actions } from "../../station/actions.ts";
import type { AuditAsked, AuditEntry, AuditView } from "../../station/reviewTypes.ts";
import { auditIn } from "../../store/audit.ts";
import { openToRead, storeFile } from "../../store/database.ts";
import { periodOf } from "../period.ts";

/** @throws RigError USAGE for a day that is none, STORAGE_FAILED */
export async function auditOf(store: string, asked: AuditAsked): Promise<AuditView> {
  const { who, what, since, until, before, limit } = asked;
  const filter = {
    ...(who === undefined ? {} : { who }),
    ...(what === undefined ? {} : { what }),
    ...(before === undefined ? {} : { before }),
    ...periodOf({ ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }),
    limit: limit + 1,
  };
  if (asked.list === "station") return station(store, filter, asked);
  return paged(asked.list === "decisions" ? await decisions(store) : await locks(store), filter, asked);
}

type Filter = Parameters<Actions["list"]>[0];

const cut = (entries: readonly AuditEntry[], { limit }: AuditAsked) => ({
  entries: entries.slice(0, limit),
  more: entries.length > limit,
});

async function station(store: string, filter: Filter, asked: AuditAsked): Promise<AuditView> {
  if (!existsSync(storeFile(store, stationShape))) return { entries: [], more: false };
  const actions = await Actions.open(store);
  try {
    const found = actions.list(filter).map(({ detail, ...one }) => ({ ...one, detail: words(detail) }));
    return { ...cut(found, asked), ...(asked.check ? { chain: actions.check() } : {}) };
  } finally {
    actions.close();
  }
}

const words = (detail: Data): string => (detail === null ? "" : shown(dataText(detail), 1000));

interface Whole {
  readonly entries: readonly AuditEntry[];
  readonly fault: string | undefined;
}

function paged({ entries, fault }: Whole, filter: Filter, asked: AuditAsked): AuditView {
  const low = (text: string): string => text.toLowerCase();
  const found = entries
    .filter(
      ({ seq, utc, who, what, detail }) =>
        seq < (filter.before ?? Number.POSITIVE_INFINITY) &&
        low(who) === low(filter.who ?? who) &&
        low(`${what} ${detail}`).includes(low(filter.what ?? "")) &&
        utc >= (filter.since ?? utc) &&
        (filter.until === undefined || utc < filter.until),
    )
    .sort((a, b) => b.seq - a.seq);
  const chain = { entries: entries.length, ...(fault === undefined ? {} : { fault }) };
  return { ...cut(found, asked), ...(asked.check ? { chain } : {}) };
}

async function decisions(store: string): Promise<Whole> {
  const ledger = await openLedger(store);
  try {
    const fault = ledger.fault();
    return { entries: decided(ledger), fault };
  } finally {
    ledger.close();
  }
}

const decided = (ledger: Ledger): readonly AuditEntry[] =>
  ledger.all().map(({ seq, utc, by, kind, subject, body }) => ({
    ...{ seq, utc, who: by, what: `${kind} ${shown(subject, 100)}` },
    // The signed text itself is in the evidence file; its parts stand beside it.
    detail: words(Object.fromEntries(Object.entries(body).filter(([name]) => !machine.has(name)))),
  }));

const machine: ReadonlySet<string> = new Set(["statement", "signature", "publicKey", "proof", "endorsement"]);

async function locks(store: string): Promise<Whole> {
  if (!existsSync(storeFile(store))) return { entries: [], fault: undefined };
  const db = await openToRead(store);
  try {
    const entries = auditIn(db).map(({ seq, utc, by, kind, hash: _hash, ...detail }) => ({
      ...{ seq, utc, who: by, what: kind },
      detail: words({ ...detail }),
    }));
    return { entries, fault: undefined };
  } catch (error) {
    return { entries: [], fault: asRigError(error).message };
  } finally {
    db.close();
  }
}
