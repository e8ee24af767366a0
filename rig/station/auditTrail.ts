/** The audit trail for QA and administrators: three lists, filtered, page by page, checked, and as a file. */
import { cellText } from "../../reports/csv.ts";
import { escapeJson } from "../../reports/text/escape.ts";
import { RigError } from "../model/errors.ts";
import { fileName, pieces } from "./download.ts";
import { type App, type Ctx, type Door, only, paced, refusal } from "./http.ts";
import { type ReviewDeps, textOf, wholeOf } from "./reviewParts.ts";
import { type AuditAsked, type AuditEntry, type AuditView, auditLists } from "./reviewTypes.ts";

const shown_max = 100;
/** Entries of a file that are read at once. */
const batch = 500;

export function auditRoutes(app: App, door: Door, { ask }: ReviewDeps): void {
  app.get("/api/audit", only(door, "qa", "administrator"), async (c) =>
    c.json(await ask("audit", { ...askedIn(c), limit: shown_max, check: c.req.query("before") === undefined })),
  );

  app.get("/api/audit/file/:format", only(door, "qa", "administrator"), paced(door), async (c) => {
    const format = c.req.param("format");
    if (format !== "csv" && format !== "json") return refusal(c, 404, "an audit trail is exported as csv or json");
    const asked = { ...askedIn(c), limit: batch };
    const first = await ask("audit", { ...asked, check: true });
    const body = await pieces(
      exporter(format, asked, first, (before) => ask("audit", { ...asked, before, check: false })),
    );
    door.accounts.audit(c.get("account").name, "audit trail exported", { list: asked.list, format });
    c.header("Content-Type", format === "csv" ? "text/csv; charset=utf-8" : "application/json");
    c.header("Content-Disposition", `attachment; filename="${fileName("audit", asked.list)}.${format}"`);
    return c.body(body);
  });
}

function askedIn(c: Ctx): Omit<AuditAsked, "limit" | "check"> {
  const list = auditLists.find((one) => one === (c.req.query("list") ?? "station"));
  if (list === undefined) throw new RigError("USAGE", `list: one of ${auditLists.join(", ")}`);
  const texts = { who: 64, what: 200, since: 10, until: 10 } as const;
  const found: Record<string, string> = {};
  for (const [name, most] of Object.entries(texts)) {
    const value = textOf(c, name, most);
    if (value !== undefined) found[name] = value;
  }
  return { list, ...found, ...(c.req.query("before") === undefined ? {} : { before: wholeOf(c, "before") }) };
}

/** One piece for each batch, newest first, in the order of the page. */
function exporter(
  format: "csv" | "json",
  { list, limit: _limit, ...filter }: Omit<AuditAsked, "check">,
  first: AuditView,
  older: (before: number) => Promise<AuditView>,
): () => Promise<string | undefined> {
  const head = { is: "rig-audit", version: 1, list, utc: new Date().toISOString(), filter, chain: first.chain ?? null };
  let view: AuditView | undefined = first;
  let begun = false;
  return async () => {
    if (view === undefined) return undefined;
    const { entries, more }: AuditView = view;
    const last = entries.at(-1);
    const open = begun ? "" : format === "csv" ? columns : `${JSON.stringify(head).slice(0, -1)},"entries":[\n`;
    const glue = format === "json" && begun && entries.length > 0 ? ",\n" : "";
    const text = format === "csv" ? entries.map(csvLine).join("") : entries.map(jsonLine).join(",\n");
    view = more && last !== undefined ? await older(last.seq) : undefined;
    begun = true;
    return open + glue + text + (view === undefined && format === "json" ? "\n]}\n" : "");
  };
}

const columns = "number,time [UTC],who,what,detail\r\n";

const csvLine = ({ seq, utc, who, what, detail }: AuditEntry): string =>
  `${[seq, utc, who, what, detail].map(cellText).join(",")}\r\n`;

const jsonLine = (entry: AuditEntry): string => escapeJson(JSON.stringify(entry));
