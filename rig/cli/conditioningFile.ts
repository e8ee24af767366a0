/** The conditioning record that a laboratory keeps of an adapter before its run, as a YAML file (docs/procedures.md). */
import { z } from "zod";
import { type Document, parseText, readDocument } from "../bench/document.ts";
import type { Conditioning } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";

const text = z.string().regex(/^[^\p{Cc}]{1,100}$/u, "1 to 100 printable characters");

const schema = z.strictObject({
  conditioning: z.literal(1),
  serial: text,
  by: text,
  soak_h: z.number().min(0).max(10_000),
  warm_up_min: z.number().min(0).max(1_000_000),
  humidity: z.strictObject({
    RH_pct: z.number().min(0).max(100),
    u_pct: z.number().min(0).max(50),
    instrument: text,
  }),
});

/** @throws RigError FILE_UNREADABLE, FILE_INVALID; USAGE when it is of another adapter */
export const loadConditioning = (path: string, serial: string): Conditioning =>
  toConditioning(readDocument(path, schema, "FILE_INVALID"), serial);

/** As `loadConditioning`, from text. */
export const parseConditioning = (file: string, content: string, serial: string): Conditioning =>
  toConditioning(parseText(file, content, schema, "FILE_INVALID"), serial);

function toConditioning(document: Document<z.infer<typeof schema>>, serial: string): Conditioning {
  const { value, file, hash } = document;
  if (value.serial !== serial)
    throw new RigError("USAGE", `${file} is the conditioning of ${value.serial}, the run is of ${serial}`);
  const { by, soak_h, warm_up_min, humidity } = value;
  return { file, hash, by, soak_s: soak_h * 3600, warmUp_s: warm_up_min * 60, humidity };
}
