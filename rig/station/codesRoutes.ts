/** Printed codes as pictures: commands of the scanner, and procedures. Code 128, which every wedge scanner reads as it comes. */

import { isControlCode } from "./codes.ts";
import { type App, type Door, only, refusal } from "./http.ts";
import type { Catalogue } from "./runs.ts";

export function codeRoutes(app: App, door: Door, { procedures }: Catalogue): void {
  const drawn = new Map<string, string>();
  app.get("/api/codes/:code", only(door), async (c) => {
    const text = c.req.param("code");
    // Only what is known is drawn: nobody prints a label of his own making with it, and the list cannot grow.
    if (!isControlCode(text) && !procedures.some(({ id }) => id === text)) {
      return refusal(c, 404, "there is no such code");
    }
    const known = drawn.get(text);
    c.header("Content-Type", "image/svg+xml");
    c.header("Cache-Control", "private, max-age=3600");
    if (known !== undefined) return c.body(known);
    const { default: bwip } = await import("bwip-js");
    const svg = bwip.toSVG({
      bcid: "code128",
      text,
      height: 14,
      includetext: false,
      paddingwidth: 10,
      paddingheight: 2,
    });
    drawn.set(text, svg);
    return c.body(svg);
  });
}
