/** Every judgement of a run: value with U, limit, rule and source, verdict. What is bad stands first; nothing is left out. */
import type { JudgedView, RunView } from "../reviewTypes.ts";
import { linkTo } from "./place.ts";
import { rowClass, toneSigns } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;

interface Line extends JudgedView {
  readonly path: string;
}

export function Judgements({ view }: { readonly view: RunView }) {
  const all = view.steps.flatMap(({ path, judged }) => judged.map((one) => ({ ...one, path })));
  const quiet = all.filter((one) => one.subject === "rig" && one.tone === "good");
  const shown = all.filter((one) => !quiet.includes(one));
  const rank = { bad: 0, unsure: 1, none: 2, good: 3 } as const;
  const sorted = [...shown].sort((a, b) => rank[a.tone] - rank[b.tone]);
  return (
    <div class="block">
      <h2>{words.judgements}</h2>
      <Table view={view} rows={sorted} />
      {view.missing.length > 0 ? (
        <details>
          <summary>
            {words.missing} ({view.missing.length})
          </summary>
          <ul>
            {view.missing.map(({ id, blockedBy }) => (
              <li key={id}>
                {id}
                {blockedBy ? `, ${words.blockedBy} ${blockedBy}` : ""}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {quiet.length > 0 ? (
        <details>
          <summary>
            {words.rigChecks} ({quiet.length})
          </summary>
          <Table view={view} rows={quiet} />
        </details>
      ) : null}
    </div>
  );
}

const Table = ({ view, rows }: { readonly view: RunView; readonly rows: readonly Line[] }) => (
  <div class="scroll">
    <table class="judged">
      <thead>
        <tr>
          <th scope="col">{words.judgement}</th>
          <th scope="col" class="number">
            {words.value}
          </th>
          <th scope="col" class="number">
            {words.limit}
          </th>
          <th scope="col">{words.verdict}</th>
          <th scope="col" class="wide">
            {words.rule}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <Row key={`${i} ${row.id}`} row={row} view={view} />
        ))}
      </tbody>
    </table>
  </div>
);

function Row({ row, view }: { readonly row: Line; readonly view: RunView }) {
  const query = { id: row.id, procedure: view.procedure, adapter: view.adapter };
  return (
    <tr class={rowClass(row.tone)}>
      <td>
        <strong>{row.title}</strong>
        <small class="under">
          {row.id} · {row.path}
          {row.attempts > 1 ? ` · ${words.attempt} ${row.attempt}` : ""}
          {row.subject === "rig" ? ` · ${words.ofRig}` : ""}
        </small>
        {row.meaning && row.tone !== "good" ? <span class="under">{row.meaning}</span> : null}
      </td>
      <td class="number">
        <b>{row.value}</b>
        {row.rest}
        <small class="under">{row.note}</small>
      </td>
      <td class="number">{row.limit}</td>
      <td>
        <span class="under">
          {toneSigns[row.tone]} {row.verdict}
        </span>
        <a class="reach" href={linkTo("trend", query)}>
          {words.trend}
        </a>
      </td>
      <td class="wide">
        <small>{[row.rule, row.source, row.confidence].filter(Boolean).join(". ")}</small>
      </td>
    </tr>
  );
}
