import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAdapterType } from "../../rig/bench/adapterTypes.ts";

test("the type of a lab's own in docs/adapter-file.md is accepted as it stands", () => {
  const text = readFileSync("docs/adapter-file.md", "utf8");
  const examples = [...text.matchAll(/```yaml\n# type\n([\s\S]*?)```/g)].map((found) => found[1] ?? "");
  expect(examples.length).toBe(1);
  for (const yaml of examples) expect(parseAdapterType("type.yaml", yaml).id).toBe("lab-combo-3");
});
