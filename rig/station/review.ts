/** What QA and everybody else reads of runs that were made: lists, one run, its points, trends, two runs side by side. */
import { RigError } from "../model/errors.ts";
import { type Verdict, verdicts } from "../model/verdict.ts";
import { auditRoutes } from "./auditTrail.ts";
import { decisionRoutes } from "./decisions.ts";
import { fileName, pieces } from "./download.ts";
import { type App, type Ctx, type Door, only, paced } from "./http.ts";
import { type ReviewDeps, runIn, textOf, wholeOf } from "./reviewParts.ts";
import type { ListAsked, TrendAsked } from "./reviewTypes.ts";

export function reviewRoutes(app: App, door: Door, deps: ReviewDeps): void {
  readingRoutes(app, door, deps);
  decisionRoutes(app, door, deps);
  auditRoutes(app, door, deps);
}

function readingRoutes(app: App, door: Door, { ask }: ReviewDeps): void {
  const { accounts } = door;

  app.get("/api/runs", only(door), async (c) => c.json(await ask("list", listAsked(c))));
  app.get("/api/choices", only(door), async (c) => c.json(await ask("choices", {})));
  app.get("/api/measurements", only(door), async (c) => {
    const adapter = textOf(c, "adapter", 64);
    return c.json(await ask("measurements", adapter === undefined ? {} : { adapter }));
  });
  app.get("/api/trend", only(door), async (c) => c.json(await ask("trend", trendAsked(c))));
  app.get("/api/compare", only(door), async (c) =>
    c.json(await ask("compare", { baseline: wholeOf(c, "baseline"), run: wholeOf(c, "run") })),
  );
  app.get("/api/runs/:run", only(door), async (c) =>
    c.json(await ask("run", { run: runIn(c), name: c.get("account").name })),
  );
  app.get("/api/runs/:run/series", only(door), async (c) => c.json(await ask("series", seriesAsked(c))));

  app.get("/api/runs/:run/series.csv", only(door), paced(door), async (c) => {
    const asked = seriesAsked(c);
    let from = 0;
    const body = await pieces(async () => {
      if (from < 0) return undefined;
      const { text, next } = await ask("seriesLines", { ...asked, from });
      from = next;
      return text;
    });
    accounts.audit(c.get("account").name, "points read", { run: asked.run, series: asked.series });
    c.header("Content-Type", "text/csv; charset=utf-8");
    c.header("Content-Disposition", `attachment; filename="${fileName(`run-${asked.run}`, asked.series)}.csv"`);
    return c.body(body);
  });
}

function secondsOf(c: Ctx, name: string): number | undefined {
  const text = textOf(c, name, 40);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new RigError("USAGE", `${name}: a number of seconds`);
  return value;
}

/** `name` with its value, or nothing: what is not asked for is not there. */
const given = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };

const periodIn = (c: Ctx) => ({
  ...given("since", textOf(c, "since", 10)),
  ...given("until", textOf(c, "until", 10)),
});

function listAsked(c: Ctx): ListAsked {
  const verdict = textOf(c, "verdict", 40);
  if (verdict !== undefined && !verdicts.includes(verdict as Verdict))
    throw new RigError("USAGE", `verdict: one of ${verdicts.join(", ")}`);
  const started = textOf(c, "started", 40);
  return {
    ...given("serial", textOf(c, "serial", 65)),
    ...given("adapter", textOf(c, "adapter", 64)),
    ...given("procedure", textOf(c, "procedure", 64)),
    ...given("operator", textOf(c, "operator", 64)),
    ...given("verdict", verdict as Verdict | undefined),
    ...periodIn(c),
    ...(c.req.query("open") === "1" ? { open: true } : {}),
    ...(started === undefined ? {} : { after: { run: wholeOf(c, "after"), started } }),
  };
}

function trendAsked(c: Ctx): TrendAsked {
  const id = textOf(c, "id", 200);
  if (id === undefined) throw new RigError("USAGE", "id: which measurement?");
  return {
    id,
    ...given("procedure", textOf(c, "procedure", 64)),
    ...given("adapter", textOf(c, "adapter", 64)),
    ...given("serial", textOf(c, "serial", 64)),
    ...periodIn(c),
  };
}

function seriesAsked(c: Ctx) {
  const series = textOf(c, "name", 200);
  if (series === undefined) throw new RigError("USAGE", "name: which series?");
  return { run: runIn(c), series, ...given("from_s", secondsOf(c, "from")), ...given("to_s", secondsOf(c, "to")) };
}
