/** The station's web server as one application: the door first, then its rooms. */
import { Hono } from "hono";
import type { Accounts } from "./accounts.ts";
import { type BeforeDeps, beforeRoutes } from "./before.ts";
import { type BenchFacts, benchPageRoutes } from "./benchPage.ts";
import { codeRoutes } from "./codesRoutes.ts";
import { type DeskDeps, deskRoutes } from "./desk.ts";
import { type loadPage, pageRoutes } from "./files.ts";
import { Guesses } from "./guesses.ts";
import { type Health, healthRoutes } from "./health.ts";
import { type App, type Door, guardDoor, type Variables } from "./http.ts";
import { loginRoutes } from "./login.ts";
import { type Manual, manualRoutes } from "./manual.ts";
import { Pace } from "./pace.ts";
import { Refusals } from "./refusals.ts";
import { type ResultDeps, resultRoutes } from "./result.ts";
import { reviewRoutes } from "./review.ts";
import type { ReviewDeps } from "./reviewParts.ts";
import { type RunDeps, runRoutes } from "./runs.ts";
import { Sessions } from "./sessions.ts";
import { Throttle } from "./throttle.ts";
import { Turns } from "./turns.ts";
import { type TwinDesk, twinRoutes } from "./twin.ts";
import { upRoute } from "./up.ts";

export interface StationDeps {
  readonly accounts: Accounts;
  /** Filled when the port is known. */
  readonly hosts: readonly string[];
  readonly secure: boolean;
  readonly page: ReturnType<typeof loadPage>;
  readonly runs: RunDeps;
  readonly health?: Health;
  readonly facts?: () => Promise<BenchFacts>;
  readonly manual?: Manual;
  /** Absent: the bench is real. */
  readonly twin?: TwinDesk;
  /** Absent: no notes, photos and pauses; no result page. */
  readonly desk?: DeskDeps;
  readonly result?: ResultDeps;
  readonly before?: Omit<BeforeDeps, "bench" | "live" | "catalogue">;
  /** Absent: one of its own. */
  readonly refusals?: Refusals;
  readonly review?: ReviewDeps;
  /** Absent: as fast as people are. */
  readonly pace?: Pace;
  /** For tests: a clock that a test moves. */
  readonly now_ms?: () => number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export function stationApp(deps: StationDeps): App {
  const { accounts, hosts, secure, page, runs, now_ms = Date.now } = deps;
  const app: App = new Hono<{ Variables: Variables }>();
  const { refusals = new Refusals(accounts.audit.bind(accounts), now_ms, say) } = deps;
  const door: Door = {
    accounts,
    sessions: new Sessions(now_ms),
    throttle: new Throttle(now_ms),
    guesses: new Guesses(now_ms),
    pace: deps.pace ?? new Pace(now_ms),
    refusals,
    turns: new Turns(),
    hosts,
    secure,
  };
  guardDoor(app, door);
  loginRoutes(app, door);
  runRoutes(app, door, runs);
  upRoute(app);
  codeRoutes(app, door, runs.catalogue);
  if (deps.health) healthRoutes(app, door, deps.health);
  if (deps.facts) benchPageRoutes(app, door, deps.facts);
  if (deps.manual) manualRoutes(app, door, deps.manual);
  twinRoutes(app, door, deps.twin);
  if (deps.desk) deskRoutes(app, door, runs.bench, deps.desk);
  if (deps.result) resultRoutes(app, door, deps.result);
  if (deps.before) beforeRoutes(app, door, { ...deps.before, ...runs });
  if (deps.review) reviewRoutes(app, door, deps.review);
  pageRoutes(app, page);
  return app;
}
