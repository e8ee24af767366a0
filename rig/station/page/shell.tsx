/** The frame of every view: bench, SIMULATED, connection, stop, tabs. */
import { useEffect, useRef } from "preact/hooks";
import { get, post } from "./api.ts";
import { Codes } from "./codes.tsx";
import { Faults } from "./faults.tsx";
import { ErrorLine, useAction } from "./form.tsx";
import { begins, lost } from "./heard.ts";
import { heardCode } from "./keys.ts";
import { KeysButton } from "./kiosk.tsx";
import { LabelPage } from "./labelPage.tsx";
import { Later } from "./later.tsx";
import { begin, connect, disconnect } from "./live.ts";
import { Login } from "./login.tsx";
import { People } from "./people.tsx";
import { LastHotParts } from "./result.tsx";
import { mayAudit, reviewView } from "./reviewRoutes.tsx";
import { Running } from "./running.tsx";
import { Start } from "./start.tsx";
import { asked, bench, type Me, me, route, starting, unread } from "./state.ts";
import { text } from "./texts.ts";

export function Shell() {
  useEffect(() => {
    get<Me>("/api/me").then(
      (found) => {
        me.value = found;
        asked.value = true;
      },
      () => {
        asked.value = true;
      },
    );
  }, []);
  const who = me.value;
  useEffect(() => {
    if (who) {
      begins();
      connect();
    } else {
      disconnect();
      begin();
    }
  }, [who?.name]);
  if (!asked.value)
    return (
      <main>
        <Connecting />
      </main>
    );
  if (!who)
    return (
      <>
        <HeardCode />
        <Login />
      </>
    );
  return (
    <>
      <Head />
      {lost.value ? (
        <div class="lost" role="alert">
          <strong>{text.lost}</strong>
          <span>{text.lostMore}</span>
        </div>
      ) : null}
      {unread.value === undefined ? null : (
        <div class="unread" role="alert">
          <strong>{text.unread}</strong>
          <span>{unread.value}</span>
        </div>
      )}
      <Faults />
      <HeardCode />
      <main>{view()}</main>
    </>
  );
}

const Connecting = () => (
  <p class="starting" role="status">
    {text.connecting}
  </p>
);

const benchPage = () => import("./benchPage.tsx").then((found) => found.default);

function view() {
  const at = route.value;
  if (at.startsWith("#/codes")) return <Codes />;
  if (at.startsWith("#/instruments")) return <Later load={benchPage} />;
  const review = reviewView(at);
  if (review) return review;
  if (at.startsWith("#/people") && me.value?.role === "administrator") return <People />;
  const label = /^#\/label\/(\d{1,15})$/.exec(at);
  if (label) return <LabelPage run={Number(label[1])} />;
  // What is known of the bench is of before the start: an earlier verdict.
  if (starting.value)
    return (
      <p class="starting" role="status">
        {text.starting}
      </p>
    );
  // Whether a run is going on is not known before the station has said so.
  if (!bench.value) return <Connecting />;
  const { run } = bench.value;
  if (run?.procedure === "manual" && at !== "#/new") return <Later load={benchPage} />;
  if (run && at !== "#/new") return <Running />;
  return (
    <>
      <LastHotParts />
      <Start />
    </>
  );
}

function Head() {
  const state = bench.value;
  const who = me.value;
  const logout = useAction(async () => {
    await post("/api/logout");
    me.value = undefined;
    location.hash = "#/";
  });
  return (
    <header>
      <strong class="bench">{state?.bench ?? text.title}</strong>
      {state?.simulated ? <span class="simulated">{text.simulated}</span> : null}
      <nav>
        <a href="#/" data-hotkey="b">
          {text.bench}
        </a>
        <a href="#/runs" data-hotkey="r">
          {text.history}
        </a>
        <a href="#/instruments" data-hotkey="i">
          {text.instruments}
        </a>
        {mayAudit() ? <a href="#/audit">{text.review.auditTab}</a> : null}
        {who?.role === "administrator" ? <a href="#/people">{text.people}</a> : null}
      </nav>
      <span class="who">
        {who?.name} ({who?.role})
      </span>
      <KeysButton />
      <button type="button" class="quiet" onClick={() => logout.go()}>
        {text.logout}
      </button>
      <Stop />
    </header>
  );
}

/** A scan that led to nothing says so. */
function HeardCode() {
  if (heardCode.value === "") return null;
  return (
    <p class="error heard-code" role="alert">
      {heardCode.value}{" "}
      <button
        type="button"
        onClick={() => {
          heardCode.value = "";
        }}
      >
        ×
      </button>
    </p>
  );
}

/** Always in the same place. It asks; what the bench says of it stands beside it. */
function Stop() {
  const run = bench.value?.run;
  const stop = useAction(() => post("/api/stop"));
  // Why it was not taken counts until something else goes on.
  const now = `${bench.value !== undefined} ${run?.run} ${run?.phase}`;
  const pressed = useRef(now);
  // Before the station has said what goes on, a run may: the station refuses where none does.
  const active = !bench.value || starting.value || (run !== undefined && run.phase !== "ended");
  return (
    <span class="stopper">
      <button
        type="button"
        class="stop"
        data-hotkey="s"
        disabled={!active}
        title={text.notSafetyPath}
        onClick={() => {
          pressed.current = now;
          stop.go();
        }}
      >
        {run?.phase === "stopping" && !starting.value ? text.stopping : text.stop}
      </button>
      {pressed.current === now ? <ErrorLine of={stop} /> : null}
    </span>
  );
}
