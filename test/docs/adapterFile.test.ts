import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  adapterFrom,
  adapterSchema,
  parseAdapterUnderTest,
  pathOf,
  throughPins,
} from "../../drivers/twin/world/adapterUnderTest.ts";
import { deviationsSchema, parseDeviations } from "../../drivers/twin/world/deviations.ts";
import { createWorld } from "../../drivers/twin/world/world.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";

const text = readFileSync("docs/adapter-file.md", "utf8");
const [ofAdapter = "", ofBench = ""] = text.split("\n## Bench deviations\n");

interface Shape {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly required?: readonly string[];
}

interface Field {
  readonly path: string;
  /** As the document writes it; undefined where the program fills nothing in by itself. */
  readonly default: string | undefined;
}

/** All fields of a schema: `a.b`, `list[].a`, `record.*.a`. */
function fieldsOf(shape: Shape, at = ""): Field[] {
  const found: Field[] = [];
  const visit = (path: string, inner: Shape, isRequired: boolean): void => {
    const given = inner.default === undefined ? undefined : JSON.stringify(inner.default);
    found.push({ path, default: isRequired ? "required" : given });
    found.push(...fieldsOf(inner, path));
  };
  for (const [key, inner] of Object.entries(shape.properties ?? {})) {
    visit(at === "" ? key : `${at}.${key}`, inner, shape.required?.includes(key) ?? false);
  }
  const { additionalProperties: each, items } = shape;
  if (typeof items === "object") found.push(...fieldsOf(items, `${at}[]`));
  for (const one of shape.anyOf ?? []) found.push(...fieldsOf(one, at));
  if (typeof each !== "object") return found;
  // A record of plain values is a field of its own; a record of objects is described by their fields.
  if (each.properties) found.push(...fieldsOf(each, `${at}.*`));
  else visit(`${at}.*`, each, true);
  return found;
}

const shapeOf = (schema: z.ZodType): Shape => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;

/** Rows of the tables: field to the default that the document gives. */
function rowsOf(part: string): ReadonlyMap<string, string> {
  const rows = part.split("\n").flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const name = /^`([^`]+)`$/.exec(cells[1] ?? "")?.[1];
    return cells.length === 7 && name !== undefined ? [[name, cells[4] ?? ""] as const] : [];
  });
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  return new Map(rows);
}

const parts = [
  { name: "adapter files", rows: rowsOf(ofAdapter), fields: fieldsOf(shapeOf(adapterSchema)) },
  { name: "bench deviations", rows: rowsOf(ofBench), fields: fieldsOf(shapeOf(deviationsSchema)) },
];

describe("docs/adapter-file.md", () => {
  test.each(parts)("lists every field of $name, and no other", ({ rows, fields }) => {
    expect(fields.length).toBeGreaterThan(10);
    expect([...rows.keys()].sort()).toEqual(fields.map((field) => field.path).sort());
  });

  test.each(parts)("gives the defaults of $name as the program has them", ({ rows, fields }) => {
    const known = fields.filter((field) => field.default !== undefined);
    expect(known.map(({ path }) => [path, rows.get(path)])).toEqual(
      // Numbers are compared as numbers: 2e-11 may be written as a person would.
      known.map(({ path, default: given }) => [path, sameNumber(rows.get(path), given) ? rows.get(path) : given]),
    );
  });

  test("gives the resistances of a healthy adapter as the twin has them", () => {
    const healthy = adapterFrom({ adapter: "x", family: "A" });
    for (const pin of throughPins) {
      const cells =
        ofAdapter
          .split("\n")
          .find((line) => line.startsWith(`| ${pin} |`))
          ?.split("|") ?? [];
      const { evse_contact_ohm, bar_ohm, ev_contact_ohm } = pathOf(healthy, pin);
      expect(cells.slice(2, 5).map(Number)).toEqual([evse_contact_ohm, bar_ohm, ev_contact_ohm]);
    }
  });

  const examples = [...text.matchAll(/```yaml\n# (adapter|bench)\n([\s\S]*?)```/g)].map((found, n) => ({
    n,
    kind: found[1],
    yaml: found[2] ?? "",
  }));

  test.each(examples)("example $n ($kind) is accepted by the twin", ({ kind, yaml }) => {
    const healthy = adapterFrom({ adapter: "healthy", family: "A" });
    const adapter = kind === "adapter" ? parseAdapterUnderTest(yaml) : healthy;
    const deviations = parseDeviations(kind === "bench" ? yaml : "note: none");
    const world = createWorld({ bench: loadBench("benches/rb-1.yaml"), adapter, deviations, watchdog: "ideal" });
    expect(world.now_s()).toBe(0);
  });

  test("has examples of both kinds", () => {
    expect(new Set(examples.map(({ kind }) => kind))).toEqual(new Set(["adapter", "bench"]));
  });
});

const sameNumber = (a: string | undefined, b: string | undefined): boolean => Number(a) === Number(b) && a !== "";
