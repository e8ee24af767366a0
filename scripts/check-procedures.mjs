// What procedures/ may not do, because a plan performs no I/O and knows no clock: bare `yield`, `yield` in `finally`, Date,
// Math.random, timers, process, async. Comments and texts are taken out first.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = process.argv[2] ?? join(root, "procedures");

/** Comments, strings and templates replaced by blanks of the same shape, so that line numbers stay. */
function bare(source) {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
  return source.replace(tokens, (text) => text.replace(/[^\n]/g, " "));
}

const forbidden = [
  [/\byield\b(?!\s*\*)/g, "a bare yield: use the words of rig/plan/words.ts with yield*"],
  [/\bDate\b/g, "Date: ask for now()"],
  [/\bMath\s*\.\s*random\b/g, "Math.random: a plan has no random numbers"],
  [/\bset(Timeout|Interval|Immediate)\b/g, "a timer: use wait()"],
  [/\bprocess\b/g, "process: options come in the context"],
  [/\b(async|await|Promise)\b/g, "async: a plan is a generator"],
  [/\bperformance\b/g, "performance: ask for now()"],
];

/** Offsets of the blocks that follow `finally`. */
function finallyBlocks(text) {
  const blocks = [];
  for (const match of text.matchAll(/\bfinally\s*\{/g)) {
    let depth = 1;
    let at = match.index + match[0].length;
    const from = at;
    while (at < text.length && depth > 0) {
      if (text[at] === "{") depth += 1;
      if (text[at] === "}") depth -= 1;
      at += 1;
    }
    blocks.push([from, at]);
  }
  return blocks;
}

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
let breaches = 0;
const report = (name, text, at, why) => {
  breaches += 1;
  console.error(`${join(folder, name)}:${text.slice(0, at).split("\n").length}: ${why}`);
};
for (const name of files) {
  const text = bare(readFileSync(join(folder, name), "utf8"));
  for (const [pattern, why] of forbidden) {
    for (const match of text.matchAll(pattern)) report(name, text, match.index, why);
  }
  for (const [from, to] of finallyBlocks(text)) {
    for (const match of text.slice(from, to).matchAll(/\byield\b/g)) {
      report(name, text, from + match.index, "yield in finally: declare a tearDown");
    }
  }
}
if (files.length === 0) {
  console.error(`no procedures in ${folder}: nothing was checked`);
  breaches += 1;
}
process.exit(breaches > 0 ? 1 : 0);
