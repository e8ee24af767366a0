/** Text of SCPI messages: headers with their long and short forms, the path of a `;` chain, arguments. */
import { scpiErrors } from "./scpiError.ts";

export interface Header {
  /** Numeric suffixes where the header matches, 0 for each that was left out; undefined where it does not. */
  match(full: string): readonly number[] | undefined;
}

/** A mnemonic's long form and short form (its capitals), nothing between (SCPI-99 volume 1, 6.2.1). */
function mnemonic(text: string): string {
  const numbered = text.endsWith("<n>");
  const long = numbered ? text.slice(0, -3) : text;
  const short = /^[*A-Z0-9_]+/.exec(long)?.[0] ?? long;
  const words = long.length === short.length ? long : `(?:${long}|${short})`;
  return words.replace("*", "\\*").toUpperCase() + (numbered ? "(\\d*)" : "");
}

/** `[:SOURce<n>]:VOLTage[:LEVel]` as a pattern over the full header in capitals. */
export function compileHeader(text: string): Header {
  const normal = /^[*:[]/.test(text) ? text : `:${text}`;
  const source = normal.replace(/[*A-Za-z0-9_]+(?:<n>)?|\[|\]/g, (token) => {
    if (token === "[") return "(?:";
    return token === "]" ? ")?" : mnemonic(token);
  });
  const pattern = new RegExp(`^${source}$`);
  return {
    match: (full) => {
      const groups = pattern.exec(full);
      if (groups === null) return undefined;
      return groups.slice(1).map((digits) => (digits === undefined || digits === "" ? 0 : Number(digits)));
    },
  };
}

/** Splits at semicolons outside quotes. */
export function splitUnits(line: string): readonly string[] {
  return splitOutside(line, ";");
}

/** Splits at commas outside quotes and brackets; `(@101,102)` stays one argument. */
export function splitArguments(text: string): readonly string[] {
  if (text.trim() === "") return [];
  return splitOutside(text, ",").map((part) => part.trim());
}

function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === separator && depth <= 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Header path of a chain: a unit without leading colon continues where the one before branched (SCPI-99, 6.2.4). */
export class UnitPath {
  #path = "";

  resolve(head: string): string {
    const name = head.toUpperCase();
    if (!/^(\*[A-Z]+|:?[A-Z][A-Z0-9_]*(:[A-Z][A-Z0-9_]*)*)$/.test(name)) throw scpiErrors.syntax();
    if (name.startsWith("*")) return name;
    const full = name.startsWith(":") ? name : `${this.#path}:${name}`;
    this.#path = full.slice(0, full.lastIndexOf(":"));
    return full;
  }
}
