/**
 * What a trainer does to a simulated bench: instruments that misbehave, emergency stop, lids, another adapter. Only on a twin;
 * everything is written down, and what is wrong on purpose is shown on every page while it is.
 */
import { z } from "zod";
import { RigError } from "../model/errors.ts";
import type { BenchRuns } from "./bench.ts";
import { type App, bodyOf, type Door, only } from "./http.ts";

const modes = ["none", "silent", "late", "garbage", "truncated", "identity", "hang-up", "stalled"] as const;
const port = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

const act = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("misbehave"), port, mode: z.enum(modes), ms: z.int().min(1).max(60_000).optional() }),
  z.strictObject({ do: z.literal("estop"), pressed: z.boolean() }),
  z.strictObject({ do: z.literal("lid"), which: z.enum(["LID1", "LID2"]), closed: z.boolean() }),
  z.strictObject({ do: z.literal("exchange"), adapter: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
  z.strictObject({ do: z.literal("clear") }),
]);
export type TwinAct = z.infer<typeof act>;

/** What the twin says of itself. */
const twinState = z.object({
  adapter: z.string(),
  estop: z.boolean(),
  lids: z.array(z.string()),
  ports: z.array(z.string()),
  misbehaving: z.record(z.string(), z.string()),
});
export type TwinState = z.infer<typeof twinState>;

export interface TwinDeps {
  readonly bench: BenchRuns;
  /** One request to the twin's control socket and its answer. */
  readonly request: (body: Readonly<Record<string, string | number | boolean>>) => Promise<unknown>;
  /** Example adapters: path by name. */
  readonly adapters: Readonly<Record<string, string>>;
  readonly audit: (who: string, what: string, detail: { readonly [k: string]: string | number | boolean }) => void;
}

/** Longest wait of mode "late" where none is given, ms. */
const late_ms = 3000;

export class TwinDesk {
  private readonly deps: TwinDeps;
  /** Pressed or opened here: during a run a prompt may ask for the same, and that is no fault. */
  private readonly done = new Set<string>();
  /** As the twin was found at the first look. */
  private ownAdapter: string | undefined;
  private wrong = "";
  private looking: Promise<void> | undefined;

  constructor(deps: TwinDeps) {
    this.deps = deps;
  }

  get adapters(): readonly string[] {
    return Object.keys(this.deps.adapters);
  }

  /** @throws RigError when the twin does not answer */
  async state(): Promise<TwinState> {
    return twinState.parse(await this.deps.request({ do: "state" }));
  }

  /** @throws RigError USAGE, INSTRUMENT_REFUSED */
  async act(by: string, asked: TwinAct): Promise<void> {
    const { request, audit } = this.deps;
    const { do: what, ...detail } = asked;
    const given = Object.entries(detail).filter(
      (one): one is [string, string | number | boolean] => one[1] !== undefined,
    );
    audit(by, `twin: ${what}`, Object.fromEntries(given));
    if (asked.do === "clear") await this.clear();
    else if (asked.do === "exchange") await request({ do: "exchange", file: this.fileOf(asked.adapter) });
    else if (asked.do === "misbehave") {
      const { port, mode, ms } = asked;
      await request({ do: "misbehave", port, mode, ...(mode === "late" ? { ms: ms ?? late_ms } : {}) });
    } else {
      const on = asked.do === "estop" ? asked.pressed : !asked.closed;
      const name = asked.do === "estop" ? "ESTOP" : asked.which;
      if (on) this.done.add(name);
      else this.done.delete(name);
      await request(asked);
    }
    // One that began before knows nothing of it.
    await this.looking;
    await this.look();
  }

  /** Asks the twin what is wrong with it and tells every page. Never rejects: a twin that is gone is said too. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    let faults: readonly string[];
    try {
      faults = this.faultsOf(await this.state());
      this.wrong = "";
    } catch (error) {
      this.wrong = error instanceof Error ? error.message : String(error);
      faults = ["the twin does not answer"];
    }
    this.deps.bench.showFaults(faults);
  }

  /** Why the twin did not answer the last time; empty when it did. */
  get fault(): string {
    return this.wrong;
  }

  private faultsOf({ adapter, estop, lids, misbehaving }: TwinState): readonly string[] {
    this.ownAdapter ??= adapter;
    const ours = (name: string): boolean => this.done.has(name) || !this.deps.bench.running;
    return [
      ...Object.entries(misbehaving).map(([name, mode]) => `${name}: ${mode}`),
      ...(estop && ours("ESTOP") ? ["emergency stop pressed"] : []),
      ...lids.filter(ours).map((lid) => `${lid} open`),
      ...(adapter === this.ownAdapter ? [] : [`adapter exchanged for "${adapter}"`]),
    ];
  }

  private async clear(): Promise<void> {
    const { request } = this.deps;
    const { misbehaving, estop, lids } = await this.state();
    for (const name of Object.keys(misbehaving)) await request({ do: "misbehave", port: name, mode: "none" });
    if (estop) await request({ do: "estop", pressed: false });
    for (const which of lids) await request({ do: "lid", which, closed: true });
    this.done.clear();
  }

  private fileOf(adapter: string): string {
    const file = Object.hasOwn(this.deps.adapters, adapter) ? this.deps.adapters[adapter] : undefined;
    if (file === undefined) throw new RigError("USAGE", `there is no example adapter ${adapter}`);
    return file;
  }
}

/** @throws RigError USAGE, one line */
function actIn(body: unknown): TwinAct {
  const parsed = act.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RigError("USAGE", `${issue?.path.join(".") || "do"}: ${issue?.message ?? "is not understood"}`);
}

/** `desk` undefined: the bench is real. */
export function twinRoutes(app: App, door: Door, desk: TwinDesk | undefined): void {
  const there = (): TwinDesk => {
    if (desk) return desk;
    throw new RigError("USAGE", "this bench is not simulated: there is no twin to do anything to");
  };

  app.get("/api/twin", only(door), async (c) => {
    if (!desk) return c.json({ simulated: false });
    await desk.look();
    if (desk.fault !== "") return c.json({ simulated: true, fault: desk.fault });
    return c.json({ simulated: true, state: await desk.state(), adapters: desk.adapters, modes });
  });

  app.post("/api/twin", only(door, "engineer", "technician"), async (c) => {
    const asked = actIn(await bodyOf(c));
    await there().act(c.get("account").name, asked);
    return c.json({});
  });
}
