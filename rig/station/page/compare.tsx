/** Two runs side by side: what differs about them first, then the rows that moved, then all others, with every doubt. */
import type { ComparedRow, CompareView } from "../reviewTypes.ts";
import { useLoaded, Waiting } from "./loaded.tsx";
import { linkTo, place } from "./place.ts";
import { Columns, Facts, rowClass, toneClasses, toneSigns } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;

export default function Compare() {
  const [, first = "", second = ""] = place.value.path.split("/");
  const asked = new URLSearchParams({ baseline: first, run: second });
  const loaded = useLoaded<CompareView>(`/api/compare?${asked}`);
  const view = loaded.data;
  return (
    <section class="review">
      <h1>
        {words.compare} {first}, {second}
      </h1>
      <Waiting of={loaded} />
      {view ? <Shown view={view} /> : null}
    </section>
  );
}

function Shown({ view }: { readonly view: CompareView }) {
  return (
    <>
      <div class="columns">
        <Side title={words.first} side={view.baseline} />
        <Side title={words.second} side={view.compared} />
      </div>
      <div class={`verdict ${toneClasses[view.tone]}`} role="status">
        <b>
          {toneSigns[view.tone]} {view.result}
          {view.simulated ? ` · ${text.simulated}` : ""}
        </b>
        {view.reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </div>
      <h2>{words.differs}</h2>
      {view.deviations.length === 0 ? <p>{words.nothingDiffers}</p> : null}
      <Facts rows={view.deviations.map(({ what, before, after }) => [what, before, after])} />
      <h2>
        {words.changed} ({view.notable.length})
      </h2>
      <Rows rows={view.notable} />
      <details>
        <summary>
          {words.others} ({view.others.length})
        </summary>
        <Rows rows={view.others} />
      </details>
      {view.oneSided.length > 0 ? (
        <details>
          <summary>
            {words.onlyOne} ({view.oneSided.length})
          </summary>
          <ul>
            {view.oneSided.map(({ in: where, id, reading }) => (
              <li key={`${where} ${id}`}>
                {id}: {reading}, {where}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <h2>{words.basis}</h2>
      <ul>
        {view.basis.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

const Side = ({ title, side }: { readonly title: string; readonly side: CompareView["baseline"] }) => (
  <Facts
    rows={side.facts}
    caption={
      <a class="reach" href={linkTo(`runs/${side.run}`)}>
        {title}
      </a>
    }
  />
);

const Rows = ({ rows }: { readonly rows: readonly ComparedRow[] }) =>
  rows.length === 0 ? null : (
    <div class="scroll">
      <table>
        <Columns names={[words.row, words.first, words.second, words.difference, words.result]} />
        <tbody>
          {rows.map((row, i) => (
            <tr key={`${i} ${row.id}`} class={rowClass(row.tone)}>
              <td>
                {row.id}
                <small class="under">{row.step}</small>
              </td>
              <td class="number">{row.before}</td>
              <td class="number">{row.after}</td>
              <td class="number">
                {row.difference}
                {row.share ? (
                  <small class="under">
                    {row.share} {words.ofLimit}
                  </small>
                ) : null}
              </td>
              <td>
                {toneSigns[row.tone]} {row.result}
                {row.why ? <small class="under">{row.why}</small> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
