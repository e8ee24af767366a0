/** What a person needs of a run besides its verdict: hot parts, failing contacts, the next step, the label; the pilot's last capture. */
import { asRigError } from "../model/errors.ts";
import type { Capture } from "../store/glance.ts";
import type { Cooling } from "./cooling.ts";
import { type App, type Door, only, paced, refusal } from "./http.ts";
import { numberOfRun } from "./runNumber.ts";

/** What to do with the adapter now. Words are the page's. */
export type Next =
  /** The rig was at fault, or the run tested no adapter. */
  | { readonly is: "engineer" }
  /** It ended before anything was known of the adapter. */
  | { readonly is: "repeat" }
  | { readonly is: "passed"; readonly verdict: string; readonly openFails: readonly string[] }
  | { readonly is: "undecided" }
  /** The limits allow another try after re-seating. */
  | { readonly is: "retest"; readonly number: number; readonly of: number; readonly by: readonly string[] }
  /** The limits say nothing of retests: QA decides. */
  | { readonly is: "qa" }
  /** The refusal of the retest policy. */
  | { readonly is: "reject"; readonly why: string }
  /** QA has decided already. */
  | { readonly is: "decided"; readonly decision: string; readonly by: string };

export interface FailingContact {
  readonly id: string;
  readonly contacts: readonly string[];
  /** What it means, in the words of the procedure. */
  readonly meaning: string;
}

export interface After {
  readonly cooling: Cooling;
  readonly next: Next | undefined;
  readonly failing: readonly FailingContact[];
}

/** Limits that a curve of temperatures is drawn against; from the head of the run. */
export interface ThermalLimits {
  /** Largest rise over the ambient, K, where the run judges it. */
  readonly rise_K?: number;
  /** Largest temperature projected to `at_degC` of ambient: the same as a rise. */
  readonly absolute?: { readonly degC: number; readonly at_degC: number };
}

export interface ResultDeps {
  /** Undefined: there is no such run. */
  readonly after: (run: number) => Promise<After | undefined>;
  readonly thermal: (run: number) => Promise<ThermalLimits | undefined>;
  /** The latest capture of the pilot at both faces; `after`: series that the page has. */
  readonly pilot: (run: number, after: number) => Promise<Capture | undefined>;
  /** As SVG. @throws RigError LABEL_REFUSED with the reason */
  readonly label: (run: number) => Promise<string>;
}

export function resultRoutes(app: App, door: Door, deps: ResultDeps): void {
  app.get("/api/runs/:run/after", only(door), async (c) => {
    const found = await deps.after(numberOfRun(c.req.param("run")));
    return found ? c.json(found) : refusal(c, 404, "there is no such run");
  });

  app.get("/api/runs/:run/thermal", only(door), async (c) => {
    const found = await deps.thermal(numberOfRun(c.req.param("run")));
    return found ? c.json(found) : refusal(c, 404, "there is no such run");
  });

  app.get("/api/runs/:run/pilot", only(door), async (c) => {
    const after = Number(c.req.query("after") ?? "-1");
    const found = await deps.pilot(numberOfRun(c.req.param("run")), Number.isSafeInteger(after) ? after : -1);
    return c.json(found ?? {});
  });

  app.get("/api/runs/:run/label", only(door), paced(door), async (c) => {
    const run = numberOfRun(c.req.param("run"));
    let svg: string;
    try {
      svg = await deps.label(run);
    } catch (thrown) {
      const error = asRigError(thrown);
      if (error.kind !== "usage") throw error;
      return refusal(c, 409, error.message, error.remedy);
    }
    door.accounts.audit(c.get("account").name, "label drawn", { run });
    c.header("Content-Type", "image/svg+xml");
    if (c.req.query("download") !== undefined) {
      c.header("Content-Disposition", `attachment; filename="R${String(run).padStart(6, "0")}.label.svg"`);
    }
    return c.body(svg);
  });
}
