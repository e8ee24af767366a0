import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, type Data } from "../../../rig/model/data.ts";
import { type ChainedRun, faultOf, linkOf, noHash, type Sealed, sealOf, seedOf } from "../../../rig/store/chain.ts";
import { anyData } from "./fixture.ts";

function chained(bodies: readonly Data[]): ChainedRun & { readonly sealed: Sealed } {
  const head = canonical({ run: 1, serial: "SN" });
  let hash = seedOf(noHash, head);
  const events = bodies.map((body, i) => {
    const text = canonical({ seq: i + 1, body });
    hash = linkOf(hash, text);
    return { seq: i + 1, text, hash };
  });
  const series = [{ name: "T", unit: "degC", t0_s: null, dt_s: null, hash: "0" }];
  const sealed = { outcome: canonical({ verdict: "fail" }), ended: "now", events: events.length, series };
  return { previous: noHash, head, events, sealed, hash: sealOf(hash, sealed) };
}

const someBodies = fc.array(anyData, { minLength: 1, maxLength: 12 });

test("an untouched chain holds", () => {
  fc.assert(fc.property(someBodies, (bodies) => faultOf(chained(bodies)) === undefined));
});

test("E5: changing any character of any event is found at that event", () => {
  fc.assert(
    fc.property(someBodies, fc.nat(), fc.nat(), (bodies, pick, at) => {
      const run = chained(bodies);
      const index = pick % run.events.length;
      const events = run.events.map((event, i) => {
        if (i !== index) return event;
        const place = at % event.text.length;
        const other = event.text[place] === "x" ? "y" : "x";
        return { ...event, text: event.text.slice(0, place) + other + event.text.slice(place + 1) };
      });
      expect(faultOf({ ...run, events })).toContain(`event ${index + 1} `);
    }),
  );
});

test("E5: removing any event, also the last, is found", () => {
  fc.assert(
    fc.property(someBodies, fc.nat(), (bodies, pick) => {
      const run = chained(bodies);
      const index = pick % run.events.length;
      const events = run.events.filter((_, i) => i !== index);
      expect(faultOf({ ...run, events })).toBeDefined();
      const renumbered = events.map((event, i) => ({ ...event, seq: i + 1 }));
      expect(faultOf({ ...run, events: renumbered })).toBeDefined();
    }),
  );
});

test("a changed head, outcome, series or predecessor is found", () => {
  const run = chained([1, 2]);
  const { sealed } = run;
  const series = [{ name: "T", unit: "degC", t0_s: null, dt_s: null, hash: "1" }];
  expect(faultOf({ ...run, head: canonical({ run: 1, serial: "SX" }) })).toBeDefined();
  expect(faultOf({ ...run, previous: "1".repeat(64) })).toBeDefined();
  expect(faultOf({ ...run, sealed: { ...sealed, outcome: canonical({ verdict: "pass" }) } })).toBeDefined();
  expect(faultOf({ ...run, sealed: { ...sealed, series } })).toBeDefined();
});

test("canonical text does not depend on the order of keys and keeps what it is given", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anyData), (object) => {
      const turned = Object.fromEntries(Object.entries(object).reverse());
      expect(canonical(turned)).toBe(canonical(object));
      expect(canonical(JSON.parse(canonical(object)) as Data)).toBe(canonical(object));
      expect(canonical(object)).not.toContain("\n");
    }),
  );
});
