/** What a verification says to a person. */

import { doubtText } from "../ledger/doubtFold.ts";
import { printable } from "../model/printable.ts";
import { idOf } from "../store/ids.ts";
import type { SignatureResult } from "./verify/signedPart.ts";
import type { Verified } from "./verify/verifier.ts";

const headlines: Readonly<Record<Verified["state"], string>> = {
  signed: "WHOLE AND SIGNED",
  unsigned: "WHOLE, NOT SIGNED by a key that was given",
  damaged: "DAMAGED OR FORGED",
};

/** Lines without colour; foreign text is made harmless. */
export function wordsOf(file: string, verified: Verified): readonly string[] {
  const { state, findings, found, signatures, ledger, doubts } = verified;
  const reserve = ledger.left > 0 ? "SIGNED, THE LEDGER NOT WHOLE" : doubts.length > 0 ? "SIGNED, IN DOUBT" : undefined;
  const headline = state === "signed" && reserve !== undefined ? reserve : headlines[state];
  return [
    `${headline}   ${printable(file)}`,
    ...runLines(verified),
    ...findings.map(({ line, where, what }) => `  ✗ line ${line}: ${printable(where)}: ${printable(what)}`),
    ...(found > findings.length ? [`  ✗ and ${found - findings.length} more`] : []),
    ...signatures.flatMap(signatureLines),
    ...(signatures.length === 0 ? ["  no signature"] : []),
    ...doubts.map((doubt) => `  ? ${printable(doubtText(doubt))}, entry ${doubt.seq} of the ledger`),
    ...notes(verified),
  ];
}

const text = (data: unknown): string => (typeof data === "string" ? printable(data) : "?");

function runLines({ run, signOff, claimed }: Verified): readonly string[] {
  const { head, outcome } = run;
  if (head === undefined) return [];
  const adapter = (head["adapter"] ?? {}) as Readonly<Record<string, unknown>>;
  const procedure = (head["procedure"] ?? {}) as Readonly<Record<string, unknown>>;
  const mark = head["simulated"] === true ? "   SIMULATED" : "";
  const given = signOff.state === "unsigned" ? "not signed by a key that was given" : signOff.state;
  const other = claimed === signOff.state ? "" : `; "${claimed}" only by a key that was not given`;
  return [
    `  ${text(run.id)}  ${text(procedure["id"])}, serial ${text(adapter["serial"])}, begun ${text(head["started"])}, by ${text(head["operator"])}`,
    `  ${text(outcome?.["verdict"])}, ${text(outcome?.["ending"])}; edition ${signOff.edition} of the report is ${given}${other}${mark}`,
    `  hash ${text(run.hash)}`,
  ];
}

const marks = { good: "✓", unchecked: "?", bad: "✗" } as const;

function signatureLines(one: SignatureResult): readonly string[] {
  const { name, role, meaning, utc, key, edition, reason, state, waived, disposition } = one;
  const unchecked = state === "unchecked" ? " (not given: taken at the file's word)" : "";
  const who = `${printable(name)} (${role}) ${meaning} edition ${edition}`;
  return [
    `  ${marks[state]} ${who}, ${printable(utc)}, key ${printable(key)}${unchecked}: ${printable(reason)}`,
    ...(disposition === undefined ? [] : [`      rests on QA disposition ${printable(disposition)}`]),
    ...waived.map((each) => `      waived: ${printable(each)}`),
  ];
}

function notes({ chain, ledger, attachments, unreached, state }: Verified): readonly string[] {
  const held = ledger.withheld === 0 ? "" : `, ${ledger.withheld} of them by digest only`;
  const list = chain.from === 0 ? "no runs" : `runs ${idOf(chain.from)} to ${idOf(chain.to)}`;
  const lines = [`  list of ${list}; ledger of ${ledger.entries} entries${held}`];
  if (chain.from > 1) lines.push(`  runs before ${idOf(chain.from)} are not listed: rig export --chain lists all`);
  if (ledger.left > 0)
    lines.push(
      `  ${ledger.left} entries of the ledger are not in the file: what they decide is not seen (rig export --chain)`,
    );
  for (const { name, bytes } of attachments) lines.push(`  attachment ${printable(name)}, ${bytes} bytes`);
  for (const file of unreached) lines.push(`  not compared with ${printable(file)}: the file does not reach it`);
  if (state === "unsigned")
    lines.push("  Without a signature by a key that you trust the hashes show damage, not forgery.");
  return lines;
}

/** Exit codes of `rig verify`. */
export const exitCodes: Readonly<Record<Verified["state"], number>> = { signed: 0, unsigned: 10, damaged: 20 };
