/**
 * Signing a run and disposing of a fail. The session alone decides nothing: the password is given again, a signature needs
 * the person's own key with its passphrase, and every rule of the commands holds. What is refused leaves the ledger as it
 * was and stands in the list of actions.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import { type DispositionDecision, dispositions } from "../ledger/dispositions.ts";
import { type Meaning, meanings } from "../ledger/statement.ts";
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Role } from "./accounts.ts";
import { type App, bodyOf, type Ctx, type Door, only, refusal, textIn } from "./http.ts";
import { mustWait, provedAgain } from "./reauth.ts";
import { type ReviewDeps, runIn } from "./reviewParts.ts";
import type { Questions, Seen, SignAsked } from "./reviewTypes.ts";

/** Which role of the station may say what; the key's own role (ledger/statement.ts) must allow it too. */
const signers: Readonly<Record<Meaning, readonly Role[]>> = {
  finished: ["technician", "engineer"],
  released: ["qa"],
  rejected: ["qa"],
  amended: ["qa"],
};

/** Texts of a request, characters. An encrypted Ed25519 key in PEM has some 500. */
const reason_max = 400;
const passphrase_max = 1024;
const pem_max = 4096;

type Body = Readonly<Record<string, unknown>>;

export function decisionRoutes(app: App, door: Door, { ask }: ReviewDeps): void {
  const { accounts } = door;

  app.post("/api/runs/:run/sign", only(door, "technician", "engineer", "qa"), async (c) => {
    const { name, role } = c.get("account");
    const body = await bodyOf(c);
    const asked = signAsked(c, name, body);
    const { run, meaning } = asked;
    if (!signers[meaning].includes(role)) {
      const message = `${name} is ${role}: "${meaning}" is for ${signers[meaning].join(" or ")}`;
      return refusal(c, 403, message, "", { what: "refused: role", role, meaning });
    }
    if (!isPrivate(c, door))
      return refusal(c, 403, "a passphrase travels by TLS or within this machine only", "Use the https address.");
    const no = await provedAgain(c, door, textIn(body, "secret"), `sign ${meaning}`);
    if (no) return no;
    const guess = `passphrase ${name.toLowerCase()}`;
    const wait_s = door.throttle.wait_s(guess);
    if (wait_s > 0) return mustWait(c, wait_s);
    const detail = { run, meaning, key: asked.key ?? "from a file" };
    // Ledger and list of actions are two files. What is asked is written down first, so that nothing is signed unnoted.
    accounts.audit(name, "signing asked", detail);
    let signed: Questions["sign"]["answer"];
    try {
      signed = await ask("sign", asked);
    } catch (thrown) {
      if (asRigError(thrown).code === "KEY_REFUSED") door.throttle.failed(guess);
      return refused(c, thrown, "signing", detail);
    }
    door.throttle.succeeded(guess);
    return done(c, signed, accounts.auditIfPossible(name, "run signed", { ...detail, entry: signed.seq }));
  });

  app.post("/api/runs/:run/dispose", only(door, "qa"), async (c) => {
    const { name } = c.get("account");
    const body = await bodyOf(c);
    const decision = dispositions.find((one) => one === body["decision"]);
    if (decision === undefined) throw new RigError("USAGE", `decision: one of ${dispositions.join(", ")}`);
    const reason = textIn(body, "reason", reason_max);
    const run = runIn(c);
    const no = await provedAgain(c, door, textIn(body, "secret"), `dispose ${decision}`);
    if (no) return no;
    const detail: { run: number; decision: DispositionDecision } = { run, decision };
    accounts.audit(name, "disposition asked", detail);
    let made: Questions["dispose"]["answer"];
    try {
      made = await ask("dispose", { ...detail, name, reason });
    } catch (thrown) {
      return refused(c, thrown, "disposition", detail);
    }
    return done(c, made, accounts.auditIfPossible(name, "fail disposed of", { ...detail, number: made.number }));
  });
}

/** It stands in the ledger, so the answer says so; `unwritten`: why its outcome does not stand in the list of actions. */
const done = (c: Ctx, made: object, unwritten: string | undefined) =>
  c.json({ ...made, ...(unwritten === undefined ? {} : { unwritten }) });

/** What the rules refuse was not done. Where the store or the thread failed, nobody knows: it is not called refused. */
function refused(c: Ctx, thrown: unknown, what: string, detail: Readonly<Record<string, Data>>) {
  const { message, remedy, kind } = asRigError(thrown);
  if (kind === "usage") return refusal(c, 400, message, remedy, { what: `refused: ${what}`, ...detail });
  const look = "It may be done all the same: look at the run again before you repeat it.";
  return refusal(c, 500, message, look, { what: `failed: ${what}`, ...detail });
}

function signAsked(c: Ctx, name: string, body: Body): SignAsked {
  const meaning = meanings.find((one) => one === body["meaning"]);
  if (meaning === undefined) throw new RigError("USAGE", `meaning: one of ${meanings.join(", ")}`);
  const both = body["key"] !== undefined && body["pem"] !== undefined;
  if (both) throw new RigError("USAGE", "key or pem: one of them");
  return {
    run: runIn(c),
    name,
    meaning,
    reason: textIn(body, "reason", reason_max),
    seen: seenIn(body["seen"]),
    passphrase: textIn(body, "passphrase", passphrase_max),
    ...(body["pem"] === undefined ? { key: textIn(body, "key", 16) } : { pem: textIn(body, "pem", pem_max) }),
  };
}

function seenIn(value: unknown): Seen {
  const seen = (typeof value === "object" && value !== null ? value : {}) as Body;
  const { edition, last } = seen;
  if (typeof edition !== "number" || typeof last !== "number")
    throw new RigError("USAGE", "seen: what the page showed of the run (hash, edition, last)");
  return { hash: textIn(seen, "hash", 64), edition, last };
}

const loopback = /^(127\.|::1$|::ffff:127\.)/;

/** The station listens so only (`rig serve` refuses anything else); asked again where a secret of a key is sent. */
const isPrivate = (c: Ctx, { secure }: Door): boolean => secure || loopback.test(getConnInfo(c).remote.address ?? "");
