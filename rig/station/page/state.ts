/** What the page knows of the station: all views read from here. */
import { computed, signal } from "@preact/signals";
import type { WiringNote } from "../../../reports/faces/wiringNote.ts";
import type { BenchState } from "../bench.ts";
import type { Curve } from "../curve.ts";
import type { StateAt } from "../live.ts";
import type { Prediction } from "../thermalLines.ts";

export interface Me {
  readonly name: string;
  readonly role: "technician" | "engineer" | "qa" | "administrator";
  readonly csrf: string;
}

/** A judgement as the record has it (rig/model/verdict.ts). */
export interface Judged {
  readonly id: string;
  readonly verdict: string;
  readonly subject: "adapter" | "rig";
  readonly contacts: readonly string[];
  readonly meaning?: string;
  readonly reading: {
    readonly is: string;
    readonly unit: string;
    readonly value?: number;
    readonly bound?: number;
    readonly code?: string;
  };
}

export interface NoteShown {
  readonly kind: string;
  readonly by: string;
  readonly utc: string;
  readonly text: string;
}

export interface StepNow {
  readonly path: string;
  readonly from_s: number;
}

export const me = signal<Me | undefined>(undefined);
export const asked = signal(false);
export const bench = signal<BenchState | undefined>(undefined);
/** Which of the station's states `bench` is; no boot when nothing has come by this stream yet. */
export const benchAt = signal<StateAt>({ boot: "", number: 0 });
/** The state with the run whose start or resumption was accepted last. */
export const begunAt = signal<StateAt | undefined>(undefined);
/** It was accepted, and what `bench` knows is of before it. A station that was started anew knows nothing of it. */
export const starting = computed(() => {
  const [has, begun] = [benchAt.value, begunAt.value];
  return begun !== undefined && (has.boot === "" || (has.boot === begun.boot && has.number < begun.number));
});
/** Why the station cannot read the record of the run at present. */
export const unread = signal<string | undefined>(undefined);
export const route = signal(location.hash || "#/");

/** A label that was scanned while no field had the focus, on its way to the start page. */
export const scanned = signal<string | undefined>(undefined);

/** Of the run that `bench` names. */
export const judged = signal<readonly Judged[]>([]);
export const steps = signal<readonly StepNow[]>([]);
export const stepsDone = signal<readonly string[]>([]);
export const bench_s = signal(0);
/** Notes of the wiring screen, as the record has them. */
export const wiring = signal<readonly WiringNote[]>([]);
/** What people wrote and sent while it ran, as the record has it. */
export const notes = signal<readonly NoteShown[]>([]);
/** Final rises that the procedure predicted, as the record has them. */
export const predictions = signal<readonly Prediction[]>([]);
/** Ids of the judgements that are planned. */
export const planned = signal<readonly string[]>([]);
/** What was asked by hand, and the answers. */
export interface ManualNote {
  readonly command: string;
  readonly done: boolean;
  readonly answer?: unknown;
  readonly why?: string;
  /** By role, as last read back. */
  readonly closed: Readonly<Record<string, readonly string[]>>;
}
export const manualNotes = signal<readonly ManualNote[]>([]);
export const curves = new Map<string, Curve>();
export const curvesVersion = signal(0);

export function forget(): void {
  judged.value = [];
  steps.value = [];
  stepsDone.value = [];
  bench_s.value = 0;
  wiring.value = [];
  notes.value = [];
  predictions.value = [];
  planned.value = [];
  manualNotes.value = [];
  curves.clear();
  curvesVersion.value += 1;
}
