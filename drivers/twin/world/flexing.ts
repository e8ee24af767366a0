/** Contacts that open now and then while cable and body are flexed: when is drawn from the adapter's seed. */
import { randomOf } from "../random.ts";
import { type AdapterUnderTest, throughPins } from "./adapterUnderTest.ts";
import type { Agenda } from "./agenda.ts";
import { lists, type PathList } from "./conductors.ts";

export interface Flexing {
  flex(on: boolean): void;
  /** Element that is open now, by its id in the circuit. */
  isOpen(id: string): boolean;
}

/** `moved` is called after each opening and closing. */
export function createFlexing(adapter: AdapterUnderTest, agenda: Agenda, moved: () => void): Flexing {
  const open = new Set<string>();
  const cancels = new Map<string, () => void>();
  let flexed = 0;
  let on = false;

  const begin = (list: PathList, pin: (typeof throughPins)[number]): void => {
    const intermittent = adapter[list][pin]?.intermittent;
    if (!intermittent) return;
    const path = list === "paths" ? pin : `2.${pin}`;
    const id = `A.${path}.${intermittent.at}`;
    const random = randomOf(adapter.seed, `intermittent ${path} ${flexed}`);
    const after = (for_s: number, then: () => void): void => {
      cancels.set(id, agenda.schedule(agenda.now_s() + for_s, then));
    };
    const next = (): void => after(-Math.log(1 - random.next()) / intermittent.per_s, opens);
    const opens = (): void => {
      open.add(id);
      moved();
      after(intermittent.open_s, () => {
        open.delete(id);
        moved();
        next();
      });
    };
    next();
  };

  return {
    flex(wanted) {
      if (wanted === on) return;
      on = wanted;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
      if (on) {
        for (const list of lists) for (const pin of throughPins) begin(list, pin);
        flexed += 1;
      } else if (open.size > 0) {
        open.clear();
        moved();
      }
    },
    isOpen: (id) => open.has(id),
  };
}
