/**
 * Who may run which procedure, and until when. Nobody is asked for it until the first authorisation is entered: a small
 * laboratory may go without, and its records say so.
 */
import { z } from "zod";
import { RigError } from "../model/errors.ts";
import { checkBody, type Decided, day, decided, line } from "./body.ts";
import { appendEntry, type Ledger } from "./ledger.ts";
import { samePerson } from "./signing.ts";

export const authorisationKind = "authorisation";

export const roles = ["technician", "engineer", "qa"] as const;
export type OperatorRole = (typeof roles)[number];

/** Every procedure. */
export const everything = "all";

const schema = z.discriminatedUnion("grant", [
  z.strictObject({
    grant: z.literal(true),
    /** Id of a procedure, or `all`. */
    procedure: line(64),
    /** Last day on which it holds. */
    until: day,
    role: z.enum(roles),
  }),
  z.strictObject({ grant: z.literal(false), procedure: line(64), reason: line(400) }),
]);
type AuthorisationBody = z.infer<typeof schema>;
/** `subject` is the operator's name. */
export type Authorisation = Decided<AuthorisationBody>;

export interface Held {
  readonly operator: string;
  readonly procedure: string;
  readonly until: string;
  readonly role: OperatorRole;
  readonly by: string;
  readonly since: string;
}

export const authorisationsOf = (ledger: Ledger, operator?: string): readonly Authorisation[] =>
  decided(ledger, authorisationKind, schema, operator);

/**
 * What each operator holds, expired ones too: for one procedure the last entry counts, and revoking `all` takes everything.
 */
export function heldBy(history: readonly Authorisation[]): readonly Held[] {
  const held = new Map<string, Held>();
  for (const { subject, by, utc, body } of history) {
    const key = (procedure: string) => JSON.stringify([subject, procedure]);
    if (body.grant) {
      const { procedure, until, role } = body;
      held.set(key(procedure), { operator: subject, procedure, until, role, by, since: utc });
    } else if (body.procedure === everything) {
      for (const [name, one] of held) if (one.operator === subject) held.delete(name);
    } else held.delete(key(body.procedure));
  }
  return [...held.values()].sort((a, b) => (`${a.operator} ${a.procedure}` < `${b.operator} ${b.procedure}` ? -1 : 1));
}

export type Standing =
  /** Nobody was ever authorised in this store. */
  | { readonly is: "unregistered" }
  | { readonly is: "authorised"; readonly until: string; readonly roles: readonly OperatorRole[] }
  | { readonly is: "not-authorised"; readonly why: string };

/** Whether this operator may run this procedure on this day (YYYY-MM-DD). */
export function standingOf(
  history: readonly Authorisation[],
  operator: string,
  procedure: string,
  today: string,
): Standing {
  if (history.length === 0) return { is: "unregistered" };
  const own = heldBy(history).filter((one) => one.operator === operator);
  const fitting = own.filter((one) => one.procedure === procedure || one.procedure === everything);
  const valid = fitting.filter((one) => one.until >= today);
  if (valid.length > 0) {
    const until =
      valid
        .map((one) => one.until)
        .sort()
        .at(-1) ?? "";
    return { is: "authorised", until, roles: [...new Set(valid.map((one) => one.role))] };
  }
  const last = fitting
    .map((one) => one.until)
    .sort()
    .at(-1);
  const why =
    last !== undefined
      ? `the authorisation of "${operator}" for ${procedure} ended on ${last}`
      : own.length > 0
        ? `"${operator}" is authorised for ${own.map((one) => one.procedure).join(", ")}, not for ${procedure}`
        : `"${operator}" is not authorised for any procedure`;
  return { is: "not-authorised", why };
}

/** @throws RigError USAGE when operators are registered and this person is not among them as qa */
export function requireQa(ledger: Ledger, by: string, does: string): void {
  const history = authorisationsOf(ledger);
  const today = new Date().toISOString().slice(0, 10);
  const isQa = heldBy(history).some((one) => samePerson(one.operator, by) && one.role === "qa" && one.until >= today);
  if (history.length === 0 || isQa) return;
  throw new RigError("USAGE", `"${by}" holds no authorisation as qa: only QA ${does} (rig operators list)`);
}

/** @throws RigError USAGE for a wrong field, or somebody who authorises himself; STORAGE_FAILED */
export async function authorise(
  dir: string,
  made: { readonly operator: string; readonly by: string; readonly body: unknown },
): Promise<Authorisation> {
  const { operator, by } = made;
  const body = checkBody("authorisation", schema, made.body);
  if (body.grant && samePerson(operator, by)) throw new RigError("USAGE", `"${by}" cannot authorise the same person`);
  const { seq, utc } = await appendEntry(dir, { kind: authorisationKind, subject: operator, by, body }, (ledger) => {
    if (body.grant) return;
    const held = heldBy(authorisationsOf(ledger, operator));
    const any = held.some((one) => body.procedure === everything || one.procedure === body.procedure);
    if (!any) throw new RigError("USAGE", `"${operator}" holds no authorisation for ${body.procedure}`);
  });
  return { seq, utc, by, subject: operator, body };
}
