/**
 * Approved envelopes: a protection test must heat an adapter beyond the house's abort limits, and may do so only where the
 * bench file lists an approval for it by name and date, below the bench's own over-temperature relay (S10).
 */
import { z } from "zod";
import type { ApprovedEnvelope, Bench, Envelope, Protection } from "../model/bench.ts";
import { RigError } from "../model/errors.ts";
import { isNobody } from "../model/limits.ts";
import type { Path } from "./document.ts";

const line = z.string().regex(/^[^\p{Cc}]{1,200}$/u, "1 to 200 printable characters");

/** A real day, so that 2026-02-30 is no date of an approval. */
const day = z.string().refine((value) => {
  const at = new Date(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}, "write a date as YYYY-MM-DD");

export const protectionSchema = z.strictObject({
  over_temperature_relay_degC: z.number().positive().max(150),
  envelopes: z.record(
    z.string().regex(/^[a-z0-9-]{1,64}$/, "the id of a procedure"),
    z.strictObject({
      contact_degC: z.number().positive().max(150),
      grip_degC: z.number().positive().max(150),
      ambient_max_degC: z.number().positive().max(60),
      label_factor: z.number().min(1).max(2),
      document: line,
      approved_by: line,
      approved: day,
    }),
  ),
});

type ProtectionDocument = z.infer<typeof protectionSchema>;

/** Between an approved abort temperature and the relay, which must not be the first to act, K (H). */
export const relayMargin_K = 3;

/** What no single field can say; `refuse` throws. */
export function checkProtection(
  given: ProtectionDocument | undefined,
  house: { readonly contact_degC: number },
  refuse: (path: Path, what: string, remedy: string) => unknown,
): void {
  if (!given) return;
  const relay_degC = given.over_temperature_relay_degC;
  const most_degC = relay_degC - relayMargin_K;
  if (house.contact_degC > most_degC) {
    const what = `${house.contact_degC} is less than ${relayMargin_K} K below the over-temperature relay (${relay_degC})`;
    refuse(["envelope", "contact_degC"], what, "lower it");
  }
  for (const [id, envelope] of Object.entries(given.envelopes)) {
    for (const field of ["contact_degC", "grip_degC"] as const) {
      if (envelope[field] <= most_degC) continue;
      const what = `${envelope[field]} is less than ${relayMargin_K} K below the over-temperature relay (${relay_degC})`;
      refuse(["protection", "envelopes", id, field], what, "lower it: no approval goes beyond the hardware");
    }
  }
}

export const protectionOf = (given: ProtectionDocument): Protection => ({
  overTemperatureRelay_degC: given.over_temperature_relay_degC,
  envelopes: Object.entries(given.envelopes).map(([procedure, { approved_by, ...rest }]) => ({
    procedure,
    ...rest,
    approvedBy: approved_by,
  })),
});

/** A date is a day of the place where it was written: the earliest begin 14 hours before UTC's. */
const earliest_ms = 14 * 3600 * 1000;

const isAhead = (date: string, now: Date): boolean => Date.parse(`${date}T00:00:00Z`) - earliest_ms > now.getTime();

/** The approval of this bench for a procedure. RIG_CHECK_FAILED: there is none, nobody has signed it, or it is dated ahead. */
export function approvedEnvelope(bench: Bench, procedure: string, now = new Date()): ApprovedEnvelope {
  const found = bench.protection?.envelopes.find((one) => one.procedure === procedure);
  const signed = found !== undefined && !isNobody(found.approvedBy);
  if (signed && !isAhead(found.approved, now)) return found;
  const state = !found
    ? "is missing"
    : signed
      ? `is approved as of ${found.approved}, which is yet to come`
      : "is not approved";
  throw new RigError(
    "RIG_CHECK_FAILED",
    `${bench.file}: protection.envelopes.${procedure}: ${state}; ${procedure} heats an adapter beyond the house's ` +
      "abort limits and needs an envelope with document, approved_by and date",
    { procedure },
  );
}

/** A bench file may carry reference values "for the twin"; on a real bench nobody has approved them. RIG_CHECK_FAILED. */
export function requireRealApproval(bench: Bench, { procedure, approvedBy }: ApprovedEnvelope): void {
  if (!/\bfor the twin\b/i.test(approvedBy)) return;
  throw new RigError(
    "RIG_CHECK_FAILED",
    `${bench.file}: protection.envelopes.${procedure}: is approved "for the twin" only; enter the laboratory's own ` +
      "document, approved_by and date before it is run on a real bench",
    { procedure },
  );
}

/**
 * The bench with the approved temperatures in place of the house's, for the run of that procedure only. Currents, voltages,
 * ramp and energy stay; so does the hash, because file and approval are the same document.
 */
export function withEnvelope(bench: Bench, approved: ApprovedEnvelope): Bench {
  const { contact_degC, grip_degC, ambient_max_degC } = approved;
  const envelope: Envelope = { ...bench.envelope, contact_degC, grip_degC, ambient_max_degC };
  return { ...bench, envelope };
}
