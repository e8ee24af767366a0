/**
 * Inputs of a run that are neither adapter, bench nor limits, but decide what it says: the artefact that is checked, the
 * earlier run that an ageing check compares with, the thermocouple walk that holds, the conditioning. They are data: read
 * before the plan begins, fixed in the head of the run, and given to the plan in its context (E4).
 */
import type { Unit } from "./units.ts";

/** What a golden artefact must read at a row. */
export interface Reference {
  readonly unit: Unit;
  readonly value: number;
  /** Half-width around the value that counts as right, in the same unit. */
  readonly tolerance: number;
  /** Standard uncertainty of the reference value itself. */
  readonly u: number;
}

/** An adapter whose behaviour is known: golden (reads its values) or challenge (must be failed at one named row). */
export interface Artefact {
  readonly id: string;
  readonly kind: "golden" | "challenge";
  readonly title: string;
  /** Adapter type that its label claims. */
  readonly adapter: string;
  readonly serial: string;
  /** Last day on which it may be used, YYYY-MM-DD. */
  readonly expires: string;
  /** Golden: judgement id (`power.dc.r/DC+`) to what it reads. */
  readonly reference: Readonly<Record<string, Reference>>;
  /** Challenge: the judgement that must be the first to fail. */
  readonly failsAt?: string;
  readonly source: string;
  readonly approvedBy: string;
  /** Deviations of the artefact as the simulated bench has it: fields of an adapter file. */
  readonly twin: Readonly<Record<string, unknown>>;
  /** Content hash of its file. */
  readonly hash: string;
}

/** Earlier right answers of the same artefact at one row, oldest first: what the control chart is drawn from. */
export interface Charted {
  readonly runs: readonly number[];
  readonly values: readonly number[];
}

/** A run of the record that another one is compared with. */
export interface EarlierRun {
  readonly run: number;
  readonly id: string;
  /** Final hash of that run in the chain. */
  readonly hash: string;
  readonly ended: string;
}

export interface Measured {
  readonly value: number;
  readonly u: number;
}

/** The "before" of an ageing check. */
export interface Baseline extends EarlierRun {
  /** Mating cycles that the adapter had then. */
  readonly cycles: number;
  /** Judgement id (`power.dc.r/DC+`, `th.rise/ev.DC-`) to what was read. */
  readonly values: Readonly<Record<string, Measured>>;
}

/** A thermocouple walk that is still valid. */
export interface ValidWalk extends EarlierRun {
  readonly until: string;
}

/** What somebody wrote down of the conditioning before the run; what is missing is asked. */
export interface Conditioning {
  /** File it was read from, and its hash. */
  readonly file: string;
  readonly hash: string;
  readonly by: string;
  /** Time that the adapter had lain in the room of the bench, s. */
  readonly soak_s: number;
  /** Time that the instruments had been on, s. */
  readonly warmUp_s: number;
  readonly humidity: { readonly RH_pct: number; readonly u_pct: number; readonly instrument: string };
}

/** That an adapter with an open fail is tried again. It says nothing of the fail, which stays until QA has decided. */
export interface Retest {
  /** Which retest of this fail this is, from 1. */
  readonly number: number;
  /** How many the limits document allows; null: it says nothing of retests. */
  readonly of: number | null;
  readonly counts: "last" | "worst" | null;
  /** Ids of the runs whose fail is open. */
  readonly openFails: readonly string[];
}

/** What a certificate adds to the uncertainty of an instrument's readings. */
export interface CertifiedRole {
  readonly certificate: string;
  readonly U_pct: number;
  readonly k: number;
}

/** Why a run may end its soak by a predicted pass: it is no test of a product, so nothing of it is released or labelled. */
export type EarlyRun = "engineering" | "regression";

export interface Declared {
  /** Absent: a run like any other, whose soak only a fail may end early. */
  readonly early?: EarlyRun;
  /** Reference halves that the run is made with, id to serial number. */
  readonly fixture?: Readonly<Record<string, string>>;
  readonly retest?: Retest;
  /** By role, the certificates that state an uncertainty: part of every reading's u in this run. */
  readonly certificates?: Readonly<Record<string, CertifiedRole>>;
  readonly artefact?: Artefact;
  readonly chart?: Readonly<Record<string, Charted>>;
  readonly baseline?: Baseline;
  readonly walk?: ValidWalk;
  readonly conditioning?: Conditioning;
}

/** Of a run, by the options in its head; undefined: a run like any other. */
export const earlyRunOf = ({ early }: Readonly<Record<string, unknown>>): EarlyRun | undefined =>
  early === "engineering" || early === "regression" ? early : undefined;

/** A periodic check that the bench file asks for. */
export const checkIds = ["golden-check", "challenge-check", "thermocouple-walk"] as const;
export type CheckId = (typeof checkIds)[number];

export interface CheckRule {
  /** Longest time since the last right answer, s. */
  readonly every_s: number;
  /** Artefacts that must each have answered; empty: any one. */
  readonly artefacts: readonly string[];
  /** Whether a simulated bench is held to it. */
  readonly simulated: "waived" | "enforced";
}

/** Where a bench file says nothing (H): a working day for the artefacts, a week for the walk. */
export const defaultChecks: Readonly<Record<CheckId, CheckRule>> = {
  "golden-check": { every_s: 24 * 3600, artefacts: [], simulated: "waived" },
  "challenge-check": { every_s: 24 * 3600, artefacts: [], simulated: "waived" },
  "thermocouple-walk": { every_s: 7 * 24 * 3600, artefacts: [], simulated: "waived" },
};

/** As a preflight is given it: the same questions and rows, and values that a nominal adapter meets. */
export function nominalDeclared(declared: Declared): Declared {
  const { baseline, conditioning, early } = declared;
  const earlier = { run: 0, id: "R000000", hash: "", ended: "" };
  const value = (id: string): Measured => (id.startsWith("th.") ? { value: 30, u: 0.5 } : { value: 1e-4, u: 1e-6 });
  return {
    ...(early ? { early } : {}),
    ...(declared.artefact ? { artefact: declared.artefact } : {}),
    ...(baseline
      ? {
          baseline: {
            ...earlier,
            cycles: 0,
            values: Object.fromEntries(Object.keys(baseline.values).map((id) => [id, value(id)])),
          },
        }
      : {}),
    ...(conditioning
      ? {
          conditioning: {
            ...{ file: "", hash: "", by: "", soak_s: 1e5, warmUp_s: 1e4 },
            humidity: { RH_pct: 50, u_pct: 1, instrument: "" },
          },
        }
      : {}),
  };
}
