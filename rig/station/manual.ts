/**
 * The manual panel of the station: an engineer who has given the password again drives the bench command by command through
 * a controller of its own (`rig manual`). Off unless the station was started with it. The page that opened it must be heard of
 * all the time: a page that is lost ends the panel, and the bench is made safe. One page at a time drives: its token is in its
 * memory only. What a tab keeps is a ticket, which a duplicated tab has too; it is good for a new token once the page that
 * drives is not heard of any more.
 */
import { randomBytes } from "node:crypto";
import { RigError } from "../model/errors.ts";
import type { BenchRuns } from "./bench.ts";
import { type App, always, bodyOf, type Ctx, type Door, only, textIn } from "./http.ts";
import { provedAgain } from "./reauth.ts";
import { sameToken } from "./sessions.ts";

/** What the panel offers of this bench; plain data. */
export interface ManualOffer {
  readonly roles: Readonly<Record<string, string>>;
  readonly relays: Readonly<Record<string, string>>;
  readonly channels: Readonly<Record<string, number>>;
  readonly limits: { readonly source_V: number; readonly current_A: number; readonly rails_V: number };
}

export interface ManualDeps {
  readonly bench: BenchRuns;
  /** `rig serve --manual`. */
  readonly enabled: boolean;
  readonly offer: ManualOffer;
  /** Ids of adapter types: what lies in the nest. */
  readonly adapters: readonly string[];
  readonly argsOf: (by: string, adapter: string) => readonly string[];
  readonly audit: (who: string, what: string, detail: { readonly [k: string]: string | number }) => void;
  /** For what makes the bench safe: it is done whether or not it can be written down. */
  readonly auditIfPossible: (...of: Parameters<ManualDeps["audit"]>) => unknown;
  /** Monotonic. */
  readonly now_ms: () => number;
}

/** A page says that it is there each second; after this long without it the panel ends. */
export const silent_ms = 5000;
/** A page that was loaded anew goes on with the panel when the one before it has not been heard of for this long. */
export const claim_ms = 2500;
export const manualProcedure = "manual";
const command_max = 200;

/** What a page is given once. */
export interface Hold {
  /** For the memory of the page that drives. */
  readonly token: string;
  /** For its tab, and good for one other page after it. */
  readonly ticket: string;
}

const random = (): string => randomBytes(24).toString("base64url");
const newHold = (): Hold => ({ token: random(), ticket: random() });

interface Opened {
  readonly by: string;
  hold: Hold;
  heard_ms: number;
  lost: boolean;
}

export class Manual {
  private readonly deps: ManualDeps;
  private opened: Opened | undefined;

  constructor(deps: ManualDeps) {
    this.deps = deps;
    deps.bench.onChange(({ run }) => {
      if (run?.phase === "ended") this.opened = undefined;
    });
  }

  get enabled(): boolean {
    return this.deps.enabled;
  }

  get offer(): ManualOffer {
    return this.deps.offer;
  }

  get openedBy(): string | undefined {
    return this.opened?.by;
  }

  /** @throws RigError USAGE while it is off, or the bench is taken */
  open(by: string, adapter: string): Hold {
    const { bench, adapters, argsOf, audit, auditIfPossible, now_ms } = this.deps;
    this.mayOpen();
    if (!adapters.includes(adapter)) throw new RigError("USAGE", `there is no adapter type ${adapter}`);
    audit(by, "manual panel asked", { adapter });
    bench.start({ by, procedure: manualProcedure, adapter, serial: "MANUAL" }, argsOf(by, adapter));
    const hold = newHold();
    this.opened = { by, hold, heard_ms: now_ms(), lost: false };
    auditIfPossible(by, "manual panel opened", { adapter });
    return hold;
  }

  /**
   * A page that was loaded anew in the tab of the one that drove goes on. Undefined while that one is heard of: it is no
   * page loaded anew then but a second one. @throws RigError USAGE when the panel ended, or it is another one's
   */
  claim(by: string, ticket: string): Hold | undefined {
    const { now_ms, audit, bench } = this.deps;
    const opened = this.held(by, (hold) => sameToken(hold.ticket, ticket));
    if (now_ms() - opened.heard_ms <= claim_ms) return undefined;
    audit(by, "manual panel: its page was loaded anew", { run: bench.state.run?.id ?? "" });
    opened.hold = newHold();
    opened.heard_ms = now_ms();
    return opened.hold;
  }

  /** @throws RigError USAGE */
  mayOpen(): void {
    if (!this.deps.enabled) {
      throw new RigError("USAGE", "the manual panel is off: start the station with rig serve --manual");
    }
  }

  alive(by: string, token: string): void {
    this.mine(by, token).heard_ms = this.deps.now_ms();
  }

  /** Given to the controller; what becomes of it stands in the record. @throws RigError USAGE */
  command(by: string, token: string, text: string): void {
    const { bench, audit } = this.deps;
    this.mine(by, token).heard_ms = this.deps.now_ms();
    const { run } = bench.state;
    audit(by, "manual command", { run: run?.id ?? "", command: text });
    if (run?.phase === "stopping") throw new RigError("USAGE", "the bench is being made safe: no more commands");
    if (!run?.prompt) throw new RigError("USAGE", "the command before has no answer yet: wait for it");
    bench.answer(by, run.prompt.number, text);
  }

  /** In order where the panel waits for a command, else as any run is stopped. */
  close(by: string, token: string): void {
    this.mine(by, token);
    const { bench, auditIfPossible } = this.deps;
    const run = bench.state.run?.id ?? "";
    const waiting = bench.state.run?.prompt;
    if (waiting) bench.answer(by, waiting.number, "end");
    else bench.stop();
    auditIfPossible(by, "manual panel closed", { run });
  }

  /** Called some times a second. */
  look(): void {
    const { opened } = this;
    const { bench, now_ms, auditIfPossible } = this.deps;
    if (!opened || opened.lost || now_ms() - opened.heard_ms <= silent_ms) return;
    opened.lost = true;
    if (bench.state.run?.phase !== "ended") bench.stop();
    auditIfPossible(opened.by, "manual panel: its page was lost", { run: bench.state.run?.id ?? "" });
  }

  private mine(by: string, token: string): Opened {
    return this.held(by, (hold) => sameToken(hold.token, token));
  }

  private held(by: string, fits: (hold: Hold) => boolean): Opened {
    const { opened } = this;
    if (!opened || opened.lost) throw new RigError("USAGE", "the manual panel is not open any more");
    if (opened.by !== by || !fits(opened.hold)) {
      throw new RigError("USAGE", `${opened.by} has the manual panel open on another page`);
    }
    return opened;
  }
}

/** Printable, so that an audit line and a terminal show what was meant. @throws RigError USAGE */
function commandIn(body: Readonly<Record<string, unknown>>): string {
  const text = textIn(body, "command", command_max);
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RigError("USAGE", "command: printable characters only");
  return text;
}

export function manualRoutes(app: App, door: Door, manual: Manual): void {
  const of = (c: Ctx): string => c.get("account").name;

  app.get("/api/manual", only(door), (c) => {
    const offered = c.get("account").role === "engineer" && manual.enabled ? { offer: manual.offer } : {};
    return c.json({ enabled: manual.enabled, openedBy: manual.openedBy ?? null, ...offered });
  });

  app.post("/api/manual/open", only(door, "engineer"), async (c) => {
    const body = await bodyOf(c);
    manual.mayOpen();
    const no = await provedAgain(c, door, textIn(body, "secret"), "manual panel");
    return no ?? c.json(manual.open(of(c), textIn(body, "adapter", 64)));
  });

  app.post("/api/manual/claim", only(door, "engineer"), async (c) =>
    c.json(manual.claim(of(c), textIn(await bodyOf(c), "ticket", 64)) ?? {}),
  );

  // Not a person's touch: whoever left the page open is logged out as ever.
  app.post("/api/manual/alive", always(door), async (c) => {
    manual.alive(of(c), textIn(await bodyOf(c), "token", 64));
    return c.json({});
  });

  app.post("/api/manual/command", only(door, "engineer"), async (c) => {
    const body = await bodyOf(c);
    manual.command(of(c), textIn(body, "token", 64), commandIn(body));
    return c.json({});
  });

  app.post("/api/manual/close", always(door), async (c) => {
    manual.close(of(c), textIn(await bodyOf(c), "token", 64));
    return c.json({});
  });
}
