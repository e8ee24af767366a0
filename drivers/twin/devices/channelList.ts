/** Channel lists of Keysight switch units: `(@101:103,201)`; a range runs over the channels of the slots between. */
import { scpiErrors } from "./scpiError.ts";

const SLOTS = 3;
/** DAQM901A: 20 channels for voltage and temperature; 21 and 22 are for current and not wired here. */
const PER_SLOT = 20;

/** @throws ScpiError -102 for text that is no list, -222 for a channel that the modules have not */
export function channelList(text: string): number[] {
  const inside = /^\(\s*@\s*(.*?)\s*\)$/.exec(text)?.[1];
  if (inside === undefined) throw scpiErrors.syntax();
  if (inside === "") return [];
  const found = new Set<number>();
  for (const part of inside.split(",")) {
    const match = /^\s*(\d{3})\s*(?::\s*(\d{3})\s*)?$/.exec(part);
    if (match === null) throw scpiErrors.syntax();
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (!exists(first) || !exists(last) || last < first) throw scpiErrors.outOfRange();
    for (let channel = first; channel <= last; channel++) if (exists(channel)) found.add(channel);
  }
  // A scan runs in ascending order of channel numbers unless ROUTe:SCAN:ORDered is off.
  return [...found].sort((a, b) => a - b);
}

function exists(channel: number): boolean {
  const slot = Math.floor(channel / 100);
  const number = channel % 100;
  return slot >= 1 && slot <= SLOTS && number >= 1 && number <= PER_SLOT;
}

export const allChannels = (): number[] => channelList(`(@101:${SLOTS}${PER_SLOT})`);
