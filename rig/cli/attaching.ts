/** A kept file becomes part of a run's evidence by an entry of the ledger. */
import { attachmentKind, attachmentSchema } from "../ledger/attachments.ts";
import { checkBody, written } from "../ledger/body.ts";
import { appendEntry } from "../ledger/ledger.ts";
import { RigError } from "../model/errors.ts";
import { attachment_bytes_max } from "./attachmentFiles.ts";

export interface Attaching {
  /** Id of the run. */
  readonly id: string;
  readonly by: string;
  readonly name: string;
  readonly text: string;
}

/** Before anything is kept. @throws RigError USAGE for a name or text that cannot be an entry's */
export const checkAttaching = ({ name, text }: Pick<Attaching, "name" | "text">) =>
  checkBody(attachmentKind, attachmentSchema, { name, text, bytes: 1, hash: "0".repeat(64) });

/** @throws RigError USAGE for a file that is there already, or too many bytes; STORAGE_FAILED */
export async function attachKept(
  store: string,
  { id, by, name, text }: Attaching,
  kept: { readonly hash: string; readonly bytes: number },
) {
  const body = written(checkBody(attachmentKind, attachmentSchema, { name, text, ...kept }));
  return appendEntry(store, { kind: attachmentKind, subject: id, by, body }, (ledger) => {
    const there = ledger.entries(attachmentKind, id).map((one) => one.body);
    if (there.some(({ hash }) => hash === kept.hash))
      throw new RigError("USAGE", `${id} has this file already: ${name}`);
    const sum = there.reduce((all, { bytes }) => all + Number(bytes), kept.bytes);
    if (sum > attachment_bytes_max)
      throw new RigError("USAGE", `${id} would have ${sum} bytes of attachments: at most ${attachment_bytes_max}`);
  });
}
