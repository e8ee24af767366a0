/** A start, or going on with an interrupted run: from its acceptance on, what the page knows of the run before is of the past. */
import type { StateAt } from "../live.ts";
import { post } from "./api.ts";
import { begunAt } from "./state.ts";

export async function beginRun(path: "/api/start" | "/api/resume", body: object): Promise<void> {
  begunAt.value = await post<StateAt>(path, body);
  location.hash = "#/";
}
