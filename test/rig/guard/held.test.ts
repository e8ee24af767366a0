import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lines } from "../../../drivers/port/lines.ts";
import { openPort } from "../../../drivers/port/open.ts";
import { openPty, type Pty } from "../../../drivers/twin/pty.ts";
import { holdLines } from "../../../rig/guard/held.ts";
import { parseRecipes } from "../../../rig/guard/messages.ts";
import { io } from "../../drivers/gpio/context.ts";
import { recipe, step } from "./bench.ts";

let folder: string;
let pty: Pty;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "held-"));
  path = join(folder, "line");
  pty = await openPty(path);
});

afterEach(() => {
  pty.close();
  rmSync(folder, { recursive: true });
});

const recipes = () => parseRecipes([recipe("line", [step(1, "OFF")], { port: { kind: "serial", path, baud: 9600 } })]);

test("a held line loses no reply, and its lock is still the controller's alone", async () => {
  const letGo = holdLines(recipes(), () => undefined);
  pty.onData((bytes) => pty.write(bytes));
  const port = await openPort({ kind: "serial", path, baud: 9600 }, "line");
  const expected = Array.from({ length: 200 }, (_, n) => `reply ${n}`);
  const got: string[] = [];
  for (const text of expected) {
    const frame = await port.transact(Buffer.from(`${text}\n`), { framer: lines("lf", 64) }, io());
    got.push(Buffer.from(frame).toString());
  }
  expect(got).toEqual(expected);
  await expect(openPort({ kind: "serial", path, baud: 9600 }, "second")).rejects.toMatchObject({
    code: "PORT_OPEN_FAILED",
  });
  await port.close();
  const again = await openPort({ kind: "serial", path, baud: 9600 }, "guard");
  await again.close();
  letGo();
});

test("a line that is not there is written down and stops nobody", () => {
  const notes: string[] = [];
  const gone = parseRecipes([
    recipe("x", [step(1, "OFF")], { port: { kind: "serial", path: `${path}-no`, baud: 9600 } }),
  ]);
  const letGo = holdLines([...gone, ...recipes()], (event) => notes.push(event));
  expect(notes).toEqual(["not-held", "held"]);
  letGo();
  letGo();
  expect(notes).toEqual(["not-held", "held"]);
});
