import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EdgeCount } from "../../../drivers/gpio/edgeCount.ts";

describe("the count of edges", () => {
  it("finds exactly the edges that were thrown away, also where the kernel's number wraps", () => {
    const kept = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(kept, fc.constantFrom(0, 2 ** 32 - 50), (keep, begin) => {
        const count = new EdgeCount();
        // Bring it to the beginning: one edge with that number.
        const before = begin === 0 ? 0 : count.take(begin);
        let lost = 0;
        keep.forEach((kept, index) => {
          if (kept) lost += count.take((begin + index + 1) % 2 ** 32);
        });
        const last = keep.lastIndexOf(true);
        expect(lost).toBe(keep.slice(0, last + 1).filter((kept) => !kept).length);
        expect(before).toBe(Math.max(0, begin - 1));
        expect(count.number).toBe(begin + last + 1);
      }),
    );
  });

  it("gives edges of its own numbers between, without a gap", () => {
    const count = new EdgeCount();
    count.take(1);
    expect(count.make()).toBe(2);
    expect(count.take(2)).toBe(0);
    expect(count.number).toBe(3);
  });
});
