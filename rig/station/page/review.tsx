/** One run as QA reads it: outcome and first cause, what is signed and decided, every judgement, and all that belongs to it. */

import { useState } from "preact/hooks";
import { visible } from "../../../reports/text/escape.ts";
import type { RunView } from "../reviewTypes.ts";
import { outcomeWords } from "./history.tsx";
import { Judgements } from "./judgements.tsx";
import { useLoaded, Waiting } from "./loaded.tsx";
import { Photos } from "./photos.tsx";
import { go, linkTo, place } from "./place.ts";
import { Standing } from "./standing.tsx";
import { Facts, Files, toneClasses, toneSigns } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;
const formats = ["html", "pdf", "json", "csv", "junit", "parquet"] as const;

export default function Review() {
  const run = place.value.path.split("/")[1] ?? "";
  const loaded = useLoaded<RunView>(`/api/runs/${encodeURIComponent(run)}`);
  const { data } = loaded;
  return (
    <section class="review">
      <p class="buttons">
        <button type="button" onClick={() => (history.length > 1 ? history.back() : go("runs"))}>
          {words.back}
        </button>
      </p>
      <Waiting of={loaded} />
      {data ? <Whole view={data} again={loaded.again} /> : null}
    </section>
  );
}

function Whole({ view, again }: { readonly view: RunView; readonly again: () => void }) {
  return (
    <>
      <h1>
        {view.id} <span class="lighter">{view.procedure}</span>
      </h1>
      <p class="what">
        {text.serial} <strong>{visible(view.serial)}</strong>, {view.adapter}
      </p>
      <div class={`verdict ${toneClasses[view.tone]}`} role="status">
        <b>
          {toneSigns[view.tone]} {view.going ? words.going : view.words}
          {view.ending === "completed" || view.going ? "" : `, ${view.ending}`}
          {view.simulated ? ` · ${text.simulated}` : ""}
        </b>
        {view.firstCause ? (
          <p>
            {text.first}: {view.firstCause}
          </p>
        ) : null}
        {view.doubts.map((doubt) => (
          <p key={doubt} class="error">
            {words.doubts}: {doubt}
          </p>
        ))}
      </div>
      <Standing view={view} again={again} />
      <Downloads run={view.run} />
      <Judgements view={view} />
      <Photos view={view} />
      <Series view={view} />
      <Related view={view} />
      <What view={view} />
      <Trail view={view} />
    </>
  );
}

const Downloads = ({ run }: { readonly run: number }) => (
  <div class="block">
    <h2>{words.downloads}</h2>
    <Files
      files={[
        ...formats.map((format) => [format.toUpperCase(), `/api/runs/${run}/report/${format}`] as const),
        [words.evidence, `/api/runs/${run}/report/evidence`],
      ]}
    />
  </div>
);

function Series({ view }: { readonly view: RunView }) {
  if (view.series.length === 0) return null;
  return (
    <details>
      <summary>
        {words.series} ({view.series.length})
      </summary>
      <ul class="links">
        {view.series.map(({ series, points }) => (
          <li key={series}>
            <a class="reach" href={linkTo(`runs/${view.run}/series`, { name: series })}>
              {visible(series)}
            </a>{" "}
            {points.toLocaleString("en")} {words.points}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Related({ view }: { readonly view: RunView }) {
  const [other, setOther] = useState("");
  const others = view.related.filter(({ run }) => run !== view.run);
  return (
    <div class="block">
      <h2>{words.related}</h2>
      <form
        class="filter"
        onSubmit={(event) => {
          event.preventDefault();
          const number = /(\d+)\s*$/.exec(other)?.[1];
          if (number) go(`compare/${Number(number)}/${view.run}`);
        }}
      >
        <label class="field">
          <span>{words.compareWith}</span>
          <input type="text" value={other} onInput={(event) => setOther(event.currentTarget.value)} />
        </label>
        <button type="submit">{words.compare}</button>
      </form>
      {others.length > 0 ? (
        <table>
          <tbody>
            {others.map((row) => (
              <tr key={row.run}>
                <td>
                  <a class="reach" href={linkTo(`runs/${row.run}`)}>
                    {row.id}
                  </a>
                </td>
                <td>{row.started.slice(0, 16).replace("T", " ")}</td>
                <td>{row.procedure}</td>
                <td>{outcomeWords(row)}</td>
                <td>
                  {row.outcome && !view.going ? (
                    <a
                      class="reach"
                      href={linkTo(`compare/${Math.min(row.run, view.run)}/${Math.max(row.run, view.run)}`)}
                    >
                      {words.compare}
                    </a>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}

const What = ({ view }: { readonly view: RunView }) => (
  <details>
    <summary>{words.facts}</summary>
    <Facts rows={view.facts} />
    {view.instruments.length > 0 ? <h3>{words.instruments}</h3> : null}
    <ul>
      {view.instruments.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </details>
);

function Trail({ view }: { readonly view: RunView }) {
  return (
    <>
      {view.waivers.length > 0 ? (
        <div class="block">
          <h2>{words.waivers}</h2>
          <ul>
            {view.waivers.map(({ text: what, by }) => (
              <li key={what}>
                {what} ({by})
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <List
        title={words.attachments}
        rows={view.attachments.map(({ utc, name, text: said }) => [utc, name, said] as const)}
      />
      <List title={words.notes} rows={view.notes.map(({ utc, kind, text: said }) => [utc, kind, said] as const)} />
      <List title={words.prompts} rows={view.prompts.map(({ utc, title, answer }) => [utc, title, answer] as const)} />
    </>
  );
}

const List = ({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [string, string, string])[];
}) =>
  rows.length === 0 ? null : (
    <details>
      <summary>
        {title} ({rows.length})
      </summary>
      <table>
        <tbody>
          {rows.map(([utc, what, said], i) => (
            <tr key={`${i} ${utc}`}>
              <td>{utc.slice(11, 19)}</td>
              <td>{what}</td>
              <td>{said}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
