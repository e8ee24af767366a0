/**
 * Who is logged in: in memory, so that a restart of the station logs everybody out. The cookie holds a random token, kept
 * here as its hash only; changes also need the CSRF token, which a foreign page cannot read.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Account } from "./accounts.ts";

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly csrf: string;
  readonly from_ms: number;
  seen_ms: number;
  /** As it was when it could be read last. */
  account?: Account | undefined;
}

/** A shift, and the time after which an unattended page may only watch and stop, ms. */
const longest_ms = 12 * 3600_000;
const idle_ms = 30 * 60_000;
const sessions_max = 200;
/** Of one account: whoever has its password pushes nobody else's out. */
export const sessions_of_account_max = 8;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export class Sessions {
  private readonly open = new Map<string, Session>();
  private readonly now_ms: () => number;

  constructor(now_ms: () => number) {
    this.now_ms = now_ms;
  }

  /** Of the account: the oldest, where one more would be too many. */
  oldestTooMany(name: string): Session | undefined {
    const its = [...this.open.values()].filter((session) => session.name === name && this.isOpen(session));
    return its.length < sessions_of_account_max ? undefined : its[0];
  }

  /** The token goes into the cookie and nowhere else. */
  start(name: string): { readonly token: string; readonly session: Session } {
    const token = randomBytes(32).toString("base64url");
    const now = this.now_ms();
    const session: Session = {
      id: hashOf(token),
      name,
      csrf: randomBytes(32).toString("base64url"),
      from_ms: now,
      seen_ms: now,
    };
    this.open.set(session.id, session);
    const oldest = this.open.keys().next().value;
    if (this.open.size > sessions_max && oldest !== undefined) this.open.delete(oldest);
    return { token, session };
  }

  find(token: string | undefined): Session | undefined {
    const session = token === undefined ? undefined : this.open.get(hashOf(token));
    if (!session) return undefined;
    if (this.isOpen(session)) return session;
    this.open.delete(session.id);
    return undefined;
  }

  private isOpen({ from_ms }: Session): boolean {
    return this.now_ms() - from_ms <= longest_ms;
  }

  /** A person does something. False when nobody did for so long that they must log in again; watching goes on. */
  touch(session: Session): boolean {
    const now = this.now_ms();
    if (now - session.seen_ms > idle_ms) return false;
    session.seen_ms = now;
    return true;
  }

  end(session: Session): void {
    this.open.delete(session.id);
  }

  /** Of a disabled account, or one whose password changed. */
  endAllOf(name: string): void {
    for (const [id, session] of this.open) if (session.name === name) this.open.delete(id);
  }
}

export const sameToken = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};
