/** What the page takes for an answer of its station. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.stubGlobal("location", { hash: "" });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const answering = (body: string): void => {
  vi.stubGlobal("fetch", async () => new Response(body, { status: 200 }));
};

test("an answer that was cut off on its way is none", async () => {
  const { get, post } = await import("../../../rig/station/page/api.ts");
  answering('{"token":"abc');
  await expect(get("/api/me")).rejects.toThrow("the station does not answer");
  await expect(post("/api/manual/open")).rejects.toThrow("the station does not answer");
  answering('{"token":"abc"}');
  await expect(post("/api/manual/open")).resolves.toEqual({ token: "abc" });
});
