/**
 * A password is tried: at login, and again before a decision that a person answers for. One place, so that guessing is
 * slowed down alike wherever it is done (guesses.ts).
 */
import type { Account } from "./accounts.ts";
import { fromOf } from "./address.ts";
import { type Ctx, type Door, refusal } from "./http.ts";

export type Tried = { readonly account: Account } | { readonly wait_s: number } | { readonly wrong: true };

/** @throws Busy */
export async function tryPassword(c: Ctx, door: Door, name: string, secret: string): Promise<Tried> {
  const { accounts, guesses, turns } = door;
  const from = fromOf(c);
  const wait_s = guesses.wait_s(name, from);
  if (wait_s > 0) return { wait_s };
  const inTurn = turns.take(from.own);
  guesses.failed(name, from);
  const account = await inTurn(() => accounts.verify(name, secret));
  if (!account) return { wrong: true };
  guesses.succeeded(name, from);
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
