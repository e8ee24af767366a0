/** For training: what a trainer does to the simulated bench. */
import { useEffect, useState } from "preact/hooks";
import type { TwinAct, TwinState } from "../twin.ts";
import { get, post } from "./api.ts";
import { ErrorLine, useAction } from "./form.tsx";
import { bench, me } from "./state.ts";
import { modeWords } from "./texts/benchPage.ts";
import { text } from "./texts.ts";

interface TwinNow {
  readonly simulated: boolean;
  readonly fault?: string;
  readonly state?: TwinState;
  readonly adapters?: readonly string[];
  readonly modes?: readonly string[];
}

export function TwinPanel() {
  const [twin, setTwin] = useState<TwinNow>();
  const load = useAction(async () => setTwin(await get<TwinNow>("/api/twin")));
  useEffect(() => load.go(), []);
  const act = useAction(async (asked: TwinAct) => {
    await post("/api/twin", asked);
    setTwin(await get<TwinNow>("/api/twin"));
  });
  if (!twin) return <ErrorLine of={load} />;
  if (!twin.simulated) return <p>{text.twinNone}</p>;
  if (!twin.state) return <p class="error">{twin.fault}</p>;
  const may = me.value?.role === "technician" || me.value?.role === "engineer";
  return (
    <>
      <p>{text.twinWhy}</p>
      <p class="quiet">{(bench.value?.faults ?? []).length === 0 ? text.twinNothing : null}</p>
      {may ? (
        <>
          <Misbehave twin={twin} state={twin.state} act={act.go} busy={act.busy} />
          <AtTheBench state={twin.state} act={act.go} busy={act.busy} />
          <Exchange twin={twin} state={twin.state} act={act.go} busy={act.busy} />
          <button type="button" class="large clear" disabled={act.busy} onClick={() => act.go({ do: "clear" })}>
            {text.twinClear}
          </button>
        </>
      ) : null}
      <ErrorLine of={act} />
    </>
  );
}

interface Parts {
  readonly twin: TwinNow;
  readonly state: TwinState;
  readonly act: (asked: TwinAct) => void;
  readonly busy: boolean;
}

function Misbehave({ twin, state, act, busy }: Parts) {
  const [port, setPort] = useState(state.ports[0] ?? "");
  const [mode, setMode] = useState("silent");
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        act({ do: "misbehave", port, mode: mode as "silent" });
      }}
    >
      <label class="field">
        <span>{text.twinPort}</span>
        <select value={port} onChange={(event) => setPort(event.currentTarget.value)}>
          {state.ports.map((one) => (
            <option key={one} value={one}>
              {one}
              {state.misbehaving[one] === undefined ? "" : ` (${state.misbehaving[one]})`}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{text.twinMode}</span>
        <select value={mode} onChange={(event) => setMode(event.currentTarget.value)}>
          {(twin.modes ?? []).map((one) => (
            <option key={one} value={one}>
              {modeWords[one] ?? one}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={busy}>
        {text.twinDo}
      </button>
    </form>
  );
}

function AtTheBench({ state, act, busy }: Omit<Parts, "twin">) {
  return (
    <p class="buttons">
      <button type="button" disabled={busy} onClick={() => act({ do: "estop", pressed: !state.estop })}>
        {state.estop ? text.twinRelease : text.twinStop}
      </button>
      {(["LID1", "LID2"] as const).map((which) => {
        const open = state.lids.includes(which);
        return (
          <button key={which} type="button" disabled={busy} onClick={() => act({ do: "lid", which, closed: open })}>
            {open ? text.close : text.openRelay} {text.lid} {which}
          </button>
        );
      })}
    </p>
  );
}

function Exchange({ twin, state, act, busy }: Parts) {
  const [adapter, setAdapter] = useState(twin.adapters?.[0] ?? "");
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        act({ do: "exchange", adapter });
      }}
    >
      <label class="field">
        <span>
          {text.twinAdapter} ({text.hasBeen}: {state.adapter})
        </span>
        <select value={adapter} onChange={(event) => setAdapter(event.currentTarget.value)}>
          {(twin.adapters ?? []).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={busy}>
        {text.twinExchange}
      </button>
    </form>
  );
}
