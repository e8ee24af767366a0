/** What the health of the bench says about a start: interlocks and the instruments that this procedure needs. */
import type { HealthNow } from "./health.ts";
import type { BenchHealth, Finding, Prepared } from "./prepared.ts";

/** Older answers are asked for again when somebody prepares a run, s. */
export const fresh_s = 20;

export function healthOf({ checking, found, age_s, failed }: HealthNow): BenchHealth {
  if (checking) return { is: "checking" };
  if (!found || age_s === undefined) return { is: "unknown", why: failed?.why ?? "the bench was not asked yet" };
  const { interlocks = [], fault } = found.lines;
  const open = interlocks.filter(({ state }) => state === "open");
  return {
    is: found.instruments.every(answers) && open.length === 0 && fault === undefined && !failed ? "well" : "unwell",
    age_s,
    instruments: found.instruments.length,
    answering: found.instruments.filter(answers).length,
    interlocks: interlocks.length,
    open: open.map(({ line }) => line),
  };
}

const answers = ({ state }: { readonly state: string }): boolean => state === "answered" || state === "unverified";

/** Blocks and notes, from the last answer. An instrument that this procedure does not need is only noted. */
export function findingsOf(
  { found, failed, checking }: HealthNow,
  needs: Prepared["needs"],
): { readonly blocks: readonly Finding[]; readonly notes: readonly Finding[] } {
  if (checking) return { blocks: [], notes: [] };
  if (failed || !found) {
    const why = failed?.why ?? "it was not asked yet";
    const what = `the bench could not be asked whether it is well: ${why}`;
    return { blocks: [{ code: "bench-not-asked", what, remedy: "See to it, then look again." }], notes: [] };
  }
  const blocks: Finding[] = [];
  const notes: Finding[] = [];
  const { interlocks = [], fault } = found.lines;
  if (fault !== undefined) {
    blocks.push({ code: "lines-unknown", what: `the safety lines cannot be read: ${fault}`, remedy: "Look again." });
  }
  for (const { line, state, why, remedy } of interlocks) {
    if (state === "open") blocks.push({ code: `interlock:${line}`, what: `${line}: ${why}`, remedy });
  }
  for (const one of found.instruments) {
    if (answers(one)) continue;
    const { role, says, remedy, state } = one;
    const what = `${role} ${state === "silent" ? "does not answer" : "is another instrument"}: ${says}`;
    const needed = needs === undefined || needs.includes(role);
    (needed ? blocks : notes).push({ code: `instrument:${role}`, what, remedy: remedy ?? "Look again." });
  }
  return { blocks, notes };
}
