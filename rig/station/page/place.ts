/** Where the page is: the part of the address behind #. A filter and a place in a list stand there, so that going back and reloading keep them. */
import { computed } from "@preact/signals";
import { route } from "./state.ts";

export type Query = Readonly<Record<string, string>>;

/** `#/runs/12/series?name=x`: the path without `#/`, and its query. */
export const place = computed(() => {
  const [path = "", query = ""] = route.value.replace(/^#\/?/, "").split("?");
  return { path, query: Object.fromEntries(new URLSearchParams(query)) as Query };
});

/** What is empty is left out. */
export function searchOf(query: Readonly<Record<string, string | undefined>>): string {
  const known = Object.entries(query).filter((one): one is [string, string] => (one[1] ?? "") !== "");
  return known.length === 0 ? "" : `?${new URLSearchParams(known)}`;
}

export const linkTo = (path: string, query: Readonly<Record<string, string | undefined>> = {}): string =>
  `#/${path}${searchOf(query)}`;

export const go = (path: string, query: Readonly<Record<string, string | undefined>> = {}): void => {
  location.hash = linkTo(path, query);
};
