/** The desk of a run that goes on: notes, photos, pause. Everything ends in the record or the ledger with a name. */
import { RigError } from "../model/errors.ts";
import type { BenchRuns } from "./bench.ts";
import { type App, bodyOf, type Ctx, type Door, only, photo_most_bytes, refusal, textIn } from "./http.ts";
import { inMemory, type PhotoType, photoOf, tooManyPixels } from "./image.ts";
import { numberOfRun } from "./runNumber.ts";
import type { MadeFile } from "./runs.ts";

export interface PhotoGiven {
  readonly run: number;
  readonly by: string;
  readonly name: string;
  /** What it shows. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

export interface DeskDeps {
  /** Keeps it under its hash, with an entry of the ledger, so that the run's evidence holds it. */
  readonly keepPhoto: (photo: PhotoGiven) => Promise<{ readonly hash: string }>;
  /**
   * By its hash; undefined for what this run has not, or what is no photo; or why no browser is to decode it. @throws RigError
   * when it was changed
   */
  readonly shownPhoto: (run: number, hash: string) => Promise<MadeFile | { readonly large: string } | undefined>;
}

/** As `rig/cli/desk.ts` has it: refused here already, with the range. */
const note_most = 500;
const text_most = 200;
/** Photos under way at once: each is held in memory. */
const photos_most = 2;

export function deskRoutes(app: App, door: Door, bench: BenchRuns, { keepPhoto, shownPhoto }: DeskDeps): void {
  const { accounts } = door;
  let photos = 0;

  app.post("/api/note", only(door, "technician", "engineer", "qa"), async (c) => {
    const text = plain(textIn(await bodyOf(c), "text", note_most));
    const { name: by } = c.get("account");
    accounts.audit(by, "note written", { run: bench.state.run?.id ?? "" });
    await bench.keep({ is: "note", by, text });
    return c.json({});
  });

  app.post("/api/pause", only(door, "technician", "engineer"), async (c) => {
    const { wanted } = await bodyOf(c);
    if (typeof wanted !== "boolean") throw new RigError("USAGE", "wanted: true to pause, false to go on");
    const { name: by } = c.get("account");
    accounts.audit(by, wanted ? "pause asked" : "going on asked", { run: bench.state.run?.id ?? "" });
    bench.pause(by, wanted);
    return c.json({});
  });

  const photo = async (c: Ctx) => {
    const run = numberOfRun(c.req.param("run"));
    const { name: by } = c.get("account");
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    if (bytes.length > photo_most_bytes) return refusal(c, 413, "the photo is too large");
    const found = photoOf(inMemory(bytes));
    if (found === undefined || found.type !== c.req.header("content-type")) {
      const said = { what: "refused: not a photo", run };
      return refusal(c, 400, "the file is no JPEG or PNG image, whatever its name says", "Take the photo again.", said);
    }
    const large = tooManyPixels(found);
    if (large !== undefined) return refusal(c, 413, large, "Take it smaller.", { run });
    const name = fileName(c.req.query("name") ?? "", found.type);
    const text = plain(c.req.query("text") ?? "").slice(0, text_most) || name;
    accounts.audit(by, "photo given", { run, name });
    const { hash } = await keepPhoto({ run, by, name, text, bytes });
    const now = bench.state.run;
    const live = now?.run === run && now.phase !== "ended";
    if (live) await bench.keep({ is: "photo", by, photo: { name, text, bytes: bytes.length, hash } });
    return c.json({ hash });
  };

  app.get("/api/runs/:run/photo/:hash", only(door), async (c) => {
    const hash = c.req.param("hash");
    const run = numberOfRun(c.req.param("run"));
    const found = /^[0-9a-f]{64}$/.test(hash) ? await shownPhoto(run, hash) : undefined;
    if (!found) return refusal(c, 404, `run ${run} has no such photo`);
    if ("large" in found) return refusal(c, 413, found.large, `It is in the store: attachments/${hash}`, { run });
    c.header("Content-Type", found.type);
    c.header("Content-Disposition", `inline; filename="${found.name}"`);
    c.header("Content-Length", String(found.bytes));
    return c.body(found.body);
  });

  app.post("/api/runs/:run/photo", only(door, "technician", "engineer", "qa"), async (c) => {
    if (photos >= photos_most) return refusal(c, 429, "photos are being kept: try again in a moment");
    photos += 1;
    try {
      return await photo(c);
    } finally {
      photos -= 1;
    }
  });
}

/** One line of characters that print; what does not becomes a blank. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();

/** A name without a path, with the ending of what the file is. */
export function fileName(given: string, type: PhotoType): string {
  const own = plain(given.split(/[/\\]/).at(-1) ?? "").replace(/\.[^.]*$/, "");
  const stem = own === "" || /^\.+$/.test(own) ? "photo" : own.slice(0, 100);
  return `${stem}${type === "image/jpeg" ? ".jpg" : ".png"}`;
}
