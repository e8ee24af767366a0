/** Scan, see what will happen, start. A scan comes to the label's field from anywhere (scanner.ts). */
import { useEffect, useRef, useState } from "preact/hooks";
import type { LabelSays } from "../label.ts";
import { mayStart, type PlannedRun } from "../prepared.ts";
import { get } from "./api.ts";
import { Before, mayRun, spanText } from "./before.tsx";
import { beginRun } from "./begun.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { connected } from "./heard.ts";
import { InterruptedRun } from "./interrupted.tsx";
import { Safety } from "./safety.tsx";
import { bench, me, scanned } from "./state.ts";
import { text } from "./texts.ts";
import { usePrepared } from "./usePrepared.ts";

interface Catalogue {
  readonly procedures: readonly { readonly id: string; readonly title: string; readonly families: readonly string[] }[];
  readonly adapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly family: string;
    readonly rating: string;
  }[];
}

/** What the label in the field says. Only the last one counts: while it is read, and when it says nothing, none is shown. */
function useLabel(show: (found: LabelSays | undefined) => void) {
  const newest = useRef({ given: "" });
  const [error, setError] = useState("");
  const look = (given: string): void => {
    const mine = { given };
    newest.current = mine;
    setError("");
    show(undefined);
    get<LabelSays>(`/api/label?text=${encodeURIComponent(given)}`).then(
      (found) => mine === newest.current && show(found),
      (thrown: unknown) =>
        mine === newest.current && setError(thrown instanceof Error ? thrown.message : String(thrown)),
    );
  };
  return { look, error, of: () => newest.current.given };
}

export function Start() {
  const [catalogue, setCatalogue] = useState<Catalogue>();
  const [typed, setTyped] = useState("");
  const [label, setLabel] = useState<LabelSays>();
  const [adapter, setAdapter] = useState("");
  const [procedure, setProcedure] = useState("");
  const [round, setRound] = useState(0);
  const load = useAction(async () => setCatalogue(await get<Catalogue>("/api/catalogue")));
  useEffect(() => load.go(), []);
  /** As it is at this moment: a code that is scanned into the field comes and goes between two drawings of the page. */
  const inField = useRef("");
  const reading = useLabel((found) => {
    setLabel(found);
    setAdapter(found?.adapter ?? "");
    setProcedure(found?.procedure ?? "");
  });
  const typing = (given: string): void => {
    inField.current = given;
    setTyped(given);
  };
  const type = catalogue?.adapters.find(({ id }) => id === adapter);
  const fitting = catalogue?.procedures.filter(({ families }) => type && families.includes(type.family)) ?? [];
  const came = scanned.value;
  useEffect(() => {
    if (came === undefined || !catalogue) return;
    scanned.value = undefined;
    // With a label there already, the code of a procedure chooses it.
    if (label && fitting.some(({ id }) => id === came)) return setProcedure(came);
    typing(came);
    reading.look(came);
  }, [came, catalogue]);
  const job = label && adapter && procedure ? { procedure, adapter, serial: label.serial } : undefined;
  const { run, safety } = bench.value ?? {};
  const at = `${run?.run ?? ""} ${run?.phase === "ended" || !run} ${safety?.is} ${round}`;
  const { prepared, error, done } = usePrepared(job, at);
  const again = () => setRound(round + 1);
  const start = useAction(async () => {
    if (inField.current !== reading.of()) throw new Error(text.otherInField);
    await beginRun("/api/start", job ?? {});
  });
  const ready = mayRun() && connected.value && prepared !== undefined && mayStart(prepared) && !start.busy;
  return (
    <section class="start">
      <Safety />
      <InterruptedRun />
      <form
        class="label"
        onSubmit={(event) => {
          event.preventDefault();
          reading.look(typed);
        }}
      >
        <Field label={text.scan} value={typed} set={typing} focus hotkey="l" />
        <button type="submit">{text.look}</button>
      </form>
      <ErrorLine of={reading} />
      <ErrorLine of={load} />
      {label ? null : (
        <p>
          <a class="button" href="#/codes">
            {text.codes}
          </a>
        </p>
      )}
      {label ? (
        <div class="plan">
          <p>
            {text.serial}: <strong>{label.serial}</strong> <small>({label.from})</small>
          </p>
          <div class="choices">
            <Choice
              label={text.adapter}
              value={adapter}
              set={setAdapter}
              from={catalogue?.adapters.map((a) => [a.id, `${a.title}, ${a.rating}`]) ?? []}
            />
            <Choice
              label={text.procedure}
              value={procedure}
              set={setProcedure}
              from={fitting.map((p) => [p.id, p.title])}
            />
          </div>
          {job && !prepared && !error ? <p class="open">… {text.looking}</p> : null}
          {prepared ? <Before prepared={prepared} again={again} /> : null}
          <ErrorLine of={{ error }} />
          <div class={ready ? "starter ready" : "starter"}>
            {prepared?.plan ? <p class="summary">{summaryOf(prepared.plan)}</p> : null}
            <button type="button" class="large go" data-hotkey="g" disabled={!ready} onClick={() => start.go()}>
              {text.start}
            </button>
            {job && done && !ready ? (
              <button type="button" class="large again" onClick={again}>
                {text.lookAgain}
              </button>
            ) : null}
            {mayRun() ? null : (
              <p class="error">
                {text.mayNot} {me.value?.role}.
              </p>
            )}
            <ErrorLine of={start} />
          </div>
        </div>
      ) : null}
    </section>
  );
}

/** What stands over the button: the most that any contact gets, and how long it all takes. */
function summaryOf({ powered, takes_s }: PlannedRun): string {
  const most = [...powered].sort((a, b) => b.most_A - a.most_A)[0];
  const power = most
    ? `${most.contacts}: ${text.upToShort} ${most.most_A} A, ${most.most_V} V, ${spanText(most.takes_s)}`
    : "";
  return `⚡ ${power === "" ? text.onlySignals : power}; ${text.inAll} ${spanText(takes_s)}`;
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly from: readonly (readonly [string, string])[];
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
        <option value="">({text.choose})</option>
        {props.from.map(([id, title]) => (
          <option key={id} value={id}>
            {id}: {title}
          </option>
        ))}
      </select>
    </label>
  );
}
