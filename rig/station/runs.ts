/** Starting, answering, stopping, watching; and what the store says of finished runs. */
import { RigError } from "../model/errors.ts";
import type { Reader } from "../store/reader.ts";
import type { BenchRuns } from "./bench.ts";
import { type App, always, bodyOf, type Ctx, type Door, noteDone, only, paced, refusal, textIn } from "./http.ts";
import { type Known, prints, readLabel } from "./label.ts";
import type { Live } from "./live.ts";
import { manualProcedure } from "./manual.ts";
import { streamRoutes } from "./stream.ts";

export interface Catalogue {
  readonly procedures: readonly { readonly id: string; readonly title: string; readonly families: readonly string[] }[];
  readonly adapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly family: string;
    readonly rating: string;
  }[];
  /** Known-good and known-bad adapters, with the check that is done with each. */
  readonly artefacts?: readonly { readonly serial: string; readonly adapter: string; readonly procedure: string }[];
}

export interface JobAsked {
  readonly by: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
}

export interface RunDeps {
  readonly bench: BenchRuns;
  readonly live: Live;
  readonly catalogue: Catalogue;
  /** Arguments of `rig run` for a job. */
  readonly argsOf: (job: JobAsked) => readonly string[];
  /** Undefined while there is no store yet. */
  readonly read: <R>(body: (reader: Reader) => R) => Promise<R | undefined>;
  /** One format of a report, or the evidence file: made by a process of its own. */
  readonly report: (run: number, format: string) => Promise<MadeFile | undefined>;
}

/** A file that was made for a download, and is gone when it has been read or the reader has left. */
export interface MadeFile {
  readonly type: string;
  readonly name: string;
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** Runs looked at for the last one of an adapter type. */
const runs_looked_at = 500;

const knownBy = (catalogue: Catalogue, list: Reader["list"]): Known => ({
  types: new Map(catalogue.adapters.map(({ id, family }) => [id, family])),
  procedures: new Map(catalogue.procedures.map(({ id, families }) => [id, families])),
  artefacts: new Map((catalogue.artefacts ?? []).map(({ serial, ...run }) => [serial, run])),
  lastRun: (serial) => list({ serial, limit: 1 })[0],
  lastOfType: (adapter) => list({ limit: runs_looked_at }).find((row) => row.adapter === adapter),
});

/** A job of the body: procedure and type are known, the serial number is data. @throws RigError USAGE */
export async function jobIn(c: Ctx, catalogue: Catalogue): Promise<JobAsked> {
  const body = await bodyOf(c);
  const [procedure, adapter] = [textIn(body, "procedure", 64), textIn(body, "adapter", 64)];
  if (!catalogue.procedures.some(({ id }) => id === procedure)) {
    throw new RigError("USAGE", `there is no procedure ${procedure}`);
  }
  if (!catalogue.adapters.some(({ id }) => id === adapter)) {
    throw new RigError("USAGE", `there is no adapter type ${adapter}`);
  }
  const serial = textIn(body, "serial", 64);
  if (!prints(serial)) throw new RigError("USAGE", "serial: a text of characters that print");
  return { by: c.get("account").name, procedure, adapter, serial };
}

export function runRoutes(app: App, door: Door, deps: RunDeps): void {
  const { bench, live, catalogue } = deps;
  const { accounts } = door;
  streamRoutes(app, door, live);

  app.get("/api/catalogue", only(door), (c) => c.json(catalogue));

  app.get("/api/label", only(door), async (c) => {
    const text = c.req.query("text") ?? "";
    const says = await deps.read((reader) =>
      readLabel(
        text,
        knownBy(catalogue, (filter) => reader.list(filter)),
      ),
    );
    const found =
      says ??
      readLabel(
        text,
        knownBy(catalogue, () => []),
      );
    return found ? c.json(found) : refusal(c, 400, "the label is empty, too long, or has characters that do not print");
  });

  app.post("/api/start", only(door, "technician", "engineer"), async (c) => {
    const job = await jobIn(c, catalogue);
    accounts.audit(job.by, "start asked", { procedure: job.procedure, adapter: job.adapter, serial: job.serial });
    bench.start(job, deps.argsOf(job));
    return c.json(live.newest);
  });

  app.post("/api/answer", only(door), async (c) => {
    const body = await bodyOf(c);
    const { answer, number, run } = body;
    if (typeof answer !== "string" && typeof answer !== "number" && typeof answer !== "boolean") {
      throw new RigError("USAGE", "answer: a text, a number, true or false");
    }
    // Its commands are written down, one by one.
    if (bench.state.run?.procedure === manualProcedure)
      throw new RigError("USAGE", "the manual panel has its own page");
    if (typeof number !== "number" || !Number.isSafeInteger(number)) {
      throw new RigError("USAGE", "number: the number of the prompt");
    }
    if (run !== undefined && typeof run !== "number") throw new RigError("USAGE", "run: the number of the run");
    const { name } = c.get("account");
    accounts.audit(name, "prompt answered", { run: bench.state.run?.id ?? "", number });
    bench.answer(name, number, answer, run);
    return c.json({});
  });

  app.post("/api/stop", always(door), (c) => {
    bench.stop();
    noteDone(c, door, "stop asked", { run: bench.state.run?.id ?? "" });
    return c.json({});
  });

  app.post("/api/safe", always(door), async (c) => {
    const made = bench.makeSafe();
    noteDone(c, door, "safe state asked");
    await made;
    return c.json(bench.state.safety);
  });

  app.get("/api/runs/:run/report/:format", only(door), paced(door), async (c) => {
    const run = Number(c.req.param("run"));
    if (!Number.isSafeInteger(run) || run < 1) throw new RigError("USAGE", "a run is a whole number from 1");
    const made = await deps.report(run, c.req.param("format"));
    if (!made) return refusal(c, 404, `there is no report of run ${run} as ${c.req.param("format").slice(0, 20)}`);
    accounts.audit(c.get("account").name, "report read", { run, format: c.req.param("format") });
    c.header("Content-Type", made.type);
    c.header("Content-Disposition", `attachment; filename="${made.name}"`);
    c.header("Content-Length", String(made.bytes));
    return c.body(made.body);
  });
}
