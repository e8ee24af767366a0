/**
 * Units of a coverage run tried again by bytes (bytesRun.ts), and where they ended otherwise than by kind twins.
 */
import type { ByBytes, UnitResult } from "../../model/coverage.ts";

interface Trials {
  tryByBytes(unit: number): Promise<UnitResult>;
  nearRows(unit: number): Promise<ReadonlySet<string>>;
}

export async function compareByBytes(
  trials: Trials,
  results: readonly UnitResult[],
  units: number,
  tell: () => void,
): Promise<{ readonly units: number; readonly different: readonly ByBytes[] }> {
  const different: ByBytes[] = [];
  for (const kind of spread(results, units)) {
    const bytes = await trials.tryByBytes(kind.unit);
    if (bytes.verdict !== kind.verdict || bytes.by !== kind.by) {
      const short = ({ verdict, by }: UnitResult) => ({ verdict, by });
      const near = noiseDecides(kind, bytes, await trials.nearRows(kind.unit));
      different.push({ unit: kind.unit, class: kind.class, near, kind: short(kind), bytes: short(bytes) });
    }
    tell();
  }
  return { units, different };
}

/** Units from all classes, as many of each as its share: at even steps by number they could all be of one class. */
export function spread(results: readonly UnitResult[], units: number): readonly UnitResult[] {
  const byClass = results.toSorted((a, b) => (a.class === b.class ? a.unit - b.unit : a.class < b.class ? -1 : 1));
  return Array.from({ length: units }, (_, i) => byClass[Math.floor((i * byClass.length) / units)] as UnitResult);
}

/**
 * A unit near a limit may pass or fail. One that is faulty elsewhere may fail at a judgement that is near too; what is left
 * without those must agree: the row that fails first, where both runs came to one.
 */
function noiseDecides(kind: UnitResult, bytes: UnitResult, near: ReadonlySet<string>): boolean {
  if (kind.standing === "near") return true;
  if (kind.verdict !== bytes.verdict) return false;
  const sure = ({ rows }: UnitResult): string | undefined => rows.find((row) => !near.has(row));
  const [a, b] = [sure(kind), sure(bytes)];
  const leftOut = [...kind.rows, ...bytes.rows].some((row) => near.has(row));
  return leftOut && (a === b || a === undefined || b === undefined);
}
