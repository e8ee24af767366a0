import { expect, test } from "vitest";
import { createAgenda } from "../../../drivers/twin/world/agenda.ts";

test("what is due a rounding error later is due now, and time does not go back by it", () => {
  const agenda = createAgenda();
  const done: number[] = [];
  const due_s = 0.1 + 0.2;
  agenda.schedule(due_s, () => done.push(agenda.now_s()));
  expect(due_s).toBeGreaterThan(0.3);
  agenda.advance(0.3);
  expect(done).toEqual([due_s]);
  agenda.advance(0.3);
  expect(agenda.now_s()).toBe(due_s);
  expect(() => agenda.advance(0.29)).toThrow(RangeError);
});
