/** A filter that stands in the address: what is asked for, and the form that asks anew. */
import type { ComponentChildren } from "preact";
import { Day } from "./choice.tsx";
import { go, type Query } from "./place.ts";
import { text } from "./texts.ts";

const words = text.review;

export type Asked<F extends string> = Partial<Record<F, string>>;

/** What is empty is not asked for. */
export const askedIn = <F extends string>(fields: readonly F[], query: Query): Asked<F> =>
  Object.fromEntries(fields.flatMap((name) => (query[name] ? [[name, query[name]]] : []))) as Asked<F>;

/** With the days between which it was; `path`: of the view that shows the answer. */
export const FilterForm = ({
  path,
  now,
  set,
  children,
}: {
  readonly path: string;
  readonly now: Asked<string>;
  readonly set: (name: "since" | "until") => (value: string) => void;
  readonly children: ComponentChildren;
}) => (
  <form
    class="filter"
    onSubmit={(event) => {
      event.preventDefault();
      go(path, now);
    }}
  >
    {children}
    <Day label={words.since} value={now["since"] ?? ""} set={set("since")} />
    <Day label={words.until} value={now["until"] ?? ""} set={set("until")} />
    <button type="submit">{words.look}</button>
  </form>
);
