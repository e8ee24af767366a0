/**
 * The one place where foreign text becomes markup. What a label, an operator or an instrument says is data (E10): it can
 * neither close an element nor change the reading direction of a page, and what cannot be shown is shown as an escape.
 */

/** Longest piece of foreign text shown in a page; the record keeps all of it. Characters. */
const longest_shown = 2000;

/**
 * Controls, lone surrogates, and characters that are invisible or reorder what stands around them (bidi marks and
 * isolates, zero-width, soft hyphen, tags, variation selectors, fillers); also what XML 1.0 cannot hold. Tab and line
 * feed may stay.
 */
const unshowable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffe\uffff]/gu;

/** Text in which every character that hides or reorders others stands as a visible escape, for instance `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(unshowable, (found) => {
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}

/** As `visible`, and cut when it is longer than a page can use; says how much was left out. */
export function shown(text: string, longest = longest_shown): string {
  if (text.length <= longest) return visible(text);
  return `${visible(text.slice(0, longest))} … (${text.length - longest} more characters in the record)`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? found);

/** For element content and quoted attributes, in HTML, SVG and XML alike. */
export const escapeText = (text: string): string => escapeMarkup(shown(text));

/** For XML that machines read: nothing is cut, line ends in attributes survive. */
export const escapeXml = (text: string): string =>
  escapeMarkup(visible(text)).replace(/[\t\n]/g, (found) => (found === "\t" ? "&#9;" : "&#10;"));

/** Characters replaced in one go: V8 lists all places that match and ends the process when they are too many. */
const piece_max = 2 ** 20;

/** JSON text in which the same characters stand as escapes: it decodes to the very same data. `most`: for tests. */
export function escapeJson(text: string, most = piece_max): string {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + most, text.length);
    // A pair stays together: its halves alone would both be escaped.
    if (to < text.length && isPair(text, to - 1)) to += 1;
    pieces.push(escapePiece(text.slice(from, to)));
    from = to;
  }
  return pieces.join("");
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

const escapePiece = (text: string): string =>
  text.replace(unshowable, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );

/** A run's id as file name. Refuses what the store never makes, so that no label can become a path. */
export function fileStem(runId: string): string {
  if (!/^R[0-9]{6,15}$/.test(runId)) throw new TypeError(`not a run id: ${JSON.stringify(runId.slice(0, 40))}`);
  return runId;
}

/** Markup made by this folder; a plain string is always escaped by `html`. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Piece = Markup | string | number | undefined | readonly Piece[];

function render(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "number") {
    if (!Number.isFinite(piece)) throw new TypeError(`a page cannot hold ${piece}`);
    return String(Math.round(piece * 1e4) / 1e4);
  }
  if (typeof piece === "string") return escapeText(piece);
  return piece.map(render).join("");
}

/**
 * Template tag for HTML and SVG. Every string put in is escaped, numbers are rounded to 4 decimals and must be finite,
 * lists are joined, undefined is nothing. So forgetting to escape is not possible.
 */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let text = parts[0] ?? "";
  for (const [i, piece] of pieces.entries()) text += render(piece) + (parts[i + 1] ?? "");
  return new Markup(text);
}

export const nothing = new Markup("");
