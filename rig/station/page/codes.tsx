/** The sheet of printed codes: a whole run with the scanner alone. */
import { useEffect, useState } from "preact/hooks";
import { controlCodes } from "../codes.ts";
import { get } from "./api.ts";
import "./codes.css";
import { ErrorLine, useAction } from "./form.tsx";
import { text } from "./texts.ts";

interface Procedures {
  readonly procedures: readonly { readonly id: string; readonly title: string }[];
}

export function Codes() {
  const [procedures, setProcedures] = useState<Procedures["procedures"]>([]);
  const load = useAction(async () => setProcedures((await get<Procedures>("/api/catalogue")).procedures));
  useEffect(() => load.go(), []);
  return (
    <section class="codes">
      <p class="how">
        {text.codesHow}{" "}
        <button type="button" onClick={() => print()}>
          {text.print}
        </button>
      </p>
      <ErrorLine of={load} />
      <ul>
        {Object.entries(controlCodes).map(([code, words]) => (
          <Code key={code} code={code} words={words} />
        ))}
      </ul>
      <h2>{text.procedureCodes}</h2>
      <ul>
        {procedures.map(({ id, title }) => (
          <Code key={id} code={id} words={title} />
        ))}
      </ul>
    </section>
  );
}

const Code = ({ code, words }: { readonly code: string; readonly words: string }) => (
  <li>
    <img src={`/api/codes/${encodeURIComponent(code)}`} alt={code} />
    <strong>{words}</strong>
    <small>{code}</small>
  </li>
);
