/** Where a page stands in what the station tells of a run: the id of its last message, and so its `Last-Event-ID`. */

export interface Place {
  readonly run: number;
  /** Which station told it: numbers of batches mean nothing to another one. */
  readonly boot: string;
  /** Last batch of points. */
  readonly batch: number;
  /** Last event. */
  readonly seq: number;
}

export const nowhere: Place = { run: 0, boot: "", batch: 0, seq: 0 };

export const placeText = ({ run, boot, batch, seq }: Place): string => `${run}.${boot}.${batch}.${seq}`;

/** What is no place is the beginning. */
export function placeIn(text: string | undefined): Place {
  const found = /^(\d{1,15})\.([\w-]{0,20})\.(\d{1,15})\.(\d{1,15})$/.exec(text ?? "");
  const [, run, boot = "", batch, seq] = found ?? [];
  return found ? { run: Number(run), boot, batch: Number(batch), seq: Number(seq) } : nowhere;
}
