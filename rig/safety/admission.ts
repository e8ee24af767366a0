/** The gate before every call that switches or energises, and the latch that keeps a trip until a person clears it. */
import type { DaqChannel } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Reading } from "../model/reading.ts";
import type { Call } from "../plan/commands.ts";
import type { Admission, AdmitContext } from "../plan/parts.ts";
import { intoChargedOutput, meterLimits, unknownRelays } from "./callRules.ts";
import { effectOf } from "./effect.ts";
import { Feedback } from "./feedback.ts";
import { Latch } from "./latch.ts";
import { Ramp } from "./ramp.ts";
import { codeOfRule, isEnergised, openInterlocks, type Violation, violations, watchList } from "./rules.ts";
import type { LineEdge, SafetyLayer, SafetyOptions } from "./safetyLayer.ts";
import { ScanAge } from "./scanAge.ts";
import {
  after,
  afterFailure,
  atRest,
  type BenchState,
  drivenCurrent,
  modeOf,
  noCurrent_A,
  readingsOf,
  revised,
} from "./state.ts";
import { switchingViolations } from "./switching.ts";
import { Watch } from "./watch.ts";

export type { LineEdge, SafetyLayer, SafetyOptions } from "./safetyLayer.ts";

export const createSafety = (options: SafetyOptions): SafetyLayer => new Gate(options);

class Gate implements SafetyLayer {
  readonly #options: SafetyOptions;
  readonly #watch: Watch;
  /** The most and the least that the bench may be doing; they differ after a call that did not confirm. */
  #state: BenchState = atRest;
  #least: BenchState = atRest;
  readonly #latch: Latch;
  readonly #age = new ScanAge();
  readonly #feedback: Feedback;
  readonly #ramp: Ramp;
  readonly #expected = new Set<string>();
  #scanned: Readonly<Record<"list" | "both", readonly DaqChannel[]>> & { readonly scan: readonly number[] } = {
    ...{ list: [], both: [] },
    scan: [],
  };
  /** Frozen levels as `lines` gave them last, and what they were merged into. */
  #taken: Readonly<Record<string, boolean>> | undefined;
  #merged: BenchState["lines"] = {};

  constructor(options: SafetyOptions) {
    this.#options = options;
    this.#watch = new Watch(options.bench);
    this.#ramp = new Ramp(options.bench, options.clock);
    this.#feedback = new Feedback(options.bench, options.feedback_ms ?? 0);
    this.#latch = new Latch(options.latch, options.note ?? (() => undefined));
  }

  get tripped(): AbortSignal {
    return this.#latch.signal;
  }

  state(): BenchState {
    return this.#state;
  }

  latched(): Violation | undefined {
    return this.#latch.cause;
  }

  admit(call: Call, context: AdmitContext): Admission {
    const asked = this.wouldAdmit(call, context);
    if (asked.ok || this.#latch.cause) return asked;
    const { rule, why, code } = asked;
    this.#latch.refuse({ rule, why }, new RigError(code, `${call.role}.${call.op} refused by ${rule}: ${why}`));
    return asked;
  }

  wouldAdmit(call: Call, context: AdmitContext): Admission {
    const latched = this.#refusal();
    if (latched) return latched;
    const effect = effectOf(call);
    if (effect === "read" || effect === "lower") return { ok: true };
    this.#takeLines();
    const { bench } = this.#options;
    const before: BenchState =
      this.#state.monitored === context.monitored
        ? this.#state
        : revised(this.#state, { monitored: context.monitored });
    const next = after(bench, before, call);
    const found =
      unknownRelays(bench, call)[0] ??
      (effect === "energise" ? (openInterlocks(bench, next.lines)[0] ?? this.#disagreeing()[0]) : undefined) ??
      violations(bench, next)[0] ??
      (call.kind === "matrix" ? switchingViolations(bench, before, next.closed, this.#least.closed)[0] : undefined) ??
      meterLimits(bench, call)[0] ??
      intoChargedOutput(bench, before, next)[0] ??
      this.#ramp.violation(this.#least, next);
    return found ? { ok: false, rule: found.rule, why: found.why, code: codeOfRule(found.rule) } : { ok: true };
  }

  #refusal(): Admission | undefined {
    const { cause } = this.#latch;
    return cause && { ok: false, rule: "latched", why: `${cause.rule}: ${cause.why}`, code: "SWITCHING_REFUSED" };
  }

  recheck(call: Call): Admission {
    const latched = this.#refusal();
    if (latched) return latched;
    const effect = effectOf(call);
    if (effect === "read" || effect === "lower") return { ok: true };
    this.#takeLines();
    this.#checkLines();
    const { bench } = this.#options;
    const next = after(bench, this.#state, call);
    const concerned = effect === "energise" || isEnergised(bench, next);
    const open = concerned ? openInterlocks(bench, next.lines)[0] : undefined;
    if (open) this.#latch.trip({ rule: open.rule, why: open.why }, "INTERLOCK_OPEN");
    const refused = this.#refusal();
    if (refused) return refused;
    this.#leaves(call);
    return { ok: true };
  }

  /** From here on the frame may be under way: what it may do is believed before it is known. */
  #leaves(call: Call): void {
    if (call.kind === "matrix") this.#feedback.moving(true);
    if (call.kind !== "insulation" || call.op !== "output") return;
    // A safe-off that begins before the answer must wait for the bleeder.
    const { low_s: _low_s, ...insulation } = this.#state.insulation;
    this.#state = { ...this.#state, insulation: { ...insulation, charged: true } };
  }

  check(): void {
    this.#checkFeedback();
    if (this.#options.realTime !== true) return;
    const driven = drivenCurrent(this.#options.bench, this.#state) > noCurrent_A;
    const daq = Object.values(this.#options.bench.instruments).find(({ kind }) => kind === "daq");
    const found = this.#age.check(driven, this.#wall_ms(), daq?.role ?? "the bench");
    if (found) this.#latch.trip(found, "TRIPPED");
  }

  /** At rest it refuses whatever energises; the self-check and safe-off judge it by name. */
  #checkFeedback(): void {
    this.#takeLines();
    const { source, enable, maybeCurrent } = this.#state;
    const found = this.#disagreeing()[0];
    if (found && (source.on || enable || maybeCurrent)) this.#latch.trip(found, "CONTACTOR_FEEDBACK");
  }

  #disagreeing(): readonly Violation[] {
    const believed = { most: this.#state.closed, least: this.#least.closed, lines: this.#state.lines };
    const found = this.#feedback.check(believed, this.#wall_ms());
    return found ? [found] : [];
  }

  #wall_ms(): number {
    return this.#options.clock.wall_ms?.() ?? performance.now();
  }

  settled(call: Call, reply: Data): void {
    const { bench } = this.#options;
    this.#become(after(bench, this.#state, call, reply), after(bench, this.#least, call, reply), call);
    // A line may have changed since the call was admitted.
    const changes = effectOf(call) !== "read";
    if (changes) this.#takeLines();
    if (changes || call.kind === "gpio") this.#checkLines();
    if (call.kind === "matrix") this.#feedback.moving(false);
    if (!this.#options.feedback_ms) this.#checkFeedback();
    const readings = readingsOf(call, reply);
    if (readings) this.#watchScan(call, readings);
  }

  #watchScan(call: Call, readings: Readonly<Record<string, Reading>>): void {
    const { bench } = this.#options;
    this.#age.scanned(this.#wall_ms());
    const { envelope } = bench;
    const earth = modeOf(bench, this.#state) === "earth";
    const found = this.#watch.scan(readings, {
      sourceOn: this.#state.source.on,
      watched: call.op === "next" ? this.#inScan(watchList(bench, this.#state)) : [],
      source_V: this.#state.source.voltage_V,
      limit_A: earth ? envelope.earth_current_A : envelope.power_current_A,
      raised_s: this.#ramp.raised_s,
      changed_s: this.#ramp.changed_s,
    });
    if (found) this.#latch.trip(found, "TRIPPED");
  }

  /** Channels of a list that the running scan gives; the same scan is asked for again and again. */
  #inScan(list: readonly DaqChannel[]): readonly DaqChannel[] {
    const { scan } = this.#state;
    if (this.#scanned.list !== list || this.#scanned.scan !== scan) {
      this.#scanned = { list, scan, both: list.filter(({ channel }) => scan.includes(channel)) };
    }
    return this.#scanned.both;
  }

  failed(call: Call, _error: RigError): void {
    const { bench } = this.#options;
    this.#become(afterFailure(bench, this.#state, call), afterFailure(bench, this.#least, call, "least"), call);
    if (call.kind === "matrix") this.#feedback.moving(false);
  }

  provePe(): void {
    this.#state = { ...this.#state, peProved: true };
  }

  line(edge: LineEdge): void {
    const was = this.#state.lines[edge.line];
    this.#state = { ...this.#state, lines: { ...this.#state.lines, [edge.line]: edge.high } };
    if (edge.line.startsWith(nestLines) && was !== edge.high) this.#newMating();
    this.#checkLines();
    if (!this.#options.feedback_ms) this.#checkFeedback();
  }

  /** The nest tells that an adapter came or went: what was proved of the last mating says nothing of the next. */
  #newMating(): void {
    this.#state = { ...this.#state, peProved: false };
    this.#watch.forget();
  }

  lostEdges(edges: number): void {
    this.#takeLines();
    this.#state = { ...this.#state, peProved: false };
    this.#checkLines();
    if (!this.#isLive()) return;
    const why = `${edges} edges of the safety lines were lost: an interlock may have opened and closed again unseen`;
    this.#latch.trip({ rule: "interlock-lost", why }, "INTERLOCK_OPEN");
  }

  #isLive(): boolean {
    return isEnergised(this.#options.bench, this.#state) || this.#state.maybeCurrent;
  }

  expectPress(line: string, on: boolean, by?: string): void {
    if (on) {
      this.#expected.add(line);
      return;
    }
    if (!this.#expected.delete(line)) return;
    if (by === undefined) this.#checkLines();
    else this.#latch.record(by, { rule: "interlock-open", why: `${line} was pressed for its check` });
  }

  async safeOff(why: string): Promise<Data> {
    this.#feedback.moving(true);
    const evidence = await this.#options.safeOff(why).finally(() => this.#feedback.moving(false));
    // What was proved is in the evidence; the earth of this mating must be proved again.
    const { lines, closed, source } = this.#state;
    const done = (evidence as { readonly ok?: unknown } | null)?.ok === true;
    if (done) this.#least = atRest;
    this.#state = done ? { ...atRest, lines } : { ...this.#state, closed, source, peProved: false };
    this.#watch.forget();
    return evidence;
  }

  reset(by: string): void {
    if (by.trim() === "") throw new RigError("USAGE", "who clears the trip? give a name");
    this.#takeLines();
    const open = openInterlocks(this.#options.bench, this.#state.lines).find((one) => !one.watchdog);
    if (open) throw new RigError("INTERLOCK_OPEN", `${open.why}: it must be healthy before ${by} can reset`, {});
    this.#latch.clear(by);
    this.#watch.forget();
    this.#state = { ...this.#state, peProved: false };
  }

  #become(next: BenchState, least: BenchState, call: Call): void {
    if (call.kind === "source" || call.kind === "load") this.#ramp.moved(this.#state, next);
    this.#state = next;
    this.#least = least;
  }

  #takeLines(): void {
    const now = this.#options.lines?.();
    const { lines } = this.#state;
    // Levels that cannot have changed since they were merged; what is not frozen is compared.
    if (!now || (now === this.#taken && lines === this.#merged)) return;
    if (Object.keys(now).some((line) => now[line] !== lines[line])) {
      this.#state = { ...this.#state, lines: { ...lines, ...now } };
    }
    if (!Object.isFrozen(now)) return;
    this.#taken = now;
    this.#merged = this.#state.lines;
  }

  #checkLines(): void {
    const { bench } = this.#options;
    const all = openInterlocks(bench, this.#state.lines);
    if (all.length === 0) return;
    const open = all.filter((one) => one.rule === "interlock-open");
    if (open.length === 0) return;
    // With a lid open or the stop pressed, somebody may exchange the adapter.
    if (open.some((one) => !one.watchdog)) this.#state = { ...this.#state, peProved: false };
    const live = this.#isLive();
    const trip = open.find((one) => live || !(one.access || one.watchdog || this.#expected.has(one.line)));
    if (trip) this.#latch.trip({ rule: trip.rule, why: trip.why }, "INTERLOCK_OPEN");
  }
}

/** Coding lines of the nests (bench RB-1). */
const nestLines = "NEST";
