/** Small inputs that the views of the review share. */
import { useId } from "preact/hooks";

export function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly from: readonly (readonly [value: string, words: string])[];
}) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>{props.label}</span>
      <select id={id} value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
        {props.from.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Day(props: { readonly label: string; readonly value: string; readonly set: (value: string) => void }) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>{props.label}</span>
      <input id={id} type="date" value={props.value} onInput={(event) => props.set(event.currentTarget.value)} />
    </label>
  );
}

export function Check(props: {
  readonly label: string;
  readonly value: boolean;
  readonly set: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <label class="check" for={id}>
      <input
        id={id}
        type="checkbox"
        checked={props.value}
        onChange={(event) => props.set(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
