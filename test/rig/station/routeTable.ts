/**
 * Every route of the station and who may use it. A route that is not in the list fails routes.test.ts: whoever adds one says
 * here who may ask for it. `StationDeps` is given whole for the same reason.
 */
import { RigError } from "../../../rig/model/errors.ts";
import type { Role } from "../../../rig/station/accounts.ts";
import type { StationDeps } from "../../../rig/station/app.ts";
import type { DeskDeps } from "../../../rig/station/desk.ts";
import type { Health } from "../../../rig/station/health.ts";
import type { Manual } from "../../../rig/station/manual.ts";
import type { ResultDeps } from "../../../rig/station/result.ts";
import type { TwinDesk } from "../../../rig/station/twin.ts";

export interface Entry {
  /** Without a login. */
  readonly open?: true;
  /** Absent: every role. */
  readonly roles?: readonly Role[];
  /** Takes no body: what is sent with it is not read. */
  readonly bare?: true;
  /** What is sent as it is, not JSON. */
  readonly type?: string;
}

const operators = ["technician", "engineer"] as const;

export const table: Readonly<Record<string, Entry>> = {
  "GET /up": { open: true },
  "GET /api/first": { open: true },
  "POST /api/first": { open: true },
  "POST /api/login": { open: true },
  "GET /api/me": {},
  "POST /api/logout": { bare: true },
  "POST /api/secret": {},
  "GET /api/accounts": { roles: ["administrator"] },
  "POST /api/accounts": { roles: ["administrator"] },
  "POST /api/accounts/change": { roles: ["administrator"] },
  "GET /api/audit": { roles: ["administrator", "qa"] },
  "GET /api/audit/file/:format": { roles: ["administrator", "qa"] },
  "GET /api/catalogue": {},
  "GET /api/label": {},
  "GET /api/codes/:code": {},
  "POST /api/prepare": {},
  "GET /api/prepared/:number": {},
  "POST /api/resume": { roles: operators },
  "POST /api/resume/close": { roles: operators },
  "POST /api/reset": { roles: operators },
  "POST /api/start": { roles: operators },
  "POST /api/answer": {},
  "POST /api/stop": { bare: true },
  "POST /api/safe": { bare: true },
  "GET /api/live": {},
  "GET /api/runs": {},
  "GET /api/choices": {},
  "GET /api/measurements": {},
  "GET /api/trend": {},
  "GET /api/compare": {},
  "GET /api/runs/:run": {},
  "GET /api/runs/:run/series": {},
  "GET /api/runs/:run/series.csv": {},
  "POST /api/runs/:run/sign": { roles: ["technician", "engineer", "qa"] },
  "POST /api/runs/:run/dispose": { roles: ["qa"] },
  "GET /api/runs/:run/report/:format": {},
  "GET /api/runs/:run/after": {},
  "GET /api/runs/:run/thermal": {},
  "GET /api/runs/:run/pilot": {},
  "GET /api/runs/:run/label": {},
  "POST /api/runs/:run/photo": { roles: ["technician", "engineer", "qa"], type: "image/png" },
  "GET /api/runs/:run/photo/:hash": {},
  "POST /api/note": { roles: ["technician", "engineer", "qa"] },
  "POST /api/pause": { roles: operators },
  "GET /api/health": {},
  "GET /api/bench/facts": {},
  "GET /api/manual": {},
  "POST /api/manual/open": { roles: ["engineer"] },
  "POST /api/manual/claim": { roles: ["engineer"] },
  "POST /api/manual/alive": {},
  "POST /api/manual/command": { roles: ["engineer"] },
  "POST /api/manual/close": { bare: true },
  "GET /api/twin": {},
  "POST /api/twin": { roles: operators },
  "POST /api/health/check": { roles: operators, bare: true },
};

/**
 * All parts of the station that the fixture itself does not need; each call that is more than a
 * look is noted in `effects`, and all are refused.
 */
export function allParts(
  effects: string[],
): Required<Omit<StationDeps, "accounts" | "hosts" | "secure" | "page" | "runs" | "refusals" | "pace" | "now_ms">> {
  const note = (what: string) => (): never => {
    if (!/\.(look|now|mayOpen|state)$/.test(what)) effects.push(what);
    throw new RigError("USAGE", "not in this test");
  };
  const noting = <T extends object>(part: string): T =>
    new Proxy({} as T, {
      get: (_, key) => note(`${part}.${String(key)}`),
    });
  return {
    before: { look: note("look"), resumeArgs: note("resume"), close: note("close"), reset: note("reset") },
    desk: noting<DeskDeps>("desk"),
    facts: note("facts.look"),
    health: noting<Health>("health"),
    manual: noting<Manual>("manual"),
    twin: noting<TwinDesk>("twin"),
    result: noting<ResultDeps>("result"),
    review: { ask: (kind) => note(kind === "sign" || kind === "dispose" ? `review.${kind}` : "review.look")() },
  };
}
