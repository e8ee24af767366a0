/** The prompt that waits, answered by touch, keyboard or scanner; numbers with their range before they are sent. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Prompt } from "../../plan/commands.ts";
import { post } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { Picture } from "./pictures.tsx";
import { me } from "./state.ts";
import { text } from "./texts.ts";

/** What was pressed for the prompt before answers none that nobody can have read: a second tap, a code read twice. */
const unread_ms = 700;

type Given = string | number | boolean;

export function PromptBox(props: {
  readonly waiting: { readonly number: number; readonly prompt: Prompt };
  readonly by: string;
  readonly run: number | undefined;
}) {
  const { prompt, number } = props.waiting;
  const [read, setRead] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRead(true), unread_ms);
    return () => clearTimeout(timer);
  }, []);
  const send = useAction((answer: Given) => post("/api/answer", { run: props.run, number, answer }));
  return (
    <div
      class="prompt"
      data-number={number}
      data-kind={prompt.kind}
      data-asks={prompt.id === "label" ? "label" : undefined}
      role="dialog"
      aria-labelledby="prompt-title"
    >
      <h2 id="prompt-title">{prompt.title}</h2>
      <div class="with-picture">
        <Picture prompt={prompt} />
        <div>
          <p>{prompt.text}</p>
          {me.value?.name === props.by ? (
            <Answers prompt={prompt} send={send.go} busy={send.busy || !read} />
          ) : (
            <p>
              {props.by} {text.run.answersAtBench}
            </p>
          )}
          <ErrorLine of={send} />
        </div>
      </div>
    </div>
  );
}

function Answers({
  prompt,
  send,
  busy,
}: {
  readonly prompt: Prompt;
  readonly send: (answer: Given) => void;
  readonly busy: boolean;
}) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!busy) first.current?.focus();
  }, [busy]);
  if (prompt.kind === "confirm") {
    return (
      <p class="buttons">
        <button type="button" class="large go" disabled={busy} ref={first} onClick={() => send(true)}>
          {text.done}
        </button>
        <button type="button" class="large" disabled={busy} onClick={() => send(false)}>
          {text.refuse}
        </button>
      </p>
    );
  }
  if (prompt.kind === "choice") {
    return (
      <p class="buttons">
        {prompt.choices.map((choice, i) => (
          <button
            key={choice}
            type="button"
            class="large"
            disabled={busy}
            ref={i === 0 ? first : null}
            onClick={() => send(choice)}
          >
            {choice}
          </button>
        ))}
      </p>
    );
  }
  return <Typed prompt={prompt} send={send} busy={busy} />;
}

type TypedPrompt = Extract<Prompt, { readonly kind: "text" | "number" }>;

function Typed({
  prompt,
  send,
  busy,
}: {
  readonly prompt: TypedPrompt;
  readonly send: (answer: Given) => void;
  readonly busy: boolean;
}) {
  const [typed, setTyped] = useState("");
  /** As it is at this moment: a code that is scanned into the field comes and goes between two drawings of the page. */
  const inField = useRef("");
  const typing = (given: string): void => {
    inField.current = given;
    setTyped(given);
  };
  const [wrong, setWrong] = useState("");
  const range =
    prompt.kind === "number"
      ? `${prompt.min} ${text.run.to} ${prompt.max} ${prompt.unit}`
      : `1 ${text.run.to} ${prompt.longest} ${text.run.length}`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Keys of the screen submit without the button.
        if (busy) return;
        const given = inField.current;
        const answer = checked(prompt, given);
        const number = prompt.kind !== "number" || Number.isFinite(Number(given.trim().replace(",", ".") || "x"));
        if (answer === undefined) setWrong(`${number ? text.run.outside : text.run.noNumber} ${range}`);
        else send(answer);
      }}
    >
      <Field label={range} value={typed} set={typing} focus numeric={prompt.kind === "number"} />
      <button type="submit" class="large go" disabled={busy}>
        {text.answer}
      </button>
      {wrong ? (
        <p class="error" role="alert">
          {wrong}
        </p>
      ) : null}
    </form>
  );
}

function checked(prompt: TypedPrompt, typed: string): Given | undefined {
  const plain = typed.trim();
  if (prompt.kind === "text") return plain.length > 0 && plain.length <= prompt.longest ? plain : undefined;
  const value = Number(plain.replace(",", "."));
  return plain !== "" && value >= prompt.min && value <= prompt.max ? value : undefined;
}
