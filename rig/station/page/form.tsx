/** An action with its error and whether it is under way: no button sends twice, no error is swallowed. */
import { useId, useState } from "preact/hooks";

export interface Act<A = void> {
  readonly go: (argument: A) => void;
  readonly busy: boolean;
  readonly error: string;
}

export function useAction<A = void>(work: (argument: A) => Promise<unknown>): Act<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const go = (argument: A) => {
    if (busy) return;
    setBusy(true);
    setError("");
    work(argument)
      .catch((thrown: unknown) => setError(thrown instanceof Error ? thrown.message : String(thrown)))
      .finally(() => setBusy(false));
  };
  return { go, busy, error };
}

export const ErrorLine = ({ of }: { readonly of: { readonly error: string } }) =>
  of.error ? (
    <p class="error" role="alert">
      {of.error}
    </p>
  ) : null;

export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly type?: "text" | "password";
  readonly focus?: boolean;
  readonly auto?: string;
  /** With Alt (keys.ts). */
  readonly hotkey?: string;
  readonly numeric?: boolean;
}) {
  const id = useId();
  const shared = {
    id,
    value: props.value,
    autoComplete: props.auto ?? "off",
    ...(props.hotkey === undefined ? {} : { "data-hotkey": props.hotkey }),
    ...(props.numeric ? { inputMode: "decimal" as const } : {}),
    ref: (input: HTMLInputElement | null) => {
      if (!props.focus || !input || input.dataset["met"]) return;
      input.dataset["met"] = "1";
      input.focus();
    },
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => props.set(event.currentTarget.value),
  };
  return (
    <label class="field" for={id}>
      <span>{props.label}</span>
      {props.type === "password" ? <input type="password" {...shared} /> : <input type="text" {...shared} />}
    </label>
  );
}
