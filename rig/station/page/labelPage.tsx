/** The label of a run that passed, to be printed alone; or why there is none. */
import { useEffect, useState } from "preact/hooks";
import { getFile } from "./api.ts";
import { text } from "./texts.ts";

export function LabelPage({ run }: { readonly run: number }) {
  const [source, setSource] = useState("");
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    let url = "";
    let over = false;
    getFile(`/api/runs/${run}/label`).then(
      (file) => {
        if (over) return;
        url = URL.createObjectURL(file);
        setSource(url);
      },
      (error: unknown) => over || setWrong(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      over = true;
      if (url !== "") URL.revokeObjectURL(url);
    };
  }, [run]);
  return (
    <section class="label-page">
      <h1>
        {text.result.labelTitle} R{String(run).padStart(6, "0")}
      </h1>
      {wrong === "" ? null : (
        <p class="error" role="alert">
          {text.result.labelNone}: {wrong}
        </p>
      )}
      {source === "" ? null : <img class="label-sheet" src={source} alt={`${text.result.labelTitle} ${run}`} />}
      <p class="buttons">
        <button type="button" class="large go" disabled={source === ""} onClick={() => print()}>
          {text.result.labelPrint}
        </button>
        {source === "" ? null : (
          <a class="large button" href={`/api/runs/${run}/label?download`} download>
            {text.result.labelSave}
          </a>
        )}
        <a class="large button" href="#/">
          {text.result.labelBack}
        </a>
      </p>
    </section>
  );
}
