/** Driving the bench by hand: commands one by one, each with its answer out of the record. */
import { useEffect, useState } from "preact/hooks";
import type { RunState } from "../bench.ts";
import type { Hold, ManualOffer } from "../manual.ts";
import { get, post } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { claiming, hold, keep, letGo, lost, token } from "./manual.ts";
import { ManualGear } from "./manualGear.tsx";
import { LastAnswer, ManualLog } from "./manualLog.tsx";
import { Safety } from "./safety.tsx";
import { bench, me } from "./state.ts";
import { text } from "./texts.ts";

interface ManualNow {
  readonly enabled: boolean;
  readonly openedBy: string | null;
  readonly offer?: ManualOffer;
}

export function ManualPanel() {
  const [now, setNow] = useState<ManualNow>();
  const run = bench.value?.run;
  const going = run?.procedure === "manual" && run.phase !== "ended";
  const load = useAction(async () => setNow(await get<ManualNow>("/api/manual")));
  useEffect(() => {
    keep();
    load.go();
  }, [going]);
  useEffect(() => {
    if (run?.phase === "ended") letGo();
  }, [run?.phase]);
  if (!now) return <ErrorLine of={load} />;
  const mine = going && token.value !== undefined;
  return (
    <section class="manual">
      {run?.procedure === "manual" ? <Safety /> : null}
      {lost.value ? <p class="error">{lost.value}</p> : null}
      {mine && now.offer ? <Open offer={now.offer} token={token.value ?? ""} /> : null}
      {going && !mine ? claiming.value ? <p>{text.manualClaim}</p> : <Watched by={run.by} /> : null}
      {run?.procedure === "manual" && !going ? <Ended run={run} /> : null}
      {going ? null : <Closed now={now} />}
      {run?.procedure === "manual" ? <ManualLog /> : null}
    </section>
  );
}

const Ended = ({ run }: { readonly run: RunState }) => (
  <p>
    {text.manualEnded} {run.outcome?.firstCause ?? ""} {run.id ? `(${run.id})` : run.said.at(-1)}{" "}
    <a class="button" href="#/new">
      {text.again}
    </a>
  </p>
);

const Watched = ({ by }: { readonly by: string }) => (
  <p>
    <strong>{by}</strong> {text.manualTaken} {by === me.value?.name ? text.manualElsewhere : ""}
  </p>
);

function Closed({ now }: { readonly now: ManualNow }) {
  const [adapter, setAdapter] = useState("generic-a-pass");
  const [adapters, setAdapters] = useState<readonly { readonly id: string; readonly title: string }[]>([]);
  const [secret, setSecret] = useState("");
  const load = useAction(async () => {
    const found = await get<{ readonly adapters: typeof adapters }>("/api/catalogue");
    setAdapters(found.adapters);
  });
  useEffect(() => load.go(), []);
  const open = useAction(async () => {
    const given = await post<Hold>("/api/manual/open", { secret, adapter });
    setSecret("");
    hold(given);
  });
  if (!now.enabled) return <p>{text.manualOff}</p>;
  if (me.value?.role !== "engineer") return <p>{text.manualRole}</p>;
  return (
    <>
      <Warning />
      <form
        class="filter"
        onSubmit={(event) => {
          event.preventDefault();
          open.go();
        }}
      >
        <label class="field">
          <span>{text.adapter}</span>
          <select value={adapter} onChange={(event) => setAdapter(event.currentTarget.value)}>
            {adapters.map(({ id, title }) => (
              <option key={id} value={id}>
                {title} ({id})
              </option>
            ))}
          </select>
        </label>
        <Field label={text.manualAgain} value={secret} set={setSecret} type="password" auto="current-password" />
        <button type="submit" class="large" disabled={open.busy || secret === ""}>
          {text.manualOpen}
        </button>
      </form>
      <ErrorLine of={open} />
    </>
  );
}

const Warning = () => (
  <div class="by-hand" role="note">
    <strong>⚠ {text.manualWarning}</strong> {text.manualSafety}
  </div>
);

function Open({ offer, token: mine }: { readonly offer: ManualOffer; readonly token: string }) {
  const run = bench.value?.run;
  const send = useAction((command: string) => post("/api/manual/command", { token: mine, command }));
  const end = useAction(() => post("/api/manual/close", { token: mine }));
  const waits = run?.prompt !== undefined && run.phase !== "stopping";
  return (
    <>
      <Warning />
      {run?.run === undefined ? <p class="quiet">{text.manualOpening}</p> : null}
      <ErrorLine of={send} />
      <ErrorLine of={end} />
      <ManualGear offer={offer} send={send.go} busy={!waits || send.busy} />
      <div class="panel-bar">
        <button type="button" class="large all-off" disabled={!waits || send.busy} onClick={() => send.go("off")}>
          {text.allOff}
        </button>
        <button type="button" class="large" disabled={end.busy} onClick={() => end.go()}>
          {text.manualEnd}
        </button>
        <LastAnswer />
      </div>
    </>
  );
}
