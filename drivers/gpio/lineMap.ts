/** Which line of a chip is which line of the bench file. Written `EN=17:out,ESTOP=9:in` where it passes as an argument. */
import type { GpioLine } from "../../rig/model/bench.ts";
import { RigError } from "../../rig/model/errors.ts";

export interface MappedLine {
  /** Offset on the chip, from 0. */
  readonly offset: number;
  readonly direction: "in" | "out";
}

/** By the line's name in the bench file. */
export type LineMap = Readonly<Record<string, MappedLine>>;

/** The lines of a bench file. */
export function lineMapOf(lines: Readonly<Record<string, Pick<GpioLine, "direction" | "line">>>): LineMap {
  return Object.fromEntries(
    Object.entries(lines).map(([id, { direction, line }]) => [id, { offset: line, direction }]),
  );
}

export function formatLineMap(map: LineMap): string {
  return Object.entries(map)
    .map(([id, { offset, direction }]) => `${id}=${offset}:${direction}`)
    .join(",");
}

/** @throws RigError USAGE naming the entry that is wrong. */
export function parseLineMap(text: string): LineMap {
  const map: Record<string, MappedLine> = Object.create(null);
  const taken = new Map<number, string>();
  for (const entry of text.split(",")) {
    const [, id, digits, direction] = /^([^=,]+)=(\d{1,9}):(in|out)$/.exec(entry) ?? [];
    if (id === undefined || digits === undefined || (direction !== "in" && direction !== "out"))
      throw new RigError("USAGE", `"${entry}" maps no line: write NAME=17:out or NAME=9:in`, { entry });
    const offset = Number(digits);
    const other = taken.get(offset);
    if (id in map || other !== undefined)
      throw new RigError("USAGE", `"${entry}": ${other === undefined ? id : `line ${offset}`} is mapped twice`, {
        entry,
      });
    taken.set(offset, id);
    map[id] = { offset, direction };
  }
  return map;
}
