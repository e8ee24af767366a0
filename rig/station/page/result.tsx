/** The end of a run: the verdict nobody misreads, hot parts, what failed where, what to do next, the label. */
import { useEffect, useState } from "preact/hooks";
import type { RunState } from "../bench.ts";
import type { After, Next } from "../result.ts";
import type { RunList } from "../reviewTypes.ts";
import { isBeingRead, lookOf } from "../verdictLook.ts";
import { get } from "./api.ts";
import { bench } from "./state.ts";
import { text, verdictWords } from "./texts.ts";
import { useNow } from "./ticking.ts";

const again_ms = 30_000;

interface Known {
  readonly after: After;
  /** When it was heard, by this page's monotonic clock. */
  readonly at_ms: number;
}

const notRead: After = { cooling: { is: "unknown", why: text.result.notRead }, next: undefined, failing: [] };

/** What the station says of a run that has ended, asked again now and then: a decision or a cooling may have come. */
function useAfter(run: number | undefined): Known | undefined {
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    setKnown(undefined);
    if (run === undefined) return;
    let over = false;
    const ask = () => {
      get<After>(`/api/runs/${run}/after`).then(
        (after) => over || setKnown({ after, at_ms: performance.now() }),
        // Not knowing is said, never shown as cold.
        () => over || setKnown((last) => last ?? { after: notRead, at_ms: performance.now() }),
      );
    };
    ask();
    const timer = setInterval(ask, again_ms);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [run]);
  return known;
}

/** Of a run that goes on, or of the last one: before anybody reaches into the nest. */
export function HotParts({ run }: { readonly run: number | undefined }) {
  const known = useAfter(run);
  return known && isHot(known.after) ? <Hot known={known} /> : null;
}

/** Where no run is shown: of the newest run in the store, whoever made it. */
export function LastHotParts() {
  const [run, setRun] = useState<number>();
  useEffect(() => {
    get<RunList>("/api/runs").then(
      ({ rows }) => setRun(rows[0]?.run),
      () => undefined,
    );
  }, []);
  return <HotParts run={run} />;
}

export function Ending({ run }: { readonly run: RunState }) {
  const { outcome, exit } = run;
  const known = useAfter(run.run);
  if (isBeingRead(run, bench.value?.safety)) {
    return (
      <div class="verdict none" role="status">
        <p>{text.result.reading}</p>
      </div>
    );
  }
  if (!outcome) {
    const how = exit?.signal ? `${text.result.endedBy} ${exit.signal}` : `${text.result.endedWith} ${exit?.code}`;
    return (
      <>
        {run.run === undefined ? <LastHotParts /> : known ? <Hot known={known} /> : null}
        <div class="verdict bad" role="status">
          <b>{text.result.noResult}</b>
          <p>{run.run === undefined ? (run.said.at(-1) ?? how) : how}</p>
          <Again />
        </div>
      </>
    );
  }
  const { kind, sign, judged } = lookOf(outcome.verdict, outcome.ending);
  const verdict = judged ? (verdictWords[outcome.verdict] ?? outcome.verdict) : text.result.noResult;
  const word = outcome.ending === "completed" ? verdict : `${verdict}, ${outcome.ending}`;
  return (
    <>
      {known ? <Hot known={known} /> : null}
      <div class={`verdict ${kind}`} role="status">
        <b>
          <span aria-hidden="true">{sign} </span>
          {word}
          {bench.value?.simulated ? ` · ${text.simulated}` : ""}
        </b>
        {outcome.firstCause ? (
          <p>
            {text.first}: {outcome.firstCause}
          </p>
        ) : null}
        {known ? <Failing after={known.after} /> : null}
        <p class="next">
          {text.next}: <strong>{known?.after.next ? nextText(known.after.next, isHot(known.after)) : "..."}</strong>
        </p>
        <p class="downloads">
          {["html", "json", "pdf"].map((format) => (
            <a key={format} href={`/api/runs/${run.run}/report/${format}`} download>
              {text.report} {format.toUpperCase()}
            </a>
          ))}
          {kind === "good" || kind === "screening" ? <a href={`#/label/${run.run}`}>{text.result.label}</a> : null}
        </p>
        <Again />
      </div>
    </>
  );
}

function Failing({ after }: { readonly after: After }) {
  const contacts = [...new Set(after.failing.flatMap((one) => one.contacts))];
  if (after.failing.length === 0) return null;
  return (
    <p class="failing">
      ✗ {text.result.failing}: <strong>{contacts.length > 0 ? contacts.join(", ") : after.failing[0]?.id}</strong>
    </p>
  );
}

const isHot = ({ cooling }: After): boolean => cooling.is === "hot" || cooling.is === "unknown";

/** With hot parts in the nest nobody is told to take anything out. */
const nextText = (next: Next, hot: boolean): string =>
  hot ? `${text.result.next.cooled} ${wordsOf(next)}` : wordsOf(next);

function wordsOf(next: Next): string {
  const words = text.result.next;
  switch (next.is) {
    case "passed": {
      const own = next.verdict === "pass" ? words.passed : words[next.verdict as "pass-screening" | "pass-conditional"];
      return next.openFails.length === 0 ? own : `${own} ${words.openFails} ${next.openFails.join(", ")}.`;
    }
    case "retest":
      return words.retest
        .replace("{number}", String(next.number))
        .replace("{of}", String(next.of))
        .replace("{by}", next.by.join(" or "));
    case "reject":
      return `${words.reject} ${next.why}.`;
    case "decided":
      return `${words.decided}: ${next.decision}, ${next.by}.`;
    default:
      return words[next.is];
  }
}

/** Counted down by this page's own clock from what the station said; it asks again meanwhile. */
function Hot({ known: { after, at_ms } }: { readonly known: Known }) {
  const { cooling } = after;
  const now_ms = useNow();
  const words = text.result;
  if (cooling.is === "cold") return null;
  if (cooling.is === "unknown") {
    return (
      <div class="hot" role="alert">
        <strong>♨ {words.hot}</strong>
        <span>
          {words.hotUnknown} ({cooling.why}). {words.hotUnknownMore}
        </span>
      </div>
    );
  }
  const last = `${cooling.where.replace(/^T\./, "")} ${cooling.hottest_degC.toFixed(1)} °C`;
  if (cooling.is === "cool") {
    return (
      <p class="cool">
        ✓ {words.cool} ({cooling.by === "reading" ? words.coolReading : words.coolEstimate} {last})
      </p>
    );
  }
  const left_s = cooling.remaining_s - (now_ms - at_ms) / 1000;
  return (
    <div class="hot" role="alert">
      <strong>
        ♨ {words.hot} <time class="countdown">{clock(left_s)}</time>
      </strong>
      <span>
        {words.hotUntil} {clock(left_s)} ({words.hotFrom} {last}, {words.hotAir} {cooling.ambient_degC.toFixed(1)} °C)
      </span>
    </div>
  );
}

/** Minutes and seconds; never below one second: only the station says when it is over. */
function clock(s: number): string {
  const whole = Math.max(1, Math.ceil(s));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const Again = () => (
  <a class="large button" href="#/new">
    {text.again}
  </a>
);
