/**
 * Wrong passwords, so that guessing is slow however many addresses it comes from, and whoever knows a name does not keep its
 * owner waiting. Three things are counted: an account from one address; one address, whatever the accounts; and an account
 * from all addresses together that are strange to it. Strange is not the machine of the station itself, nor an address from
 * which the account was logged in since the station began: what strangers do does not count there.
 */
import { createHash, randomBytes } from "node:crypto";
import { Throttle } from "./throttle.ts";

/** Where a try comes from. */
export interface From {
  readonly address: string;
  /** The machine of the station: the bench's own screen. */
  readonly own: boolean;
}

/** Wrong tries without a wait: of one account, and of one address, where many people may sit. */
const freeOfName = 5;
const freeOfAddress = 20;
/** Addresses that one account is known to come from: each is one more place that may guess. */
const known_max = 8;
/** Strangers are counted for so many groups of names: a list of names made up pushes none of them out. */
const groups = 4096;

interface Key {
  readonly is: "pair" | "address" | "strangers";
  readonly of: Throttle;
  readonly key: string;
  readonly free: number;
}

export class Guesses {
  private readonly near: Throttle;
  private readonly strangers: Throttle;
  /** Nobody can tell which names fall into one group. */
  private readonly salt = randomBytes(16);
  /** By account, the newest last. */
  private readonly known = new Map<string, Set<string>>();

  constructor(now_ms: () => number) {
    this.near = new Throttle(now_ms);
    this.strangers = new Throttle(now_ms);
  }

  /** Seconds still to wait; 0 when a try is allowed. */
  wait_s(name: string, from: From): number {
    return Math.max(...this.keys(name, from).map(({ of, key }) => of.wait_s(key)));
  }

  /** Counted before the answer is known: parallel guesses do not slip through. */
  failed(name: string, from: From): void {
    for (const { of, key, free } of this.keys(name, from)) of.failed(key, free);
  }

  /** The try that was counted last was the right one. */
  succeeded(name: string, from: From): void {
    for (const { is, of, key } of this.keys(name, from)) {
      if (is === "pair") of.succeeded(key);
      // One's own password makes nobody trustworthy who tries those of others, and ends no attack of others.
      else of.undo(key);
    }
    if (from.own) return;
    const addresses = this.known.get(plain(name)) ?? new Set();
    addresses.delete(from.address);
    addresses.add(from.address);
    const [oldest = ""] = addresses;
    if (addresses.size > known_max) addresses.delete(oldest);
    this.known.set(plain(name), addresses);
  }

  /** The password was changed: whoever logged in with the old one is a stranger, but for where that was done. */
  changed(name: string, { address, own }: From): void {
    this.known.set(plain(name), new Set(own ? [] : [address]));
  }

  private keys(name: string, { address, own }: From): readonly Key[] {
    const account = plain(name);
    const keys: Key[] = [
      { is: "pair", of: this.near, key: `name ${account} of ${address}`, free: freeOfName },
      { is: "address", of: this.near, key: `address ${address}`, free: freeOfAddress },
    ];
    const strange = !own && this.known.get(account)?.has(address) !== true;
    if (strange) keys.push({ is: "strangers", of: this.strangers, key: this.groupOf(account), free: freeOfName });
    return keys;
  }

  private groupOf(account: string): string {
    const number = createHash("sha256").update(this.salt).update(account).digest().readUInt32LE(0);
    return String(number % groups);
  }
}

const plain = (name: string): string => name.trim().toLowerCase();
