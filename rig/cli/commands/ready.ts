/** `rig ready`: whether a run could start now, and what it would do. Opens no port, energises nothing. */

import { families } from "../../model/adapter.ts";
import { isContact } from "../../model/contacts.ts";
import { nominalDeclared } from "../../model/declared.ts";
import { asRigError } from "../../model/errors.ts";
import { contactAt, matingFor } from "../../model/halves.ts";
import type { PlannedRun, Prepared, Tried } from "../../station/prepared.ts";
import { mayStart } from "../../station/prepared.ts";
import { limitsLine } from "../controlledLimits.ts";
import { withDeclared } from "../declare.ts";
import { type Inputs, readInputs } from "../inputs.ts";
import { nominalPath } from "../preflight.ts";
import { keptPlan, planOfRun, type RunPlan } from "../preflightCache.ts";
import { procedures } from "../procedures.ts";
import { duration, prefixed } from "../progress.ts";
import { type ReadyOptions, readiness } from "../readiness.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface ReadyCommand extends ReadyOptions {
  readonly json: boolean;
}

/** Exit code: 0 a run could start, 40 it could not. */
export async function ready(options: ReadyCommand): Promise<number> {
  // A station hears what is known at once, before the plan is tried.
  const tell = process.env["RIG_STATION"] === "1" ? process.send?.bind(process) : undefined;
  process.on("disconnect", () => process.exit(1));
  const prepared = await prepare(options, (so_far) => void tell?.({ is: "prepared", prepared: so_far }));
  if (tell) await new Promise<void>((resolve) => tell({ is: "prepared", prepared }, undefined, {}, () => resolve()));
  else if (options.json) out(JSON.stringify({ ready: mayStart(prepared), ...prepared }));
  else show(prepared);
  return mayStart(prepared) ? 0 : 40;
}

/** `soFar` is told what the files say before the preflight, which takes seconds when nothing was kept. */
export async function prepare(options: ReadyOptions, soFar: (prepared: Prepared) => void): Promise<Prepared> {
  const { blocks, notes, inputs } = await readiness(options);
  const title = procedures.find(({ id }) => id === options.procedure)?.title ?? options.procedure;
  if (!inputs) {
    const preflight: Tried = { is: "waiting", why: "the plan is tried when nothing stands against it" };
    return { title, limits: "", blocks, notes, preflight };
  }
  const needs = Object.keys(inputs.procedure.needs);
  const known = { title, limits: limitsLine(inputs.limits), blocks, notes, needs };
  const declared = nominalDeclared(inputs.context.declared ?? {});
  const nominal = withDeclared(inputs, declared);
  const kept = keptPlan(nominal, options.store);
  try {
    if (!kept) soFar({ ...known, preflight: { is: "trying" } });
    const plan = kept ?? (await planOfRun(nominal, { ...options, declared }, options.store, () => undefined));
    const found: Prepared = { ...known, ...accepted(plan, inputs, kept !== undefined) };
    const short = `${options.procedure}-no-soak`;
    if (!found.plan || !procedures.some(({ id }) => id === short)) return found;
    soFar(found);
    const { dry } = await nominalPath(readInputs({ ...options, procedure: short, declared }));
    return { ...found, plan: { ...found.plan, withoutSoak_s: dry.bench_s } };
  } catch (thrown) {
    const { message, remedy } = asRigError(thrown);
    return { ...known, preflight: { is: "refused", what: message, remedy } };
  }
}

const accepted = (plan: RunPlan, inputs: Inputs, kept: boolean): Pick<Prepared, "preflight" | "plan"> => ({
  preflight: { is: "accepted", paths: plan.paths, kept },
  plan: plannedRun(plan, inputs),
});

/** Currents below this come from meters, not from the power source, A. */
const power_A = 1;

export function plannedRun(
  plan: Pick<RunPlan, "facts" | "bench_s" | "prompts" | "planned">,
  inputs: Inputs,
): PlannedRun {
  const { facts, bench_s, prompts, planned } = plan;
  const powered = facts
    .filter(({ max_A }) => max_A >= power_A)
    .map(({ step, max_A, max_V, duration_s, terminals }) => ({
      ...{ step, most_A: Math.ceil(max_A - 0.005), most_V: Math.round(max_V * 10) / 10, takes_s: duration_s },
      contacts: namesOf(terminals, inputs),
    }));
  return {
    takes_s: bench_s,
    powered,
    signals: signalsOf(facts),
    prompts: prompts.map(({ title }) => title),
    judgements: planned.length,
  };
}

/** The adapter's own names for what sits on these terminals of the nest, each once. */
function namesOf(terminals: readonly string[], { adapter, bench }: Inputs): string {
  const known = bench.halves ?? [];
  const stations = families[adapter.family].faces.filter(({ face }) => face !== "ev");
  const names = terminals.filter(isContact).flatMap((terminal) => {
    const own = stations.flatMap(({ face }) =>
      known.length === 0 ? [terminal] : (contactAt(matingFor(adapter, known, face), terminal) ?? []),
    );
    return own.map((contact) => contact.slice(contact.indexOf(".") + 1));
  });
  return [...new Set(names)].join(" ");
}

const powerRoles = ["source", "load", "gpio"];

/** Instruments besides the power loop that put energy on contacts, with the most asked of each. */
function signalsOf(facts: RunPlan["facts"]): readonly string[] {
  const most = new Map<string, { A: number; V: number }>();
  for (const { role, A = 0, V = 0 } of facts.flatMap(({ energised }) => energised)) {
    if (powerRoles.includes(role)) continue;
    const now = most.get(role) ?? { A: 0, V: 0 };
    most.set(role, { A: Math.max(now.A, A), V: Math.max(now.V, V) });
  }
  return [...most].map(([role, { A, V }]) => {
    const words = [V > 0 ? prefixed(V, "V") : "", A > 0 ? prefixed(A, "A") : ""].filter((text) => text !== "");
    return words.length === 0 ? role : `${role}: ${words.join(", ")}`;
  });
}

function show({ title, limits, blocks, notes, preflight, plan }: Prepared): void {
  out(title);
  if (limits !== "") out(`  ${limits}`);
  for (const { what, remedy } of notes) out(`  note     ${what}. ${remedy}`.trimEnd());
  for (const { what, remedy } of blocks) out(`  AGAINST  ${what}. ${remedy}`.trimEnd());
  if (preflight.is === "refused") out(`  AGAINST  preflight: ${preflight.what}. ${preflight.remedy}`);
  if (preflight.is === "waiting") out(`  preflight: not tried, ${preflight.why}`);
  if (preflight.is === "accepted")
    out(`  preflight: accepted, ${preflight.paths} paths${preflight.kept ? ", kept" : ""}`);
  if (plan) {
    const short = plan.withoutSoak_s === undefined ? "" : `, ${duration(plan.withoutSoak_s)} without soak`;
    out(`  takes about ${duration(plan.takes_s)} of bench time${short}; ${plan.prompts.length} prompts`);
    for (const { step, contacts, most_A, most_V, takes_s } of plan.powered)
      out(`  energises ${contacts}: up to ${most_A} A at ${most_V} V, ${step}, ${duration(takes_s)}`);
    for (const line of plan.signals) out(`  energises by ${line}`);
  }
  out(mayStart({ title, limits, blocks, notes, preflight }) ? "Ready." : "Not ready.");
}
