import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, type Data, hashOf, sha256 } from "../../../rig/model/data.ts";

const anyData = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Data);

/** The same data with the members of every object in reverse order. */
function reversed(data: Data): Data {
  if (Array.isArray(data)) return data.map(reversed);
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(
    Object.entries(data)
      .reverse()
      .map(([key, value]) => [key, reversed(value)]),
  );
}

describe("canonical text", () => {
  test("reads back as the same data", () => {
    fc.assert(
      fc.property(anyData, (data) => {
        expect(JSON.parse(canonical(data))).toEqual(data);
      }),
    );
  });

  test("and hash do not depend on the order of keys", () => {
    fc.assert(
      fc.property(anyData, (data) => {
        expect(canonical(reversed(data))).toBe(canonical(data));
        expect(hashOf(reversed(data))).toBe(hashOf(data));
      }),
    );
  });

  test("is equal exactly when the data are", () => {
    fc.assert(
      fc.property(anyData, anyData, (a, b) => {
        expect(canonical(a) === canonical(b)).toBe(isDeepStrictEqual(a, b));
      }),
    );
  });

  test("of a record's parts has sorted keys and no spaces", () => {
    expect(canonical({ b: [1, "x", null], a: { d: true, c: 0.1 } })).toBe('{"a":{"c":0.1,"d":true},"b":[1,"x",null]}');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s at any depth", (value) => {
    expect(() => canonical({ a: [{ b: value }] })).toThrow(TypeError);
  });

  test("keeps every finite number exactly", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(canonical(value)) === value).toBe(true);
      }),
    );
  });
});

describe("the hash", () => {
  test("is SHA-256 (FIPS 180-4, message abc)", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  test("of data is that of the canonical text", () => {
    expect(hashOf({ b: 1, a: 2 })).toBe(sha256('{"a":2,"b":1}'));
  });
});
