import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SeriesReader, seriesOf, writeReports } from "../../reports/write.ts";
import type { RunRecord } from "../../rig/store/types.ts";
import { failing, headOf, passing, type Sample } from "./fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "reports-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const readerOf = ({ series }: Sample, fault?: string): SeriesReader => ({
  series: (_, name) => {
    const found = series.get(name);
    if (found === undefined) throw new Error(`no series ${name}`);
    return found;
  },
  fault: () => fault,
});

const write = (sample: Sample, record: RunRecord = sample.record) => writeReports(record, readerOf(sample), dir);

describe("writing the reports", () => {
  test("makes three files named by the run, and leaves nothing else", async () => {
    const files = await write(passing());
    expect(readdirSync(dir).sort()).toEqual(["R000042.html", "R000042.json", "R000042.junit.xml"]);
    expect(readFileSync(files.html, "utf8")).toContain("End of report R000042");
    expect(JSON.parse(readFileSync(files.json, "utf8"))).toMatchObject({
      run: "R000042",
      files: { html: "R000042.html", junit: "R000042.junit.xml" },
    });
    expect(readFileSync(files.junit, "utf8")).toContain("<testsuites");
  });

  test("reads series through the reader and prints a broken chain", async () => {
    const sample = passing();
    const files = await writeReports(sample.record, readerOf(sample, "event 7 was changed"), join(dir, "new", "deep"));
    const html = readFileSync(files.html, "utf8");
    expect(html).toContain("Temperatures");
    expect(html).toContain("event 7 was changed");
    expect(JSON.parse(readFileSync(files.json, "utf8")).verdictText).toBe("NO VERDICT");
  });

  test("asks only for series that are drawn", () => {
    const { record } = passing();
    const asked: string[] = [];
    const info = { series: "loop-delay", unit: "s" as const, points: 9 };
    const reader: SeriesReader = {
      series: (_, name) => {
        asked.push(name);
        return { t_s: new Float64Array(), values: new Float64Array(), total: 0 };
      },
    };
    seriesOf({ ...record, series: [info, ...record.series] }, reader);
    expect(asked).not.toContain("loop-delay");
    expect(asked).toContain("thermal/I");
  });

  test("a label never becomes a path", async () => {
    const { adapter } = headOf();
    const sample = failing({ adapter: { ...adapter, serial: "../../../evil", label: "/etc/passwd" } });
    await write(sample);
    expect(readdirSync(dir).sort()).toEqual(["R000043.html", "R000043.json", "R000043.junit.xml"]);
  });

  test("refuses a run id that the store never makes, before it writes anything", async () => {
    const sample = passing();
    const record = { ...sample.record, head: { ...sample.record.head, id: "../R000042" } };
    await expect(write(sample, record)).rejects.toThrow(/not a run id/);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("replaces an older report whole", async () => {
    writeFileSync(join(dir, "R000042.html"), "x".repeat(1_000_000));
    const files = await write(passing());
    expect(readFileSync(files.html, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test("when a file cannot be written it says so, and leaves neither half a file nor a temporary one", async () => {
    mkdirSync(join(dir, "R000042.html"));
    await expect(write(passing())).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(readdirSync(dir)).toEqual(["R000042.html"]);
  });

  test("says so when the directory is a file", async () => {
    const file = join(dir, "taken");
    writeFileSync(file, "");
    const sample = passing();
    await expect(writeReports(sample.record, readerOf(sample), file)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(existsSync(join(dir, "R000042.html"))).toBe(false);
  });
});
