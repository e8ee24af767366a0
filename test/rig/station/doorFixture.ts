/** A station in memory for the tests of its door: people with passwords, a bench that only notes what was asked of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answering } from "../../../rig/cli/review/answer.ts";
import { Accounts, type Role } from "../../../rig/station/accounts.ts";
import { type StationDeps, stationApp } from "../../../rig/station/app.ts";
import { BenchRuns } from "../../../rig/station/bench.ts";
import type { App } from "../../../rig/station/http.ts";
import { Live } from "../../../rig/station/live.ts";
import { Tail } from "../../../rig/store/tail.ts";

export const host = "127.0.0.1:8420";
export const origin = `http://${host}`;
export const job = { procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1" };

const people = {
  Root: ["administrator", "correct horse"],
  Tina: ["technician", "87654321"],
  Egon: ["engineer", "engineer-1"],
  Queenie: ["qa", "quality first"],
} as const satisfies Readonly<Record<string, readonly [Role, string]>>;
export type Person = keyof typeof people;

/** Somebody who is logged in: the cookie, and the token that changes need besides. */
export interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
}

export const as = ({ cookie, csrf }: Visitor): Record<string, string> => ({ cookie, "x-rig-csrf": csrf });
export const secretOf = (name: Person): string => people[name][1];

type Init = RequestInit & { readonly headers?: Record<string, string> };

/** Parts of the station that a test brings itself. */
type Parts = Partial<StationDeps> & { readonly bench?: BenchRuns; readonly live?: Live };

export class TestStation {
  readonly dir: string;
  readonly accounts: Accounts;
  readonly app: App;
  readonly bench: BenchRuns;
  /** Arguments of each controller that was started. */
  readonly started: (readonly string[])[] = [];
  stops = 0;
  now_ms = 1_000_000;

  private constructor(dir: string, accounts: Accounts, { bench, live, ...part }: Parts) {
    this.dir = dir;
    this.accounts = accounts;
    this.bench =
      bench ??
      new BenchRuns({
        bench: "RB-1",
        simulated: true,
        start: (args) => this.child(args),
        makeSafe: async () => ({ proved: true, why: "test" }),
        ended: async () => ({ safe: true, why: "test" }),
        utc: () => new Date(this.now_ms).toISOString(),
      });
    this.app = stationApp({
      accounts,
      hosts: [host],
      secure: false,
      page: new Map(),
      now_ms: () => this.now_ms,
      runs: {
        bench: this.bench,
        live: live ?? new Live(this.bench, () => Tail.open(dir)),
        catalogue: {
          procedures: [{ id: "incoming", title: "Incoming", families: ["A"] }],
          adapters: [{ id: "generic-a-pass", title: "generic", family: "A", rating: "500 A" }],
        },
        argsOf: ({ procedure }) => ["run", procedure],
        read: async () => undefined,
        report: async () => undefined,
      },
      before: {
        look: () => ({ onPrepared: () => undefined, onExit: () => undefined, stop: () => undefined }),
        resumeArgs: (run) => ["resume", String(run)],
        close: async () => undefined,
        reset: () => undefined,
      },
      review: { ask: answering({ store: dir, keys: join(dir, "keys") }) },
      ...part,
    });
  }

  /** `names`: who has an account. */
  static async open(names: readonly Person[], part: Parts = {}): Promise<TestStation> {
    const dir = mkdtempSync(join(tmpdir(), "rig-station-"));
    const accounts = await Accounts.open(dir, { N: 16, r: 8, p: 1 });
    await accounts.setUp(accounts.setupCode ?? "", "Root", secretOf("Root"));
    for (const name of names) if (name !== "Root") await accounts.create("Root", name, people[name][0], secretOf(name));
    return new TestStation(dir, accounts, part);
  }

  close(): void {
    this.accounts.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A request from `address`, as the station's own page would send it but for `init`. */
  ask(path: string, init: Init = {}, address = "127.0.0.1"): Promise<Response> {
    const env = { incoming: { socket: { remoteAddress: address, remotePort: 1, remoteFamily: "IPv4" } } };
    return Promise.resolve(this.app.request(path, { ...init, headers: { host, ...init.headers } }, env));
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}, address?: string): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const all = { origin, "content-type": "application/json", ...headers };
    return this.ask(path, { method: "POST", body: text, headers: all }, address);
  }

  async login(name: Person): Promise<Visitor> {
    const answer = await this.post("/api/login", { name, secret: secretOf(name) });
    if (answer.status !== 200) throw new Error(`${name} was not let in: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    return { cookie, csrf: ((await answer.json()) as { csrf: string }).csrf };
  }

  /** What was written into the list of actions, newest first. */
  written(most = 50): readonly string[] {
    return this.accounts.actions(most).map(({ who, what }) => `${who}: ${what}`);
  }

  private child(args: readonly string[]) {
    this.started.push(args);
    return {
      send: () => undefined,
      stop: () => {
        this.stops += 1;
      },
      onMessage: () => undefined,
      onExit: () => undefined,
    };
  }
}
