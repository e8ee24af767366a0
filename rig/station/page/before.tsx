/** What is known before start: what stands against it, the health of the bench, what is energised, how much and for how long. */
import { useState } from "preact/hooks";
import type { BenchHealth, Finding, PlannedRun, Prepared, Tried } from "../prepared.ts";
import { post } from "./api.ts";
import "./before.css";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { me } from "./state.ts";
import { text } from "./texts.ts";

export const mayRun = (): boolean => me.value?.role === "technician" || me.value?.role === "engineer";

export function Before({ prepared, again }: { readonly prepared: Prepared; readonly again: () => void }) {
  const { blocks, notes, preflight, health, plan, limits } = prepared;
  return (
    <div class="before">
      {blocks.length > 0 ? (
        <div class="against" role="alert" ref={inSight}>
          <h2>⚠ {text.against}</h2>
          <ul>
            {blocks.map((found) => (
              <Against key={found.what} found={found} again={again} />
            ))}
          </ul>
        </div>
      ) : null}
      <ul class="looked">
        <PreflightLine preflight={preflight} />
        {health ? <HealthLine health={health} /> : null}
      </ul>
      {plan ? <Plan plan={plan} /> : null}
      {notes.length > 0 || limits !== "" ? (
        <details>
          <summary>
            {text.notes} ({notes.length})
          </summary>
          <ul>
            {limits === "" ? null : <li>{limits}</li>}
            {notes.map(({ what, remedy }) => (
              <li key={what}>
                {what}. {remedy}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

/** On a small screen it would stand below the edge. */
const inSight = (box: HTMLElement | null): void => box?.scrollIntoView({ block: "nearest" });

function Against({ found, again }: { readonly found: Finding; readonly again: () => void }) {
  return (
    <li data-code={found.code}>
      <strong>{found.what}</strong>
      <span class="remedy"> → {found.remedy}</span>
      {found.code === "latched" && mayRun() ? (
        <WithReason
          name={text.reset}
          label={text.resetReason}
          act={text.resetDo}
          path="/api/reset"
          body={{ seen: found.what }}
          done={again}
        />
      ) : null}
    </li>
  );
}

/** A button that asks for a reason before it acts. */
export function WithReason(props: {
  readonly name: string;
  readonly label: string;
  readonly act: string;
  readonly path: string;
  readonly body?: object;
  readonly done: () => void;
}) {
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  const send = useAction(() => post(props.path, { ...props.body, reason }).then(props.done));
  if (!asked) {
    return (
      <button type="button" onClick={() => setAsked(true)}>
        {props.name}...
      </button>
    );
  }
  return (
    <form
      class="reason"
      onSubmit={(event) => {
        event.preventDefault();
        send.go();
      }}
    >
      <Field label={props.label} value={reason} set={setReason} focus />
      <button type="submit" disabled={send.busy}>
        {props.act}
      </button>
      <ErrorLine of={send} />
    </form>
  );
}

function PreflightLine({ preflight }: { readonly preflight: Tried }) {
  if (preflight.is === "accepted") {
    return (
      <li class="good">
        ✓ {preflight.kept ? text.preflightKept : text.preflightDone} ({preflight.paths} {text.pathsTried})
      </li>
    );
  }
  if (preflight.is === "refused") {
    return (
      <li class="bad" role="alert">
        ✗ {text.preflightRefused}: {preflight.what}. → {preflight.remedy}
      </li>
    );
  }
  return (
    <li class="open" aria-live="polite">
      … {preflight.is === "trying" ? text.preflightTrying : `${text.preflightWaiting}: ${preflight.why}`}
    </li>
  );
}

function HealthLine({ health }: { readonly health: BenchHealth }) {
  if (health.is === "checking") return <li class="open">… {text.healthChecking}</li>;
  if (health.is === "unknown") {
    return (
      <li class="bad">
        ? {text.healthUnknown}: {health.why}
      </li>
    );
  }
  const { age_s, instruments, answering, interlocks, open } = health;
  return (
    <li class={health.is === "well" ? "good" : "bad"}>
      {health.is === "well" ? `✓ ${text.healthWell}` : `✗ ${text.healthUnwell}`}: {answering}/{instruments}{" "}
      {text.answering}, {interlocks - open.length}/{interlocks} {text.interlocksClosed}
      {open.length > 0 ? ` (${text.open}: ${open.join(", ")})` : ""}, {spanText(age_s)} {text.ago}
    </li>
  );
}

export function spanText(s: number): string {
  if (s < 90) return `${Math.max(0, Math.round(s))} s`;
  const minutes = Math.round(s / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function Plan({ plan }: { readonly plan: PlannedRun }) {
  const { powered, signals, takes_s, withoutSoak_s, prompts } = plan;
  return (
    <div class="energy">
      <h2>⚡ {text.energised}</h2>
      {powered.length === 0 ? (
        <p>{text.onlySignals}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{text.contacts}</th>
              <th>{text.upTo}</th>
              <th>{text.forHowLong}</th>
              <th>{text.stepName}</th>
            </tr>
          </thead>
          <tbody>
            {powered.map(({ step, contacts, most_A, most_V, takes_s: step_s }) => (
              <tr key={step}>
                <td>
                  <strong>{contacts}</strong>
                </td>
                <td>
                  <strong>
                    {most_A} A, {most_V} V
                  </strong>
                </td>
                <td>{spanText(step_s)}</td>
                <td>{step}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {signals.length > 0 ? (
        <p>
          {text.besides}: {signals.join("; ")}
        </p>
      ) : null}
      <p>
        {text.takes} <strong>{spanText(takes_s)}</strong>
        {withoutSoak_s === undefined ? "" : ` (${spanText(withoutSoak_s)} ${text.withoutSoak})`};{" "}
        {prompts.length === 0 ? text.asksNothing : `${text.asks} ${prompts.length} ×: ${promptWords(prompts)}`}
      </p>
    </div>
  );
}

/** Each title once, with how often. */
function promptWords(titles: readonly string[]): string {
  const count = new Map<string, number>();
  for (const title of titles) count.set(title, (count.get(title) ?? 0) + 1);
  return [...count].map(([title, n]) => (n > 1 ? `${title} (${n})` : title)).join(", ");
}
