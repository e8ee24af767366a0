/** Whatever is done to a photo's bytes, no browser decodes it to another size than the station read from its header. */
import { crc32 } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inMemory, photoOf } from "../../rig/station/image.ts";
import * as shared from "./stationProcess.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await shared.launch();
  page = await browser.newPage();
});
afterAll(() => browser?.close());

/** Repeatable: a linear congruential generator. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Made by the browser itself: a picture of 61 x 37 pixels. */
const drawn = async (type: string): Promise<Buffer> => {
  const url = (await page.evaluate(`(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [61, 37];
    canvas.getContext("2d").fillRect(5, 5, 20, 20);
    return canvas.toDataURL(${JSON.stringify(type)});
  })()`)) as string;
  return Buffer.from(url.split(",")[1] ?? "", "base64");
};

/** Sizes that the browser decodes each file to; undefined where it cannot. */
const decoded = async (type: string, files: readonly Buffer[]): Promise<readonly (string | undefined)[]> => {
  const given = JSON.stringify(files.map((file) => file.toString("base64")));
  return (await page.evaluate(`Promise.all(${given}.map(async (text) => {
    const image = new Image();
    image.src = "data:${type};base64," + text;
    try { await image.decode(); } catch { return undefined; }
    return image.naturalWidth + " x " + image.naturalHeight;
  }))`)) as readonly (string | undefined)[];
};

/** Another size where one stands, at a place of the header also once more; and a few bytes of what headers are made of. */
const changes = {
  "image/jpeg": (whole: Buffer, next: (below: number) => number) => {
    const frame = whole.indexOf(Buffer.of(0xff, 0xc0));
    const length = 2 + whole.readUInt16BE(frame + 2);
    const file = Buffer.from(whole);
    if (next(2) === 0) resize(file, frame, next);
    const second = resize(Buffer.from(file.subarray(frame, frame + length)), 0, next);
    const at = [2, 20, frame, frame + length][next(4)] ?? 2;
    const twice = next(2) === 0 ? Buffer.concat([file.subarray(0, at), second, file.subarray(at)]) : file;
    for (let i = next(4); i > 0; i -= 1) twice[2 + next(300)] = [next(256), 0xff, 0xc0 + next(64), 0][next(4)] ?? 0;
    return twice;
  },
  "image/png": (whole: Buffer, next: (below: number) => number) => {
    const file = Buffer.from(whole);
    file.writeUInt32BE(1 + next(90), 16 + 4 * next(2));
    for (let i = next(3); i > 0; i -= 1) file[8 + next(25)] = next(256);
    file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
    return file;
  },
};

function resize(file: Buffer, frame: number, next: (below: number) => number): Buffer {
  file.writeUInt16BE(1 + next(90), frame + 5);
  file.writeUInt16BE(1 + next(90), frame + 7);
  return file;
}

const types = ["image/jpeg", "image/png"] as const;

test.each(types)("%s: what the browser decodes has the size that was read", async (type) => {
  const whole = await drawn(type);
  expect(photoOf(inMemory(whole))).toEqual({ type, width: 61, height: 37 });
  const next = numbers(7);
  const files = Array.from({ length: 1500 }, () => changes[type](whole, next));
  const sizes = await decoded(type, files);
  const wrong: string[] = [];
  const same: string[] = [];
  for (const [i, size] of sizes.entries()) {
    const read = photoOf(inMemory(files[i] as Buffer));
    // What is read more strictly than a browser does is refused, which harms nobody.
    if (size === undefined || read === undefined) continue;
    if (`${read.width} x ${read.height}` === size) same.push(size);
    else wrong.push(`${size}, read as ${read.width} x ${read.height}: ${files[i]?.subarray(0, 40).toString("hex")}`);
  }
  expect(wrong).toEqual([]);
  expect(new Set(same).size).toBeGreaterThan(50);
});
