/** `npm run bench`: every budget with figure, ratio and reference. Prints; never fails for a figure that is too high. */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { benchCalls } from "./calls.ts";
import { benchCompare } from "./compareBench.ts";
import { benchCoverage } from "./coverageBench.ts";
import { benchElapsed } from "./elapsed.ts";
import { benchEvidence } from "./evidence.ts";
import { type Figure, repetitions } from "./figure.ts";
import { benchManyRuns } from "./manyRunsBench.ts";
import { benchPaper } from "./paper.ts";
import { benchRejudge } from "./rejudgeBench.ts";
import { benchReview } from "./reviewBench.ts";
import { benchScreen } from "./screen.ts";
import { benchStartUp } from "./startUp.ts";
import { benchStation } from "./stationBench.ts";
import { benchStore } from "./store.ts";
import { benchTransactions } from "./transactions.ts";

/** By row of the budget table. */
const rows: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  "1": benchCalls,
  "2": benchStore,
  "3": benchStartUp,
  "4": benchTransactions,
  "5": benchScreen,
  "6": benchElapsed,
  "7": benchManyRuns,
  "8": benchPaper,
  "9": benchCompare,
  "10": benchRejudge,
  "11": benchEvidence,
  "12": benchCoverage,
  "13": benchStation,
  "14": benchReview,
};

interface Machine {
  readonly node: string;
  readonly cpus: number;
  readonly architecture: string;
  readonly cpu: string;
  /** Mean number of runnable processes in the minute before: what else the machine was doing. */
  readonly load: number;
  readonly repetitions: number;
}

const machine: Machine = {
  node: process.version,
  cpus: cpus().length,
  architecture: process.arch,
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  load: loadavg()[0] ?? Number.NaN,
  repetitions,
};

const ratioOf = ({ value, budget }: Figure): number | undefined => (budget === undefined ? undefined : value / budget);

/** Three digits that count, never in powers of ten. */
const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);

const columns = ["row", "what", "figure", "budget", "ratio", "reference"] as const;

function cells(figure: Figure): readonly string[] {
  const { row, name, value, unit, budget, reference } = figure;
  const ratio = ratioOf(figure);
  return [
    row === 0 ? "-" : String(row),
    name,
    `${shown(value)} ${unit}`.trim(),
    budget === undefined ? "-" : `<= ${shown(budget)} ${unit}`.trim(),
    ratio === undefined ? "-" : ratio.toFixed(2),
    reference ?? "",
  ];
}

function table(figures: readonly Figure[]): string {
  const lines = [columns, ...figures.map(cells)];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, row: { type: "string", multiple: true } },
  });
  const wanted = values.row ?? Object.keys(rows);
  const figures: Figure[] = [];
  for (const row of wanted) {
    const take = rows[row];
    if (take === undefined) throw new Error(`there is no row ${row}; there are ${Object.keys(rows).join(", ")}`);
    process.stderr.write(`row ${row}...\n`);
    figures.push(...(await take()));
  }
  figures.sort((a, b) => (a.row || Number.POSITIVE_INFINITY) - (b.row || Number.POSITIVE_INFINITY));
  if (values.json) {
    const listed = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) ?? null }));
    process.stdout.write(`${JSON.stringify({ machine, figures: listed })}\n`);
    return;
  }
  const { node, cpus: count, architecture, cpu, load } = machine;
  const where = `${count} CPUs ${architecture} (${cpu}), load ${shown(load)} at the start`;
  process.stdout.write(`node ${node}, ${where}, medians of ${repetitions}\n\n`);
  process.stdout.write(`${table(figures)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
