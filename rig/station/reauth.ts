/**
 * A password is tried: at login, and again before a decision that a person answers for. One place, so that guessing is
 * slowed down alike wherever it is done, for the account and for the address.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Account } from "./accounts.ts";
import { type Ctx, type Door, refusal } from "./http.ts";

export type Tried = { readonly account: Account } | { readonly wait_s: number } | { readonly wrong: true };

/** Wrong tries without a wait: of one account, and of one address, where many people may sit. */
const freeOfName = 5;
const freeOfAddress = 20;

const keysOf = (c: Ctx, name: string): readonly string[] => [
  `name ${name.trim().toLowerCase()}`,
  `address ${getConnInfo(c).remote.address ?? "?"}`,
];

export async function tryPassword(c: Ctx, { accounts, throttle }: Door, name: string, secret: string): Promise<Tried> {
  const keys = keysOf(c, name);
  const wait_s = Math.max(...keys.map((key) => throttle.wait_s(key)));
  if (wait_s > 0) return { wait_s };
  // Counted before the answer is known: parallel guesses do not slip through.
  const [ofName = "", ofAddress = ""] = keys;
  throttle.failed(ofName, freeOfName);
  throttle.failed(ofAddress, freeOfAddress);
  const account = await accounts.verify(name, secret);
  if (!account) return { wrong: true };
  throttle.succeeded(ofName);
  // One's own password makes nobody trustworthy who tries those of others.
  throttle.undo(ofAddress);
  return { account };
}

export function mustWait(c: Ctx, wait_s: number) {
  c.header("Retry-After", String(wait_s));
  return refusal(c, 429, `too many wrong tries: wait ${wait_s} s`);
}

/**
 * Whoever is logged in gives the password again. Undefined when it is right; else the answer that refuses. `what` is
 * what it was asked for, for the list of actions.
 */
export async function provedAgain(c: Ctx, door: Door, secret: string, what: string) {
  const { name } = c.get("account");
  const tried = await tryPassword(c, door, name, secret);
  if ("account" in tried) return undefined;
  if ("wait_s" in tried) return mustWait(c, tried.wait_s);
  const said = { what: "refused: password given again", asked_for: what };
  return refusal(c, 403, "the password is wrong: nothing was done", "Give the password that you log in with.", said);
}
