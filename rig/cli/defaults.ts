/** What the commands take where nothing is said. */
import { join } from "node:path";
import { root } from "./root.ts";

export const defaultBench: string = join(root, "benches", "rb-1.yaml");
export const defaultStore = "runs";
