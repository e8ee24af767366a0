/** Small tables, and files to take, as the views of the review have them. */
import type { ComponentChildren } from "preact";
import type { Tone } from "../reviewTypes.ts";

/** Never the colour alone. */
export const toneSigns: Readonly<Record<Tone, string>> = { good: "✓", bad: "✗", unsure: "?", none: "-" };
export const toneClasses: Readonly<Record<Tone, string>> = { good: "good", bad: "bad", unsure: "open", none: "open" };
/** Of a row: what is as it should be needs no colour. */
export const rowClass = (tone: Tone): string => (tone === "bad" || tone === "unsure" ? tone : "");

/** A name and what belongs to it, line by line. */
export const Facts = ({
  rows,
  caption,
  name = "",
}: {
  readonly rows: readonly (readonly string[])[];
  readonly caption?: ComponentChildren;
  readonly name?: string;
}) => (
  <table class={name}>
    {caption === undefined ? null : <caption>{caption}</caption>}
    <tbody>
      {rows.map(([first = "", ...others]) => (
        <tr key={first}>
          <th scope="row">{first}</th>
          {others.map((value, i) => (
            <td key={`${i} ${value}`}>{value}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

export const Columns = ({ names }: { readonly names: readonly string[] }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </tr>
  </thead>
);

export const Files = ({ files }: { readonly files: readonly (readonly [words: string, path: string])[] }) => (
  <p class="buttons">
    {files.map(([words, path]) => (
      <a key={path} class="button" href={path} download>
        {words}
      </a>
    ))}
  </p>
);
