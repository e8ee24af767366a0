/** Runs, newest first, by everything that QA looks for. The filter and the place in the list stand in the address. */
import { useEffect, useState } from "preact/hooks";
import { visible } from "../../../reports/text/escape.ts";
import type { Choices, ListedRun, RunList } from "../reviewTypes.ts";
import { Check, Day, Select } from "./choice.tsx";
import { Field } from "./form.tsx";
import { useLoaded, Waiting } from "./loaded.tsx";
import { go, linkTo, place, type Query, searchOf } from "./place.ts";
import { text, verdictWords } from "./texts.ts";
import "./review.css";

const words = text.review;
const filters = ["serial", "verdict", "open", "adapter", "procedure", "operator", "since", "until"] as const;
type Filter = Partial<Record<(typeof filters)[number], string>>;

const filterIn = (query: Query): Filter =>
  Object.fromEntries(filters.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));

export function History() {
  const { query } = place.value;
  const list = useLoaded<RunList>(
    `/api/runs${searchOf({ ...filterIn(query), after: query["after"], started: query["started"] })}`,
  );
  return (
    <section>
      <h1 class="quiet-title">{text.history}</h1>
      <FilterForm key={JSON.stringify(filterIn(query))} now={filterIn(query)} />
      <Waiting of={list} />
      {list.data ? <Found list={list.data} query={query} /> : null}
    </section>
  );
}

function FilterForm({ now }: { readonly now: Filter }) {
  const [filter, setFilter] = useState<Filter>(now);
  const choices = useLoaded<Choices>("/api/choices");
  const set = (name: keyof Filter) => (value: string) => setFilter({ ...filter, [name]: value });
  const all = (names: readonly string[] | undefined, chosen: string | undefined) => {
    const known = names ?? [];
    const listed = chosen && !known.includes(chosen) ? [...known, chosen] : known;
    return [["", text.all] as const, ...listed.map((name) => [name, name] as const)];
  };
  const others = (["adapter", "procedure", "operator", "since", "until"] as const).some((name) => now[name]);
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        go("runs", filter);
      }}
    >
      <Field label={words.serialHint} value={filter.serial ?? ""} set={set("serial")} />
      <Select
        label={text.verdict}
        value={filter.verdict ?? ""}
        set={set("verdict")}
        from={[["", text.all], ...Object.entries(verdictWords)]}
      />
      <Check label={words.open} value={filter.open === "1"} set={(on) => set("open")(on ? "1" : "")} />
      <button type="submit">{text.look}</button>
      <a class="button" href="#/runs">
        {words.clear}
      </a>
      <a class="button" href="#/trend">
        {words.trend}
      </a>
      <details open={others}>
        <summary>{words.more}</summary>
        <div class="filter">
          <Select
            label={text.adapter}
            value={filter.adapter ?? ""}
            set={set("adapter")}
            from={all(choices.data?.adapters, filter.adapter)}
          />
          <Select
            label={text.procedure}
            value={filter.procedure ?? ""}
            set={set("procedure")}
            from={all(choices.data?.procedures, filter.procedure)}
          />
          <Field label={words.operator} value={filter.operator ?? ""} set={set("operator")} />
          <Day label={words.since} value={filter.since ?? ""} set={set("since")} />
          <Day label={words.until} value={filter.until ?? ""} set={set("until")} />
        </div>
      </details>
    </form>
  );
}

/** As far as lists are counted. */
const counted_max = 10_000;
const number = (value: number): string => value.toLocaleString("en");

function Found({ list, query }: { readonly list: RunList; readonly query: Query }) {
  const from = Number(query["from"] ?? "1");
  const last = list.rows.at(-1);
  useEffect(() => scrollTo(0, 0), [query["after"]]);
  if (list.rows.length === 0) return <p>{words.none}</p>;
  const count = list.count >= counted_max ? `${number(list.count)} ${words.orMore}` : number(list.count);
  return (
    <>
      <p class="count" role="status">
        {number(from)} - {number(from + list.rows.length - 1)} {words.of} {count} {words.runs}
      </p>
      <div class="scroll">
        <table class="runs">
          <thead>
            <tr>
              <th scope="col">{words.run}</th>
              <th scope="col">{words.started}</th>
              <th scope="col">{text.serial}</th>
              <th scope="col" class="wide">
                {words.type}
              </th>
              <th scope="col">{text.procedure}</th>
              <th scope="col">{words.result}</th>
              <th scope="col">{words.signed}</th>
              <th scope="col" class="wide">
                {words.operator}
              </th>
            </tr>
          </thead>
          <tbody>
            {list.rows.map((row) => (
              <Row key={row.run} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <nav class="buttons" aria-label={text.history}>
        {from > 1 ? (
          <a class="button" href={linkTo("runs", filterIn(query))}>
            {words.newest}
          </a>
        ) : null}
        {list.more && last ? (
          <a
            class="button"
            href={linkTo("runs", {
              ...filterIn(query),
              after: String(last.run),
              started: last.started,
              from: String(from + list.rows.length),
            })}
          >
            {words.older}
          </a>
        ) : null}
      </nav>
    </>
  );
}

function Row({ row }: { readonly row: ListedRun }) {
  const { outcome, openFails } = row;
  const good = outcome?.ending === "completed" && outcome.verdict.startsWith("pass");
  const bad = outcome !== undefined && !good;
  return (
    <tr class={bad || openFails.length > 0 ? "bad" : ""}>
      <td>
        <a class="reach" href={linkTo(`runs/${row.run}`)}>
          {row.id}
        </a>
      </td>
      <td>{row.started.slice(0, 16).replace("T", " ")}</td>
      <td>{visible(row.serial)}</td>
      <td class="wide">{row.adapter}</td>
      <td>{row.procedure}</td>
      <td>
        {outcomeWords(row)}
        {openFails.length > 0 ? <strong class="mark"> · {words.openFail}</strong> : null}
      </td>
      <td>
        {row.signed}
        {row.badSignatures > 0 ? <strong class="mark"> · {words.badSignature}</strong> : null}
      </td>
      <td class="wide">{visible(row.operator)}</td>
    </tr>
  );
}

/** Sign, word, and what else must not be overlooked. */
export function outcomeWords({ outcome, simulated }: Pick<ListedRun, "outcome" | "simulated">): string {
  const mark = simulated ? ` · ${text.simulated}` : "";
  if (!outcome) return `… ${words.going}${mark}`;
  const { verdict, ending } = outcome;
  const good = ending === "completed" && verdict.startsWith("pass");
  const said = verdictWords[verdict] ?? verdict;
  return `${good ? "✓" : verdict.startsWith("fail") ? "✗" : "?"} ${said}${ending === "completed" ? "" : `, ${ending}`}${mark}`;
}
