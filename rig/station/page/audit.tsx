/** Who did what: three lists, each with its chain of hashes recomputed when it is opened. */
import { useState } from "preact/hooks";
import { visible } from "../../../reports/text/escape.ts";
import type { AuditView } from "../reviewTypes.ts";
import { type Asked, askedIn, FilterForm } from "./asked.tsx";
import { Select } from "./choice.tsx";
import { Field } from "./form.tsx";
import { useLoaded, Waiting } from "./loaded.tsx";
import { linkTo, place, searchOf } from "./place.ts";
import { Columns, Files } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;
const fields = ["list", "who", "what", "since", "until"] as const;
type AuditAsked = Asked<(typeof fields)[number]>;

export default function Audit() {
  const { query } = place.value;
  const asked = askedIn(fields, query);
  const loaded = useLoaded<AuditView>(`/api/audit${searchOf({ ...asked, before: query["before"] })}`);
  return (
    <section class="review">
      <h1>{words.audit}</h1>
      <Form key={JSON.stringify(asked)} asked={asked} />
      <Files
        files={["csv", "json"].map((format) => [
          `${words.exported} ${format.toUpperCase()}`,
          `/api/audit/file/${format}${searchOf(asked)}`,
        ])}
      />
      <Waiting of={loaded} />
      {loaded.data ? <Shown view={loaded.data} asked={asked} first={query["before"] === undefined} /> : null}
    </section>
  );
}

function Form({ asked }: { readonly asked: AuditAsked }) {
  const [now, setNow] = useState<AuditAsked>(asked);
  const set = (name: keyof AuditAsked) => (value: string) => setNow({ ...now, [name]: value });
  return (
    <FilterForm path="audit" now={now} set={set}>
      <Select label={words.list} value={now.list ?? "station"} set={set("list")} from={Object.entries(words.lists)} />
      <Field label={words.who} value={now.who ?? ""} set={set("who")} />
      <Field label={words.whatHint} value={now.what ?? ""} set={set("what")} />
    </FilterForm>
  );
}

function Shown({
  view,
  asked,
  first,
}: {
  readonly view: AuditView;
  readonly asked: AuditAsked;
  readonly first: boolean;
}) {
  const { chain, entries } = view;
  const last = entries.at(-1);
  return (
    <>
      {chain?.fault === undefined ? null : (
        <p class="safety alarm" role="alert">
          ⚠ {words.chainBroken}: {chain.fault}. {words.chainRemedy}
        </p>
      )}
      {chain && chain.fault === undefined ? (
        <p class="safety safe" role="status">
          ✓ {chain.entries.toLocaleString("en")} {words.chainHolds}.
        </p>
      ) : null}
      {entries.length === 0 ? <p>{words.nothing}</p> : null}
      <div class="scroll">
        <table>
          <Columns names={["#", words.when, words.who, words.what, words.detail]} />
          <tbody>
            {entries.map(({ seq, utc, who, what, detail }) => (
              <tr key={seq} class={what.startsWith("refused") ? "unsure" : ""}>
                <td class="number">{seq}</td>
                <td>{utc.slice(0, 19).replace("T", " ")}</td>
                <td>{visible(who)}</td>
                <td>{visible(what)}</td>
                <td>{detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <nav class="buttons" aria-label={words.audit}>
        {first ? null : (
          <a class="button" href={linkTo("audit", asked)}>
            {words.newest}
          </a>
        )}
        {view.more && last ? (
          <a class="button" href={linkTo("audit", { ...asked, before: String(last.seq) })}>
            {words.older}
          </a>
        ) : null}
      </nav>
    </>
  );
}
