/** Whether the station answers, for the screen of the bench that waits for it (deploy/kiosk/wait.html). Says nothing else. */
import type { App } from "./http.ts";

export function upRoute(app: App): void {
  app.get("/up", (c) => {
    // The waiting page is a file: another origin, which learns that something answers and can read nothing.
    c.header("Cross-Origin-Resource-Policy", "cross-origin");
    return c.body(null, 204);
  });
}
