/**
 * One measured curve in bounded memory, the same in the station and on the page: every point as long as there is room;
 * then the smallest and the largest of each span of time, so that no peak is ever lost. Spans lie on a grid that all
 * curves share: curves of one scan keep common times.
 */
const points_max = 2048;
/** First width of a span, s; doubled as the run goes on. */
const narrowest_s = 1 / 64;

interface Span {
  /** The span is from `at` x width to (`at` + 1) x width, s. */
  readonly at: number;
  min: number;
  max: number;
  /** The smallest came before the largest. */
  rising: boolean;
}

export class Curve {
  readonly unit: string;
  private exact: { t_s: number[]; values: number[] } | undefined = { t_s: [], values: [] };
  private spans: Span[] = [];
  private width_s = narrowest_s;
  private end_s = Number.NEGATIVE_INFINITY;
  private newest: number | undefined;

  constructor(unit: string) {
    this.unit = unit;
  }

  /** Points that are not later than the last one are known already. */
  add(t_s: readonly number[], values: readonly number[]): void {
    for (let i = 0; i < t_s.length; i += 1) {
      const [t, value] = [t_s[i] ?? Number.NaN, values[i] ?? Number.NaN];
      if (!(t > this.end_s) || !Number.isFinite(value)) continue;
      this.end_s = t;
      this.newest = value;
      if (this.exact) this.addExact(this.exact, t, value);
      else this.addSpan(t, value);
    }
  }

  /** Last value that was measured. */
  get last(): number | undefined {
    return this.newest;
  }

  /** Time of the last value, s; minus infinity before the first. */
  get until_s(): number {
    return this.end_s;
  }

  /** What is drawn, in order of time; at most 2048 points. In a span its two values stand at one and three quarters. */
  drawn(): { readonly t_s: readonly number[]; readonly values: readonly number[] } {
    if (this.exact) return this.exact;
    const t_s: number[] = [];
    const values: number[] = [];
    for (const { at, min, max, rising } of this.spans) {
      t_s.push((at + 0.25) * this.width_s, (at + 0.75) * this.width_s);
      values.push(rising ? min : max, rising ? max : min);
    }
    return { t_s, values };
  }

  private addExact(exact: { t_s: number[]; values: number[] }, t: number, value: number): void {
    exact.t_s.push(t);
    exact.values.push(value);
    if (exact.t_s.length < points_max) return;
    this.exact = undefined;
    for (const [i, at_s] of exact.t_s.entries()) {
      this.addSpan(at_s, exact.values[i] ?? value);
    }
  }

  private addSpan(t: number, value: number): void {
    const at = Math.floor(t / this.width_s);
    const open = this.spans.at(-1);
    if (open?.at === at) join(open, { at, min: value, max: value, rising: true });
    else this.spans.push({ at, min: value, max: value, rising: true });
    if (this.spans.length > points_max / 2) this.widen();
  }

  /** Two spans of the grid become one. */
  private widen(): void {
    const old = this.spans;
    this.width_s *= 2;
    this.spans = [];
    for (const span of old) {
      const at = Math.floor(span.at / 2);
      const open = this.spans.at(-1);
      if (open?.at === at) join(open, span);
      else this.spans.push({ ...span, at });
    }
  }
}

/** `next` is later. */
function join(open: Span, next: Span): void {
  const lower = next.min < open.min;
  const higher = next.max > open.max;
  if (lower && higher) open.rising = next.rising;
  else if (lower) open.rising = false;
  else if (higher) open.rising = true;
  if (lower) open.min = next.min;
  if (higher) open.max = next.max;
}
