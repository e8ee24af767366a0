/** Notes, photos and pauses from a page: who may, what is refused, and that nothing is said to be kept that is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Data } from "../../../rig/model/data.ts";
import { BenchRuns, type Child } from "../../../rig/station/bench.ts";
import { fileName, type PhotoGiven, plain } from "../../../rig/station/desk.ts";
import { photo_most_bytes } from "../../../rig/station/http.ts";
import { inMemory, photoOf } from "../../../rig/station/image.ts";
import { as, origin, TestStation, type Visitor } from "./doorFixture.ts";
import { jfif, jpegOf } from "./imageFixture.ts";

class Controller implements Child {
  readonly sent: Data[] = [];
  hear: (message: unknown) => void = () => undefined;
  leave: (code: number | null, signal: string | null) => void = () => undefined;
  send(message: Data): void {
    this.sent.push(message);
  }
  stop(): void {
    this.leave(30, null);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.hear = listener;
  }
  onExit(listener: (code: number | null, signal: string | null) => void): void {
    this.leave = listener;
  }
}

const job = { by: "Tina", procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1" };

function running() {
  const child = new Controller();
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => child,
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  bench.start(job, []);
  child.hear({ is: "run", run: 1, id: "R000001" });
  return { bench, child };
}

describe("a note", () => {
  test("is kept when the controller says so, and not before", async () => {
    const { bench, child } = running();
    let kept = false;
    const keeping = bench.keep({ is: "note", by: "Tina", text: "warm smell" }).then(() => {
      kept = true;
    });
    expect(child.sent).toEqual([{ is: "note", by: "Tina", text: "warm smell", number: 1 }]);
    child.hear({ is: "noted", number: 99 });
    await Promise.resolve();
    expect(kept).toBe(false);
    child.hear({ is: "noted", number: 1 });
    await keeping;
    expect(kept).toBe(true);
  });

  test("that the controller refuses, or dies over, is never said to be kept", async () => {
    const { bench, child } = running();
    const refused = bench.keep({ is: "note", by: "Tina", text: "x" });
    child.hear({ is: "noted", number: 1, wrong: "a run holds at most 200 notes" });
    await expect(refused).rejects.toThrow(/at most 200/);
    const lost = bench.keep({ is: "note", by: "Tina", text: "x" });
    child.leave(null, "SIGKILL");
    await expect(lost).rejects.toThrow(/look at its report/);
    await expect(bench.keep({ is: "note", by: "Tina", text: "x" })).rejects.toThrow(/nothing is running/);
  });
});

describe("a pause", () => {
  test("is the wish of the person at the bench; the page shows what the controller says of it", () => {
    const { bench, child } = running();
    expect(() => bench.pause("Tom", true)).toThrow(/Tina is at the bench/);
    bench.pause("Tina", true);
    expect(child.sent).toEqual([{ is: "pause", by: "Tina" }]);
    expect(bench.state.run?.pause).toBeUndefined();
    child.hear({ is: "pause", state: "wanted", by: "Tina" });
    expect(bench.state.run?.pause).toEqual({ is: "wanted", by: "Tina" });
    child.hear({ is: "pause", state: "paused", by: "Tina", before: "Drop", since_utc: "t", for_s: 1800 });
    expect(bench.state.run?.pause).toMatchObject({ is: "paused", before: "Drop", for_s: 1800 });
    bench.pause("Tina", false);
    expect(child.sent.at(-1)).toEqual({ is: "go-on", by: "Tina" });
    child.hear({ is: "pause", state: "none" });
    expect(bench.state.run?.pause).toBeUndefined();
  });

  test("of a controller that died is no pause any more", () => {
    const { bench, child } = running();
    child.hear({ is: "pause", state: "paused", by: "Tina", before: "Drop", since_utc: "t", for_s: 1800 });
    child.leave(null, "SIGKILL");
    expect(bench.state.run).toMatchObject({ phase: "ended" });
    expect(bench.state.run?.pause).toBeUndefined();
    expect(() => bench.pause("Tina", false)).toThrow(/nothing is running/);
  });
});

describe("what a file is", () => {
  test("its beginning says, and its name loses path, ending and what does not print", () => {
    for (const text of ["", "<svg/>", "\xff\xd8", "GIF89a", "%PDF-1.7"]) {
      expect(photoOf(inMemory(Buffer.from(text, "latin1")))).toBeUndefined();
    }
    expect(fileName("../../etc/passwd", "image/jpeg")).toBe("passwd.jpg");
    expect(fileName("C:\\x\\front view.PNG", "image/png")).toBe("front view.png");
    expect(fileName("..", "image/png")).toBe("photo.png");
    expect(fileName("\u202e\u0000.jpg", "image/jpeg")).toBe("photo.jpg");
    expect(plain(" a\nb\u0000\u202ec ")).toBe("a b c");
  });
});

describe("through the door", () => {
  let station: TestStation;
  let tina: Visitor;
  let root: Visitor;
  const photos: PhotoGiven[] = [];
  beforeAll(async () => {
    station = await TestStation.open(["Tina"], {
      desk: {
        keepPhoto: async (photo) => {
          photos.push(photo);
          return { hash: "0".repeat(64) };
        },
        shownPhoto: async () => undefined,
      },
    });
    [tina, root] = [await station.login("Tina"), await station.login("Root")];
  });
  afterAll(() => station.close());
  beforeEach(() => photos.splice(0));

  const jpeg = (bytes: number): Uint8Array<ArrayBuffer> => {
    const made = new Uint8Array(bytes);
    made.set(jpegOf(640, 480, [jfif]));
    return made;
  };
  const send = (
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    path = "/api/runs/1/photo?name=a.jpg",
  ) =>
    station.ask(path, {
      method: "POST",
      body,
      headers: {
        origin,
        "content-type": "image/jpeg",
        "content-length": String(body.length),
        ...as(tina),
        ...headers,
      },
    });

  test("a photo larger than other requests is kept with its name and who sent it", async () => {
    const answer = await send(jpeg(300_000), {}, "/api/runs/1/photo?name=..%2Ffront.jpeg&text=burnt%0Acontact");
    expect(answer.status).toBe(200);
    expect(photos).toMatchObject([{ run: 1, by: "Tina", name: "front.jpg", text: "burnt contact" }]);
    expect(photos[0]?.bytes.length).toBe(300_000);
    expect(station.written(3).join()).toMatch(/Tina: photo given/);
  });

  test.each([
    ["too large by its own word", jpeg(100), { "content-length": String(photo_most_bytes + 1) }, 413],
    ["without a length", jpeg(100), { "content-length": "" }, 400],
    ["too large whatever it says", jpeg(photo_most_bytes + 1), { "content-length": "100" }, 413],
    ["a script that is called a photo", new Uint8Array(Buffer.from("<script>")), {}, 400],
    ["a PNG by its header, a JPEG by its bytes", jpeg(100), { "content-type": "image/png" }, 400],
    ["900 million pixels in 100 bytes", new Uint8Array(jpegOf(30_000, 30_000, [jfif])), {}, 413],
    ["no size", new Uint8Array(jfif), {}, 400],
    ["HEIC", jpeg(100), { "content-type": "image/heic" }, 400],
    ["JSON", jpeg(100), { "content-type": "application/json" }, 400],
    ["a foreign page's", jpeg(100), { origin: "http://evil.example" }, 403],
    ["without the page's token", jpeg(100), { "x-rig-csrf": "0" }, 403],
  ] as const)("%s: refused, nothing kept", async (_name, body, headers, status) => {
    const answer = await send(body as Uint8Array<ArrayBuffer>, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(photos).toEqual([]);
  });

  test("a photo for no run, one by an administrator, and JSON of its size elsewhere are refused", async () => {
    expect((await send(jpeg(100), {}, "/api/runs/0/photo")).status).toBe(400);
    expect((await send(jpeg(100), as(root))).status).toBe(403);
    expect((await station.post("/api/note", { text: "x".repeat(100_000) }, as(tina))).status).toBe(413);
    expect(photos).toEqual([]);
  });

  test("notes and pauses need a run, a role and their form", async () => {
    expect((await station.post("/api/note", { text: "hello" }, as(tina))).status).toBe(400);
    expect((await station.post("/api/note", { text: "x".repeat(501) }, as(tina))).status).toBe(400);
    expect((await station.post("/api/note", { text: "hello" }, as(root))).status).toBe(403);
    expect((await station.post("/api/pause", { wanted: "yes" }, as(tina))).status).toBe(400);
    expect((await station.post("/api/pause", { wanted: true })).status).toBe(401);
  });
});
