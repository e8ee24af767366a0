/** The page's own modules in a test without a browser: what they ask of one is stubbed. */
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import type { Message, StateAt } from "../../../rig/station/live.ts";

interface Signal<T> {
  value: T;
}

/** Only what the tests look at; the page is type-checked with a project of its own. */
export interface PageModules {
  readonly live: { take(message: Message): boolean; begin(): void };
  readonly begun: { beginRun(path: "/api/start" | "/api/resume", body: object): Promise<void> };
  readonly heard: {
    readonly connected: Signal<boolean>;
    readonly lost: Signal<boolean>;
    begins(): void;
    doubt(): void;
    opened(): void;
    hear(sent_ms: number): void;
    look(now: number, date: number): boolean;
  };
  readonly state: {
    readonly judged: Signal<readonly { readonly id: string }[]>;
    readonly bench: Signal<{ readonly run?: { readonly phase: string; readonly outcome?: unknown } } | undefined>;
    readonly me: Signal<{ readonly name: string; readonly role: string; readonly csrf: string } | undefined>;
    readonly begunAt: Signal<StateAt | undefined>;
    readonly starting: { readonly value: boolean };
    readonly unread: Signal<string | undefined>;
    readonly curves: ReadonlyMap<string, { drawn(): { readonly t_s: readonly number[] } }>;
  };
}

export async function pageModules(): Promise<PageModules> {
  vi.stubGlobal("location", { hash: "" });
  const load = (name: string): Promise<unknown> =>
    import(pathToFileURL(`${import.meta.dirname}/../../../rig/station/page/${name}.ts`).href);
  const [live, heard, state] = [await load("live"), await load("heard"), await load("state")];
  return { live, heard, state, begun: await load("begun") } as PageModules;
}
