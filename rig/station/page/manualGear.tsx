/** The buttons of the manual panel: each is one command in words. */
import { useState } from "preact/hooks";
import type { ManualOffer } from "../manual.ts";
import { Field } from "./form.tsx";
import { manualNotes } from "./state.ts";
import { ohmWords } from "./texts/benchPage.ts";
import { text } from "./texts.ts";

interface Parts {
  readonly offer: ManualOffer;
  readonly send: (command: string) => void;
  readonly busy: boolean;
}

export function ManualGear(parts: Parts) {
  const { offer, send, busy } = parts;
  const readable = Object.keys(offer.roles).filter(
    (role) => !["milliohm", "generator"].includes(offer.roles[role] ?? ""),
  );
  const { source_V, current_A, rails_V } = offer.limits;
  return (
    <div class="gear">
      <fieldset>
        <legend>{text.read}</legend>
        {readable.map((role) => (
          <button key={role} type="button" disabled={busy} onClick={() => send(`read ${role}`)}>
            {role}
          </button>
        ))}
      </fieldset>
      <Relays {...parts} />
      <fieldset>
        <legend>{text.resistance}</legend>
        {Object.entries(ohmWords).map(([range, words]) => (
          <button key={range} type="button" disabled={busy} onClick={() => send(`ohm ${range}`)}>
            {words}
          </button>
        ))}
      </fieldset>
      <Setting {...parts} name="rails" title={text.rails} units={[`+V (0-${rails_V})`, `-V (0-${rails_V})`]} />
      <Setting {...parts} name="source" title={text.source} units={[`V (0-${source_V})`, `A (0-${current_A})`]} />
      <Setting {...parts} name="load" title={text.load} units={[`A (0-${current_A})`]} />
      <Setting {...parts} name="enable" title={text.enableLine} units={[]} />
    </div>
  );
}

function Relays({ offer, send, busy }: Parts) {
  const [relay, setRelay] = useState("KG");
  const closed = Object.values(manualNotes.value.at(-1)?.closed ?? {}).flat();
  return (
    <fieldset>
      <legend>{text.relay}</legend>
      <label class="field">
        <span>{text.relay}</span>
        <select value={relay} onChange={(event) => setRelay(event.currentTarget.value)}>
          {Object.keys(offer.relays).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <button type="button" disabled={busy} onClick={() => send(`close ${relay}`)}>
        {text.close} {relay}
      </button>
      <button type="button" disabled={busy} onClick={() => send(`open ${relay}`)}>
        {text.openRelay} {relay}
      </button>
      <p class="closed">
        {text.closedRelays}: {closed.length === 0 ? text.atRest : closed.join(", ")}
      </p>
    </fieldset>
  );
}

function Setting(props: Parts & { readonly name: string; readonly title: string; readonly units: readonly string[] }) {
  const { name, title, units, send, busy } = props;
  const [values, setValues] = useState<readonly string[]>(units.map(() => "0"));
  return (
    <fieldset>
      <legend>{title}</legend>
      {units.map((unit, i) => (
        <Field
          key={unit}
          label={unit}
          numeric
          value={values[i] ?? ""}
          set={(value) => setValues(values.map((old, j) => (i === j ? value : old)))}
        />
      ))}
      {units.length > 0 ? (
        <button
          type="button"
          disabled={busy}
          onClick={() => send(`${name} ${values.map((value) => value.trim().replace(",", ".")).join(" ")}`)}
        >
          {text.set} {title}
        </button>
      ) : null}
      <button type="button" disabled={busy} onClick={() => send(`${name} on`)}>
        {title} {text.on}
      </button>
      <button type="button" disabled={busy} onClick={() => send(`${name} off`)}>
        {title} {text.off}
      </button>
    </fieldset>
  );
}
