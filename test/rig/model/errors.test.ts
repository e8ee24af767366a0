import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { asRigError, catalogue, type ErrorCode, isForPlan, RigError } from "../../../rig/model/errors.ts";

const codes = Object.keys(catalogue) as ErrorCode[];

/** Rows of the tables in docs/errors.md: code, kind, remedy. */
const rows = readFileSync("docs/errors.md", "utf8")
  .split("\n")
  .flatMap((line) => {
    const found = /^\| `([A-Z_]+)` \| ([a-z]+) \| (.*) \|$/.exec(line);
    return found ? [found.slice(1)] : [];
  });

describe("docs/errors.md", () => {
  test("lists every code once, and no other", () => {
    expect(rows.map(([code]) => code).sort()).toEqual([...codes].sort());
  });

  test("gives kind and remedy as the program does", () => {
    expect(rows.map(([code, kind, remedy]) => ({ code, kind, remedy }))).toEqual(
      rows.map(([code]) => ({ code, ...catalogue[code as ErrorCode] })),
    );
  });
});

describe("an error of the rig", () => {
  test.each(codes)("%s ends its message with the code and names kind and remedy", (code) => {
    const error = new RigError(code, "what happened", { line: 3 });
    expect(error.message).toBe(`what happened [${code}]`);
    expect({ kind: error.kind, remedy: error.remedy }).toEqual(catalogue[code]);
    expect(error.facts).toEqual({ line: 3 });
  });

  test.each(codes)("%s has a remedy of one sentence or more on one line", (code) => {
    expect(catalogue[code].remedy).toMatch(/^[A-Z][^\n]*\.$/);
  });

  test("a plan may handle trouble on the wire and in measuring, and nothing else", () => {
    const handled = codes.filter((code) => isForPlan(new RigError(code, "x"))).map((code) => catalogue[code].kind);
    expect(new Set(handled)).toEqual(new Set(["communication", "measurement"]));
    expect(isForPlan(new Error("x"))).toBe(false);
  });

  test("what is thrown by others becomes a programming error that keeps its cause", () => {
    const cause = new TypeError("x is not a function");
    const error = asRigError(cause);
    expect(error).toMatchObject({ code: "PLAN_INVALID", kind: "programming", cause });
    expect(asRigError("text").message).toContain("text");
  });

  test("an error of the rig stays what it is", () => {
    const error = new RigError("PORT_LOST", "gone");
    expect(asRigError(error)).toBe(error);
  });
});
