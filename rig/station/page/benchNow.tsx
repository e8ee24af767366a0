/** Instruments with state and last reading, interlocks with reason and remedy, each with its age. */
import { useEffect, useState } from "preact/hooks";
import type { HealthNow, InstrumentHealth, InterlockHealth } from "../health.ts";
import type { LastReading } from "../readings.ts";
import { ago } from "./ago.ts";
import { get, post } from "./api.ts";
import { ErrorLine, useAction } from "./form.tsx";
import { quantityText } from "./quantity.ts";
import { me } from "./state.ts";
import { stateWords } from "./texts/benchPage.ts";
import { text } from "./texts.ts";

const again_ms = 2000;

export function BenchNow() {
  const [health, setHealth] = useState<HealthNow>();
  const load = useAction(async () => setHealth(await get<HealthNow>("/api/health")));
  useEffect(() => {
    load.go();
    const timer = setInterval(() => load.go(), again_ms);
    return () => clearInterval(timer);
  }, []);
  const ask = useAction(async () => setHealth(await post<HealthNow>("/api/health/check")));
  if (!health) return <ErrorLine of={load} />;
  const may = me.value?.role === "technician" || me.value?.role === "engineer";
  return (
    <>
      <ErrorLine of={load} />
      <Summary health={health} />
      {may ? (
        <p class="ask">
          <button type="button" disabled={health.running || health.checking || ask.busy} onClick={() => ask.go()}>
            {text.askBench}
          </button>{" "}
          {health.running ? text.runHolds : ""}
        </p>
      ) : null}
      <ErrorLine of={ask} />
      <Interlocks health={health} />
      <Instruments health={health} />
    </>
  );
}

function Summary({ health }: { readonly health: HealthNow }) {
  const { found, age_s = 0, failed, checking, last } = health;
  const reasons = found
    ? [
        ...found.overdue.map((one) => `${text.overdue}: ${one}`),
        ...found.locked,
        ...(found.lines.fault === undefined ? [] : [found.lines.fault]),
        ...(found.latched ? [`${text.latched}: ${found.latched.rule}: ${found.latched.why}. ${text.resetHow}`] : []),
      ]
    : [];
  return (
    <>
      {last.trip && health.running ? (
        <p class="safety alarm">
          ⚠ {text.tripped} ({ago(last.trip.age_s)}): {last.trip.message}
        </p>
      ) : null}
      {checking ? <p class="quiet">{text.asking}</p> : null}
      {failed ? (
        <p class="safety alarm">
          ⚠ {text.checkFailed} ({failed.utc.slice(11, 19)} UTC): {failed.why}
        </p>
      ) : null}
      {found ? (
        <div class={`safety ${found.well ? "safe" : "alarm"}`}>
          <strong>{found.well ? `✓ ${text.allWell}` : `✗ ${text.notWell}`}</strong>{" "}
          <span>
            {text.askedAgo} {ago(age_s)} {text.ago}.
          </span>{" "}
          <span>{nestText(found.lines.nest)}</span>
          {reasons.length > 0 ? (
            <ul>
              {reasons.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          ) : null}
        </div>
      ) : checking ? null : (
        <p>{text.neverAsked}</p>
      )}
    </>
  );
}

function nestText(nest: number | undefined): string {
  if (nest === undefined) return "";
  return nest === 0 ? text.nestEmpty : `${text.nestFitted} (N${nest}).`;
}

const marks: Readonly<Record<InterlockHealth["state"], string>> = {
  healthy: "✓",
  open: "✗",
  unknown: "?",
  "at-rest": "–",
};

function Interlocks({ health }: { readonly health: HealthNow }) {
  const { found, last } = health;
  const interlocks = found?.lines.interlocks ?? [];
  const levels = health.running ? last.lines : undefined;
  return (
    <div class="scroll">
      <table>
        <caption>{text.interlocks}</caption>
        <tbody>
          {[...interlocks].sort(openFirst).map(({ line, state, why, remedy }) => (
            <tr key={line} class={state === "open" || state === "unknown" ? "bad" : ""}>
              <td>{marks[state]}</td>
              <td>{line}</td>
              <td>
                {why}
                {remedy ? <strong> {remedy}</strong> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {levels ? (
        <p class="quiet">
          {ago(levels.age_s)} {text.ago}:{" "}
          {Object.entries(levels.levels)
            .map(([line, high]) => `${line} ${high ? "high" : "low"}`)
            .join(", ")}
        </p>
      ) : null}
      {last.closed.map(({ role, relays, age_s }) => (
        <p key={role} class="quiet">
          {text.closedRelays} ({role}, {ago(age_s)} {text.ago}): {relays.length === 0 ? text.none : relays.join(", ")}
        </p>
      ))}
    </div>
  );
}

const openFirst = (a: InterlockHealth, b: InterlockHealth): number => rank(a) - rank(b);
const rank = ({ state }: InterlockHealth): number => (state === "open" ? 0 : state === "unknown" ? 1 : 2);

function Instruments({ health }: { readonly health: HealthNow }) {
  const { found, last } = health;
  return (
    <table class="instruments">
      <caption>{text.instruments}</caption>
      <tbody>
        {(found?.instruments ?? []).map((one) => (
          <Instrument key={one.role} is={one} readings={last.readings.filter(({ role }) => role === one.role)} />
        ))}
      </tbody>
    </table>
  );
}

function Instrument({ is, readings }: { readonly is: InstrumentHealth; readonly readings: readonly LastReading[] }) {
  const well = is.state === "answered" || is.state === "unverified";
  const newest = [...readings].sort((a, b) => a.age_s - b.age_s);
  return (
    <tr class={well ? "" : "bad"}>
      <td>{well ? (is.state === "answered" ? "✓" : "✓*") : "✗"}</td>
      <td>
        <strong>{is.role}</strong>
        <br />
        {stateWords[is.state] ?? is.state}
      </td>
      <td>
        {is.says}
        {is.remedy ? <strong> {is.remedy}</strong> : null}
        {is.unverified.length > 0 ? (
          <details>
            <summary>* {is.unverified.length}</summary>
            {is.unverified.join("; ")}
          </details>
        ) : null}
      </td>
      <td class="readings">
        {newest.length === 0 ? <span class="none">{text.noReading}</span> : null}
        {newest.slice(0, 3).map((one) => (
          <Value key={one.name} of={one} />
        ))}
        {newest.length > 3 ? (
          <details>
            <summary>+ {newest.length - 3}</summary>
            {newest.slice(3).map((one) => (
              <Value key={one.name} of={one} />
            ))}
          </details>
        ) : null}
      </td>
    </tr>
  );
}

const Value = ({ of }: { readonly of: LastReading }) => (
  <div>
    {of.name} <b>{quantityText(of)}</b>{" "}
    <span class="age">
      {ago(of.age_s)} {text.ago}
    </span>
  </div>
);
