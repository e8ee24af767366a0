/** Which rule ends a soak, as a limits document names it. What each does: procedures/analysis/stabilise.ts (domain.md 4.2). */

export const stabilisationIds = [
  "three-readings-10min-2K",
  "three-readings-10pct-1K",
  "variation-15min-2K-hold-30min",
] as const;
export type StabilisationId = (typeof stabilisationIds)[number];

export interface Stabilisation {
  readonly rule: StabilisationId;
  /** What is read: the temperature itself, or its rise over the ambient. */
  readonly on: "absolute" | "rise";
}

/** Where a document names none. */
export const defaultStabilisation: Stabilisation = { rule: "three-readings-10min-2K", on: "absolute" };

export const stabilisationText = ({ rule, on }: Stabilisation): string =>
  `${rule}, of ${on === "rise" ? "the rise over the ambient" : "the temperature"}`;
