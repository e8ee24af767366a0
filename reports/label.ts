/**
 * The label for an adapter that passed: a DataMatrix, and the same in words. Drawn once, as SVG or PNG; letters are
 * outlines, so that it looks the same wherever it is printed. Refused for everything that is not a pass without doubt.
 */
import { readFileSync } from "node:fs";
import { earlyRunOf } from "../rig/model/declared.ts";
import { RigError } from "../rig/model/errors.ts";
import { type Content, doubtsOf, shownVerdict } from "./content.ts";
import { lastOfQa } from "./decisions.ts";
import { fontFiles, printable } from "./pdf/glyphs.ts";
import { shown, visible } from "./text/escape.ts";

export type LabelFormat = "svg" | "png";

/**
 * Why this run gets no label, in words; undefined when it may have one. `openFails`: ids of the runs of the same serial
 * number that failed and that nobody has decided about. `barred`: what QA decided that keeps this run from handing it out.
 */
export function labelRefusal(content: Content, openFails: readonly string[] = [], barred?: string): string | undefined {
  const { outcome, record, decisions } = content;
  const doubts = doubtsOf(content);
  if (doubts.length > 0) return doubts.join(" ");
  const early = earlyRunOf(record.head.options);
  if (early !== undefined) return `it is a run for ${early} (--early), whose soak a prediction may have ended`;
  if (outcome.ending !== "completed" || (outcome.verdict !== "pass" && outcome.verdict !== "pass-screening"))
    return `its verdict is ${shownVerdict(content).words}: only a pass without condition is labelled`;
  if (openFails.length > 0)
    return `${openFails.join(", ")} of this serial number failed, and no disposition of QA closes that`;
  if (barred !== undefined) return barred;
  const word = lastOfQa(decisions);
  const no = word?.meaning === "rejected" ? word : decisions.rejection;
  if (no !== undefined) return `QA rejected it (${no.by}: ${no.reason})`;
  if (record.head.lab?.label.after_sign_off && word === undefined)
    return "this laboratory labels after sign-off, and QA has not released the run";
  return undefined;
}

/** Longest part of a serial number on a label, characters. */
const serial_max = 64;

interface Words {
  readonly verdict: string;
  readonly serial: string;
  readonly run: string;
  readonly date: string;
  /** First 16 digits of the run's hash: enough to find the record and to notice another one. */
  readonly hash: string;
  readonly simulated: boolean;
}

function wordsOf(content: Content): Words {
  const { record } = content;
  const { head } = record;
  return {
    verdict: shownVerdict(content).words,
    serial: shown(head.adapter.serial || "no serial number", serial_max),
    run: head.id,
    date: (record.ended ?? head.started).slice(0, 10),
    hash: (record.hash ?? "").slice(0, 16),
    simulated: head.simulated,
  };
}

/** What the DataMatrix holds: fields between `;`, the serial number as in a web address, `SIMULATED` where it is. */
export function codeText(content: Content): string {
  const { verdict, run, date, hash, simulated } = wordsOf(content);
  const serial = encodeURIComponent(visible(content.record.head.adapter.serial.slice(0, serial_max)));
  return ["RIG1", run, simulated ? `${verdict} SIMULATED` : verdict, date, hash, serial].join(";");
}

const width = 760;
const height = 260;
const quiet = 14;
const code_px = height - 2 * quiet;
const fontName = "RigLabel";

interface Pixels {
  readonly pixs: readonly number[];
  readonly pixx: number;
  readonly pixy: number;
}

/** The file's bytes. @throws RigError LABEL_REFUSED with the reason */
export async function drawLabel(
  content: Content,
  format: LabelFormat,
  openFails: readonly string[] = [],
  barred?: string,
): Promise<Uint8Array> {
  const refused = labelRefusal(content, openFails, barred);
  if (refused !== undefined) throw new RigError("LABEL_REFUSED", `no label for ${content.record.head.id}: ${refused}`);
  const { default: bwip } = await import("bwip-js");
  if (bwip.FontLib.lookup(fontName) <= 1) bwip.loadFont(fontName, readFileSync(fontFiles().bold));
  const [code] = bwip.raw({ bcid: "datamatrix", text: codeText(content) }) as readonly Pixels[];
  if (code === undefined) throw new TypeError("the DataMatrix has no pixels");
  const words = wordsOf(content);
  if (format === "svg") return new TextEncoder().encode(paint(bwip.drawingSVG(), code, words) as string);
  return (await paint(bwip.drawingZlibPng(), code, words)) as Uint8Array;
}

/** The part of the library's drawing surface that is used; SVG and PNG have the same. */
interface Surface<T> {
  setopts?(options: object): void;
  init(width: number, height: number): void;
  measure(text: string, font: string, width: number, height: number): { readonly width: number };
  polygon(points: [number, number][]): void;
  fill(rgb: string): void;
  text(
    ...args: [
      x: number,
      y: number,
      text: string,
      rgb: string,
      font: { name: string; width: number; height: number; dx: number },
    ]
  ): void;
  end(): T;
}

const none = { paddingtop: 0, paddingleft: 0, paddingright: 0, paddingbottom: 0 };

function paint<T>(on: Surface<T>, code: Pixels, words: Words): T {
  on.setopts?.({ bcid: "datamatrix", backgroundcolor: "ffffff", ...none });
  on.init(width, height);
  matrix(on, code);
  const left = height + quiet;
  const write = (text: string, y: number, size: number, rgb = "000000") => {
    const sized = fitted(on, printable(text), size, width - left - quiet);
    on.text(left, y, sized.text, rgb, { name: fontName, width: sized.size, height: sized.size, dx: 0 });
  };
  const { verdict, serial, run, date, hash, simulated } = words;
  if (simulated) {
    box(on, left, quiet, width - left - quiet, 46, "000000");
    write("\u00a0SIMULATED: no real adapter", quiet + 33, 30, "ffffff");
  }
  write(simulated ? `${verdict} SIMULATED` : verdict, simulated ? 112 : 78, simulated ? 42 : 62);
  write(serial, 162, 34);
  write(`${run}   ${date}`, 204, 30);
  write(`hash ${hash}`, 240, 24);
  return on.end();
}

function box<T>(on: Surface<T>, x: number, y: number, w: number, h: number, rgb: string): void {
  on.polygon([
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ]);
  on.fill(rgb);
}

/** Whole pixels a module, so that no edge is blurred. */
function matrix<T>(on: Surface<T>, { pixs, pixx, pixy }: Pixels): void {
  const size = Math.floor(code_px / Math.max(pixx, pixy));
  const margin = Math.floor((height - size * Math.max(pixx, pixy)) / 2);
  for (const [at, dark] of pixs.entries()) {
    if (dark !== 1) continue;
    box(on, margin + size * (at % pixx), margin + size * Math.floor(at / pixx), size, size, "000000");
  }
}

/** Smaller letters for a long text, then fewer; what is cut ends with an ellipsis. */
function fitted<T>(
  on: Surface<T>,
  text: string,
  size: number,
  room: number,
): { readonly text: string; readonly size: number } {
  const wide = (words: string, at: number) => on.measure(words, fontName, at, at).width > room;
  let letters = size;
  while (letters > size / 2 && wide(text, letters)) letters -= 2;
  let words = text;
  while (words.length > 1 && wide(words, letters)) words = `${words.slice(0, -2)}…`;
  return { text: words, size: letters };
}
