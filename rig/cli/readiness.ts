/**
 * Everything that would refuse a run, found before anybody starts it, each with its remedy; and what makes a pass worth
 * less. Reads files, the store and the ledger; opens no port of the bench. `rig run` looks again by the same functions.
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { connectControl } from "../../drivers/twin/controlClient.ts";
import { asRigError, type RigError } from "../model/errors.ts";
import type { Finding } from "../station/prepared.ts";
import { readChecks } from "../store/checks.ts";
import { openRuns } from "../store/openRuns.ts";
import { underApproval } from "./controlledLimits.ts";
import { declare, refuseWhenLocked } from "./declare.ts";
import { dueChecks } from "./due.ts";
import { wornWaivers } from "./fixtures.ts";
import { type InputOptions, type Inputs, readInputs } from "./inputs.ts";
import { latchPath, readLatch } from "./latchFile.ts";
import { allChecks } from "./lock.ts";
import { authorised } from "./operators.ts";
import { readCalibrations } from "./register.ts";
import { readRetest, retestText } from "./retest.ts";

export interface ReadyOptions extends InputOptions {
  readonly store: string;
}

export interface ReadyDeps {
  readonly read: typeof readInputs;
  /** Free space where the store is, bytes. */
  readonly free_bytes: (folder: string) => Promise<number>;
}

/** A four-hour run of 16 channels at 10 Hz and its reports take some 50 MB; a full disk ends a run (E8). */
const least_bytes = 200e6;
const plenty_bytes = 2e9;
const twin_ms = 3000;

const freeAt = async (folder: string): Promise<number> => {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      // A store that does not exist yet will be made below the first folder that does.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(at) === at) throw error;
    }
  }
};

export interface Readiness {
  readonly blocks: readonly Finding[];
  readonly notes: readonly Finding[];
  /** As `rig run` would take them; undefined while something stands against it. */
  readonly inputs?: Inputs;
}

export async function readiness(options: ReadyOptions, deps: Partial<ReadyDeps> = {}): Promise<Readiness> {
  const blocks = new Map<string, Finding>();
  const notes: Finding[] = [];
  const attempt = async <R>(look: () => Promise<R> | R): Promise<R | undefined> => {
    try {
      return await look();
    } catch (thrown) {
      for (const found of findingsIn(asRigError(thrown))) blocks.set(found.what, found);
      return undefined;
    }
  };
  await attempt(async () => {
    const free = await (deps.free_bytes ?? freeAt)(options.store);
    const found = {
      code: "disk-nearly-full",
      what: `${Math.round(free / 1e6)} MB are free where the records are kept`,
    };
    if (free < least_bytes) blocks.set(found.what, { ...found, remedy: "Free space: a full disk ends a run." });
    else if (free < plenty_bytes) notes.push({ ...found, remedy: "Free space soon." });
  });
  await attempt(() => othersIn(options.store, blocks, notes));
  const calibrations = await attempt(() => readCalibrations(options.store));
  const read = await attempt(() => (deps.read ?? readInputs)({ ...options, calibrations: calibrations ?? {} }));
  if (!read) return { blocks: [...blocks.values()], notes };
  for (const look of looksAt(options.store, read)) await attempt(look);
  await attempt(() => {
    const latched = readLatch(latchPath(options.store, read.twin));
    if (!latched) return;
    const what = `a trip is latched: ${latched.rule}: ${latched.why}`;
    blocks.set(what, { code: "latched", what, remedy: "See to its cause, then reset it by name." });
  });
  const declared = await attempt(() => declare(read, options));
  const inputs = declared && (await attempt(() => underApproval(declared, options.store)));
  if (inputs) notes.push(...notesOf(inputs));
  const all = [...blocks.values()];
  return { blocks: all, notes, ...(inputs && all.length === 0 ? { inputs } : {}) };
}

/** Each refuses by its own reason, so that all are said at once and not one after the other. */
function looksAt(store: string, inputs: Inputs): readonly (() => Promise<unknown>)[] {
  const { bench, limits, twin, procedure } = inputs;
  return [
    () => refuseWhenLocked(store, inputs),
    async () => {
      if ((procedure.of ?? "adapter") !== "adapter") return;
      const history = await readChecks(store, { bench: bench.id, simulated: twin !== undefined }, allChecks);
      const { refused } = dueChecks(bench, history, limits, Date.now());
      if (refused) throw refused;
    },
    () => readRetest(store, inputs),
    () => wornWaivers(store, inputs),
    () => authorised(store, inputs),
    async () => {
      if (!twin) return;
      const control = await connectControl(twin.control, AbortSignal.timeout(twin_ms));
      await control.request({ do: "now" }, twin_ms).finally(() => control.close());
    },
  ];
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/^calibration:/, "Have it calibrated and enter the certificate (rig instruments calibrate)."],
  [/^half:/, "Measure the reference half again and enter its record in the bench file."],
  [/^proof-test\./, "Do the proof test and enter its date in the bench file."],
];

/** Errors that many things lead to, where the words tell which. */
const specials: readonly { readonly pattern: RegExp; readonly says: Partial<Finding> }[] = [
  { pattern: /no twin answers|start the twin/, says: { remedy: "Start the twin again (rig twin)." } },
  {
    pattern: / is for families .*, not /,
    says: { code: "WRONG_ADAPTER", remedy: "Choose a procedure for this adapter, or fit and scan the right adapter." },
  },
];

function findingsIn({ code, message, remedy, facts }: RigError): readonly Finding[] {
  const due = facts["overdue"];
  if (Array.isArray(due)) {
    return (due as readonly { readonly id: string; readonly what: string }[]).map(({ id, what }) => ({
      code: id,
      what: `${what} is overdue`,
      remedy: remedies.find(([pattern]) => pattern.test(id))?.[1] ?? remedy,
    }));
  }
  const what = message.replace(` [${code}]`, "");
  const special = specials.find(({ pattern }) => pattern.test(what));
  return [{ code, what, remedy, ...special?.says }];
}

/** Runs that others write or left behind. */
async function othersIn(store: string, blocks: Map<string, Finding>, notes: Finding[]): Promise<void> {
  for (const { id, procedure, serial, operator, pid, alive } of await openRuns(store)) {
    const run = `${id} (${procedure} of ${serial} by ${operator})`;
    if (alive) {
      const what = `${run} is going on, process ${pid}`;
      blocks.set(what, { code: "run-going-on", what, remedy: "Wait for its end, or stop it." });
    } else {
      const what = `${run} was interrupted`;
      notes.push({ code: "interrupted", what, remedy: "Go on with it; starting another run closes it." });
    }
  }
}

const conditions: Readonly<Record<string, string>> = {
  "cond.soak": "the adapter lies in the room of the bench for",
  "cond.warmup": "the instruments are on for",
};

function notesOf({ waivers, limits, context, notes = [], adapter }: Inputs): readonly Finding[] {
  const found: Finding[] = waivers.map(({ id, text, by }) => ({
    code: id,
    what: `${text} (accepted by ${by})`,
    remedy: id.startsWith("condition:") ? "A pass is conditional." : "",
  }));
  const { approval } = limits;
  if (approval && approval.state !== "approved") {
    const what = `limits ${limits.id} revision ${limits.revision} are not approved (${approval.note})`;
    found.push({ code: "limits-unapproved", what, remedy: "A pass is a screening at best." });
  }
  const retest = retestText(context.declared?.retest);
  if (retest !== "") {
    found.push({ code: "retest", what: `this is ${retest}`, remedy: "A pass does not close it: QA must decide." });
  }
  for (const note of notes) {
    const { kind, standing, text } = note as Readonly<Record<string, unknown>>;
    if (kind === "operator" && standing === "not-authorised") {
      found.push({ code: "operator", what: String(text), remedy: "" });
    }
  }
  for (const [row, words] of Object.entries(conditions)) {
    const min_s = limits.rows[row]?.min;
    if (min_s === undefined || context.declared?.conditioning) continue;
    const what = `before the test ${words} at least ${min_s / 3600} h; it will be asked`;
    found.push({ code: row, what, remedy: "What is not conditioned is not judged." });
  }
  if (adapter.learned) found.push({ code: "learned-type", what: `${adapter.id} is a learned type`, remedy: "" });
  return found;
}
