/**
 * Deviations of the bench itself, known to the twin only: swapped wires, welded relays, open leads, earth ties left
 * closed, dead sensors. The controller is never told; a procedure must notice. Examples: drivers/twin/deviations/.
 */
import { z } from "zod";
import { parseText, readDocument } from "./document.ts";

const name = z.string().min(1).max(100);
const list = z.array(name).max(200).default([]);

export const deviationsSchema = z.strictObject({
  note: z.string().max(2000).default(""),
  /** Relay, or `relay#pole` (first pole is 0), whose contact never opens. */
  weld: list,
  /** Relay or `relay#pole` whose contact never closes. */
  stuckOpen: list,
  /** A lead's id, `V.DC+.hi` (the DAQ's own wire of a channel), or a node: all leads and DAQ wires that end on it. */
  openLead: list,
  /**
   * Two wires exchanged: two nodes (at every relay pole, DAQ input and instrument terminal, while leads and parts
   * stay), or two ends of relay poles written `relay#pole.a` or `relay#pole.b`.
   */
  swap: z
    .array(z.tuple([name, name]))
    .max(50)
    .default([]),
  /** Further ways to the chassis. */
  tie: z
    .array(z.strictObject({ node: name, ohm: z.number().positive() }))
    .max(50)
    .default([]),
  /** Text that an instrument of a role answers instead of its identity. */
  identity: z.record(name, z.string().max(200)).default({}),
  /** Thermocouple channels by name. */
  thermocouple: z
    .record(name, z.union([z.enum(["open", "frozen"]), z.strictObject({ swappedWith: name })]))
    .default({}),
  /** The source keeps this current whatever it is told, even with ENABLE low, A. */
  sourceStuck_A: z.number().positive().max(600).optional(),
  /** The insulation tester does not switch off when told, does not discharge what it charged; its bleeder is gone. */
  insulation: z
    .strictObject({
      ignoresOff: z.boolean().default(false),
      noDischarge: z.boolean().default(false),
      noBleeder: z.boolean().default(false),
    })
    .prefault({}),
  /** The load goes on sinking when told OFF. */
  loadIgnoresOff: z.boolean().default(false),
});

export type Deviations = z.infer<typeof deviationsSchema>;

export const noDeviations: Deviations = deviationsSchema.parse({});

/** Errors: FILE_UNREADABLE; FILE_INVALID with file, line and field. */
export const loadDeviations = (file: string): Deviations => readDocument(file, deviationsSchema, "FILE_INVALID");

export const parseDeviations = (text: string, file = "deviations"): Deviations =>
  parseText(text, file, deviationsSchema, "FILE_INVALID");
