/** Photos of a run as the review shows them: only what this run has, only what is an image, only as it was kept. */
import { randomBytes } from "node:crypto";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attachKept } from "../../../rig/cli/attaching.ts";
import { keepBytes } from "../../../rig/cli/attachmentFiles.ts";
import { keepPhoto, shownPhoto } from "../../../rig/cli/commands/servePhoto.ts";
import { photo_most_bytes } from "../../../rig/station/http.ts";
import type { RunView } from "../../../rig/station/reviewTypes.ts";
import { addRun } from "../evidence/fixture.ts";
import { as, TestStation, type Visitor } from "./doorFixture.ts";
import { jfif, jpegOf, jpegPart, pngOf } from "./imageFixture.ts";

let station: TestStation;
let queenie: Visitor;

const jpeg = (bytes = 100): Buffer => Buffer.concat([jpegOf(640, 480, [jfif]), randomBytes(bytes)]);
const png = Buffer.concat([pngOf(640, 480), randomBytes(50)]);

beforeAll(async () => {
  station = await TestStation.open(["Queenie"], {
    desk: {
      keepPhoto: (photo) => keepPhoto(station.dir, photo),
      shownPhoto: (run, hash) => shownPhoto(station.dir, run, hash),
    },
  });
  await addRun(station.dir);
  await addRun(station.dir);
  queenie = await station.login("Queenie");
});
afterAll(() => station.close());

const keep = async (bytes: Uint8Array, name = "front.jpg", run = 1) =>
  (await keepPhoto(station.dir, { run, by: "Tina", name, text: "<img src=x> burnt", bytes })).hash;

/** As `rig attach` keeps whatever file. */
async function attach(bytes: Uint8Array, name: string): Promise<string> {
  const kept = keepBytes(station.dir, bytes);
  await attachKept(station.dir, { id: "R000001", by: "Tina", name, text: "attached" }, kept);
  return kept.hash;
}

const ask = (hash: string, run = 1) => station.ask(`/api/runs/${run}/photo/${hash}`, { headers: as(queenie) });
const view = async (): Promise<RunView> =>
  (await (await station.ask("/api/runs/1", { headers: as(queenie) })).json()) as RunView;

test("a photo comes back byte by byte, with its own type, which no browser may guess anew", async () => {
  for (const [bytes, type] of [
    [jpeg(200_000), "image/jpeg"],
    [png, "image/png"],
  ] as const) {
    const hash = await keep(bytes, `${type.replace("/", ".")}`);
    const answer = await ask(hash);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect(answer.headers.get("content-disposition")).toMatch(/^inline; filename="[0-9a-f]{16}\.(jpg|png)"$/);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await view()).attachments.find(({ photo }) => photo === hash)?.text).toBe("<img src=x> burnt");
  }
});

test("is shown of its own run only, to who is logged in, and by nothing but its hash", async () => {
  const hash = await keep(jpeg());
  const shown = await ask(hash);
  // Read to its end, as a browser does: its file is closed then.
  expect([shown.status, (await shown.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
  expect((await station.ask(`/api/runs/1/photo/${hash}`)).status).toBe(401);
  expect((await ask(hash, 2)).status).toBe(404);
  expect((await ask(hash, 99)).status).toBe(404);
  for (const other of ["0".repeat(64), hash.toUpperCase(), hash.slice(1), "..%2f..%2fstation.sqlite", `${hash}%00`])
    expect([other, (await ask(other)).status]).toEqual([other, 404]);
});

test.each([
  ["a script that ends as a photo", Buffer.from("<script>alert(1)</script>"), "evil.jpg"],
  ["a drawing that may hold scripts", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "drawing.svg"],
  ["a GIF", Buffer.from("GIF89a"), "x.gif"],
  ["a photo larger than a page may send", jpeg(photo_most_bytes), "huge.jpg"],
])("%s is listed and not shown", async (_, bytes, name) => {
  const hash = await attach(bytes, name);
  expect((await ask(hash)).status).toBe(404);
  const listed = (await view()).attachments.find((one) => one.name.startsWith(name));
  expect([listed?.name.includes("GONE"), listed?.photo]).toEqual([false, undefined]);
});

test("one that would take gigabytes to decode is not shown, and the page says its size", async () => {
  const before = jpegPart(0xe1, Buffer.alloc(65_533));
  for (const bytes of [pngOf(30_000, 30_000), jpegOf(20_000, 20_000, [jfif, ...Array(20).fill(before)])]) {
    const hash = await attach(bytes, `giant-${bytes.length}`);
    const answer = await ask(hash);
    expect(answer.status).toBe(413);
    const { error, remedy } = (await answer.json()) as { error: string; remedy: string };
    expect(error).toMatch(/^the photo has [23]0000 x [23]0000 pixels: at most 32 million, and 16384 along a side$/);
    expect(remedy).toBe(`It is in the store: attachments/${hash}`);
    const listed = (await view()).attachments.find(({ name }) => name.startsWith(`giant-${bytes.length}`));
    expect([listed?.photo, listed?.name]).toEqual([undefined, expect.stringContaining(`not shown, ${error}`)]);
  }
  const large = jpegOf(8000, 4000, [jfif, ...Array(20).fill(before)]);
  const whole = await ask(await keep(large));
  expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, large.length]);
});

test("one that was changed, cut off or is gone is said to be, and nothing of it is shown", async () => {
  const spoil: readonly ((path: string, bytes: Buffer) => void)[] = [
    (path, bytes) => writeFileSync(path, Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)])),
    (path) => truncateSync(path, 20),
    (path, bytes) => writeFileSync(path, Buffer.concat([bytes, bytes])),
    (path) => rmSync(path),
  ];
  for (const [i, harm] of spoil.entries()) {
    const bytes = jpeg();
    const hash = await keep(bytes, `spoilt-${i}.jpg`);
    harm(join(station.dir, "attachments", hash), bytes);
    const answer = await ask(hash);
    expect([i, answer.status]).toEqual([i, 400]);
    expect(await answer.text()).toMatch(/"the photo [^\n]*(was changed|cannot be read)/);
  }
  const listed = (await view()).attachments.filter(({ name }) => name.startsWith("spoilt-"));
  expect(listed.find(({ name }) => name.startsWith("spoilt-3"))?.name).toMatch(/THE FILE IS GONE/);
  // What is left of the others is asked for on the page, and its place says that it cannot be shown.
  for (const i of [0, 1, 2])
    expect(listed.find(({ name }) => name.startsWith(`spoilt-${i}`))?.photo).toMatch(/^\w{64}$/);
});
