/**
 * The twin's circuits as ngspice decks: an independent solution of the same elements. Element by element, nothing is
 * reduced or left out, but islands that no direct current joins to the reference node.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diode, type Element, shiftOf } from "../../drivers/twin/world/elements.ts";

export const hasSpice = (): boolean => spawnSync("ngspice", ["--version"], { stdio: "ignore" }).status === 0;

export interface Square {
  readonly period_s: number;
  readonly high_s: number;
  readonly low_V: number;
  readonly high_V: number;
}

/** As the twin's driver: drivers/twin/world/transient.ts. */
const edge_s = 0.2e-6;

interface Deck {
  readonly lines: readonly string[];
  /** Name in the deck, or undefined for a node outside the island. */
  readonly node: (name: string) => string | undefined;
}

/** `driver`: id of the branch whose EMF follows the square wave. Errors: an element that a pilot circuit does not have. */
export function deckOf(elements: readonly Element[], ground: string, square?: Square, driver = "driver"): Deck {
  const joined = reached(elements, ground);
  const numbers = new Map<string, string>([[ground, "0"]]);
  const name = (node: string): string => {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    numbers.set(node, `n${numbers.size}`);
    return numbers.get(node) as string;
  };
  const lines: string[] = [`.model dt d(is=${diode.saturation_A} n=${diode.nVt_V / 0.025693})`];
  elements.forEach((element, k) => {
    if (!joined.has(element.a) || !joined.has(element.b)) return;
    const [a, b] = [name(element.a), name(element.b)];
    switch (element.type) {
      case "branch": {
        const emf =
          square && element.id === driver
            ? `pulse(${square.low_V} ${square.high_V} 0 ${edge_s} ${edge_s} ${square.high_s - edge_s} ${square.period_s})`
            : `${element.emf_V}`;
        lines.push(`r${k} ${a} m${k} ${element.ohm}`, `v${k} m${k} ${b} ${emf}`);
        break;
      }
      case "diode":
        if (shiftOf(element) !== 0) throw new Error(`${element.id}: no clamp in a pilot circuit`);
        lines.push(`d${k} ${a} ${b} dt`, `rd${k} ${a} ${b} ${1 / diode.leak_S}`);
        break;
      case "capacitor":
        lines.push(`c${k} ${a} ${b} ${element.farad}`);
        break;
      case "source":
        if (element.on) throw new Error(`${element.id} is on`);
        lines.push(`r${k} ${a} ${b} ${element.bleeder_ohm}`);
        break;
      case "load":
        if (element.on) throw new Error(`${element.id} is on`);
        lines.push(`r${k} ${a} ${b} ${element.off_ohm}`);
        break;
      default:
        throw new Error(`${element.id}: no ${element.type} in a pilot circuit`);
    }
  });
  return { lines, node: (node) => (joined.has(node) ? name(node) : undefined) };
}

function reached(elements: readonly Element[], from: string): Set<string> {
  const at = new Map<string, Element[]>();
  for (const element of elements) {
    if (element.type === "capacitor") continue;
    for (const node of [element.a, element.b]) at.set(node, [...(at.get(node) ?? []), element]);
  }
  const seen = new Set([from]);
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const { a, b } of at.get(node) ?? []) {
      for (const next of [a, b]) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
  }
  return seen;
}

/** reltol etc. far below what is compared; the temperature at which n x k T / q is the twin's 1.9 x 25.693 mV. */
const options = ".options temp=25 tnom=25 reltol=1e-5 abstol=1e-13 vntol=1e-8 gmin=1e-14 method=gear";

function run(deck: readonly string[], folder: string): string {
  const file = join(folder, "deck.cir");
  writeFileSync(file, `${["* twin", ...deck, ".end"].join("\n")}\n`);
  const done = spawnSync("ngspice", ["-b", file], { encoding: "utf8", cwd: folder, timeout: 60_000 });
  if (done.status !== 0) throw new Error(`ngspice: ${done.status} ${done.stderr}\n${done.stdout.slice(-2000)}`);
  return done.stdout;
}

function inFolder<R>(work: (folder: string) => R): R {
  const folder = mkdtempSync(join(tmpdir(), "spice-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Direct voltages of node pairs, V; undefined for a pair that is not in the island of the ground. */
export function direct(
  elements: readonly Element[],
  ground: string,
  pairs: readonly (readonly [string, string])[],
): readonly (number | undefined)[] {
  return inFolder((folder) => {
    const { lines, node } = deckOf(elements, ground);
    const volt = (name: string): string => (node(name) === "0" ? "0" : `v(${node(name)})`);
    const inside = pairs.map(([a, b]) => node(a) !== undefined && node(b) !== undefined);
    const prints = pairs.flatMap(([a, b], k) =>
      inside[k] ? [`let p${k} = ${volt(a)}-${volt(b)}`, `print p${k}`] : [],
    );
    const out = run([...lines, options, ".control", "set numdgt=10", "op", ...prints, "quit 0", ".endc"], folder);
    return pairs.map((_, k) => {
      if (!inside[k]) return undefined;
      const found = new RegExp(`^p${k} = (\\S+)`, "m").exec(out)?.[1];
      if (found === undefined) throw new Error(`ngspice gave no p${k}:\n${out.slice(-2000)}`);
      return Number(found);
    });
  });
}

/** The second period of a square wave: [times from its begin, volts]; the first one settles. */
export function period(
  elements: readonly Element[],
  ground: string,
  square: Square,
  pair: readonly [string, string],
): readonly [t_s: readonly number[], volt: readonly number[]] {
  return inFolder((folder) => {
    const { lines, node } = deckOf(elements, ground, square);
    const [a, b] = pair.map((name) => (node(name) === "0" ? "0" : `v(${node(name)})`));
    const { period_s } = square;
    const out = run(
      [
        ...lines,
        options,
        ".control",
        "set numdgt=10",
        `tran 100n ${2 * period_s} ${period_s} 100n`,
        `let p = ${a}-${b}`,
        "wrdata wave.txt p",
        "quit 0",
        ".endc",
      ],
      folder,
    );
    const file = join(folder, "wave.txt");
    if (!existsSync(file)) throw new Error(`ngspice gave no wave:\n${out.slice(-2000)}`);
    const rows = readFileSync(file, "utf8").trim().split("\n");
    const numbers = rows.map((row) => row.trim().split(/\s+/).map(Number));
    return [numbers.map(([t = Number.NaN]) => t - period_s), numbers.map(([, v = Number.NaN]) => v)] as const;
  });
}
