/** Before a run: what stands against it is said with its remedy, and nothing of it changes the bench by itself. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type BeforeDeps, blocksOf, type Looking, Preparations } from "../../../rig/station/before.ts";
import { type BenchDeps, BenchRuns } from "../../../rig/station/bench.ts";
import type { HealthNow } from "../../../rig/station/health.ts";
import { mayStart, type Prepared } from "../../../rig/station/prepared.ts";
import { as, job, TestStation, type Visitor } from "./doorFixture.ts";

class FakeLook implements Looking {
  stopped = 0;
  tell: (prepared: Prepared) => void = () => undefined;
  leave: (why: string) => void = () => undefined;
  onPrepared(listener: (prepared: Prepared) => void): void {
    this.tell = listener;
  }
  onExit(listener: (why: string) => void): void {
    this.leave = listener;
  }
  stop(): void {
    this.stopped += 1;
  }
}

const interrupted = {
  ...{ run: 7, id: "R000007", procedure: "incoming", adapter: "generic-a-pass", serial: "SN-7" },
  ...{ by: "Tina", checkpoint: "wired" },
};
const accepted: Prepared = {
  ...{ title: "Incoming", limits: "incoming 1", blocks: [], notes: [] },
  preflight: { is: "accepted", paths: 9, kept: false },
};
const quiet = { send: () => undefined, stop: () => undefined, onMessage: () => undefined, onExit: () => undefined };

const benchWith = (part: Partial<BenchDeps> = {}): BenchRuns =>
  new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => quiet,
    makeSafe: async () => ({ proved: true, why: "rig safe" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
    ...part,
  });

function preparations(bench = benchWith()) {
  const looks: FakeLook[] = [];
  const look = () => {
    const one = new FakeLook();
    looks.push(one);
    return one;
  };
  return { bench, looks, all: new Preparations({ bench, look }) };
}

const asked = (by: string) => ({ ...job, by });

describe("a look before the run", () => {
  test("says what the files say at once and the preflight when it has ended; only then a run may start", () => {
    const { all, looks } = preparations();
    const { number, prepared } = all.begin(asked("Tina"));
    expect(prepared).toBeUndefined();
    looks[0]?.tell({ ...accepted, preflight: { is: "trying" } });
    expect(mayStart(all.find("Tina", number)?.prepared as Prepared)).toBe(false);
    looks[0]?.tell(accepted);
    looks[0]?.leave("code 0");
    expect(mayStart(all.find("Tina", number)?.prepared as Prepared)).toBe(true);
  });

  test("that dies on the way is told as what it is, and never allows a start", () => {
    const { all, looks } = preparations();
    const { number } = all.begin(asked("Tina"));
    looks[0]?.tell({ ...accepted, preflight: { is: "trying" } });
    looks[0]?.leave("SIGKILL");
    const { prepared } = all.find("Tina", number) ?? {};
    expect(prepared?.blocks.map(({ what }) => what)).toEqual(["the look before the run ended: SIGKILL"]);
    expect(mayStart(prepared as Prepared)).toBe(false);
  });

  test("is one for each person: a new one takes the place of the old, and another person's stays", () => {
    const { all, looks } = preparations();
    const first = all.begin(asked("Tina"));
    all.begin(asked("Egon"));
    const second = all.begin(asked("Tina"));
    expect(looks.map(({ stopped }) => stopped)).toEqual([1, 0, 0]);
    expect(all.find("Tina", first.number)).toBeUndefined();
    expect(all.find("Egon", second.number)).toBeUndefined();
    expect(all.find("Tina", second.number)).toBeDefined();
  });

  test("ends when a run begins, and while one goes on none is begun: the machine is for the run", () => {
    const { all, bench, looks } = preparations();
    all.begin(asked("Tina"));
    bench.start(asked("Egon"), ["run"]);
    expect(looks[0]?.stopped).toBe(1);
    const { prepared } = all.begin(asked("Tina"));
    expect(looks).toHaveLength(1);
    expect(prepared?.blocks[0]).toMatchObject({ code: "run-going-on", what: /Egon is running incoming/ });
  });

  test("of a bench that is not proved safe allows no start, whatever the files say", () => {
    const { all, looks } = preparations(benchWith({ left: { doubt: "R000003 was interrupted" } }));
    const { number } = all.begin(asked("Tina"));
    looks[0]?.tell(accepted);
    const { prepared } = all.find("Tina", number) ?? {};
    expect(prepared?.blocks[0]).toMatchObject({ code: "not-proved-safe", remedy: /safe state/ });
    expect(mayStart(prepared as Prepared)).toBe(false);
  });

  test("cannot pile up: the oldest of many ends", () => {
    const { all, looks } = preparations();
    for (const by of ["A", "B", "C", "D", "E"]) all.begin(asked(by));
    expect(looks.map(({ stopped }) => stopped)).toEqual([1, 0, 0, 0, 0]);
  });
});

describe("what the station before this one left", () => {
  test("a bench in doubt is not proved safe until it is asked, and nothing starts before", async () => {
    const bench = benchWith({ left: { doubt: "R000003 was interrupted without a proved safe-off" } });
    expect(bench.state.safety).toMatchObject({ is: "not-proved", why: /R000003/ });
    expect(() => bench.start(asked("Tina"), ["run"])).toThrow(/not proved safe/);
    await bench.makeSafe();
    expect([bench.state.safety.is, blocksOf(bench.state, bench.running)]).toEqual(["safe", []]);
    bench.start(asked("Tina"), ["run"]);
  });

  test("a bench that cannot be proved safe stays in doubt", async () => {
    const bench = benchWith({
      left: { doubt: "R000003 was interrupted" },
      makeSafe: async () => ({ proved: false, why: "load: no answer" }),
    });
    await bench.makeSafe();
    expect(bench.state.safety).toMatchObject({ is: "not-proved", why: "load: no answer" });
  });

  test("an interrupted run is offered until another run begins", () => {
    const bench = benchWith({ left: { interrupted } });
    expect(bench.state.interrupted?.id).toBe("R000007");
    bench.start(asked("Tina"), ["run"]);
    expect(bench.state.interrupted).toBeUndefined();
  });

  test("a run that could not be gone on with is offered again; one that goes on is offered no more", async () => {
    let [hear, leave] = [(_: unknown): void => undefined, (_: number | null, __: string | null): void => undefined];
    const bench = benchWith({
      left: { interrupted },
      start: () => ({
        ...quiet,
        onMessage: (listener) => {
          hear = listener;
        },
        onExit: (listener) => {
          leave = listener;
        },
      }),
    });
    bench.start(asked("Tina"), ["resume"], "on");
    leave(2, null);
    await vi.waitFor(() => expect(bench.running).toBe(false));
    expect(bench.state.interrupted?.id).toBe("R000007");
    bench.start(asked("Tina"), ["resume"], "on");
    hear({ is: "run", run: 7, id: "R000007" });
    expect(bench.state.interrupted).toBeUndefined();
  });
});

describe("the routes", () => {
  let station: TestStation;
  let tina: Visitor;
  let queenie: Visitor;
  const resets: string[] = [];
  const closed: string[] = [];

  const before: Omit<BeforeDeps, "bench" | "live" | "catalogue"> = {
    look: () => new FakeLook(),
    resumeArgs: (run, by) => ["resume", String(run), by],
    close: async (run, why) => void closed.push(`${run} ${why}`),
    reset: (by, reason) => {
      resets.push(`${by}: ${reason}`);
      return { rule: "interlock-open", why: "ESTOP" };
    },
  };

  beforeEach(async () => {
    resets.length = 0;
    closed.length = 0;
    station = await TestStation.open(["Tina", "Queenie"], { before });
    [tina, queenie] = [await station.login("Tina"), await station.login("Queenie")];
  });
  afterEach(() => station.close());

  test("a trip is reset by who runs the bench, with a reason, and both are written down", async () => {
    const reason = "ESTOP was pressed by mistake";
    expect((await station.post("/api/reset", { reason }, as(queenie))).status).toBe(403);
    expect((await station.post("/api/reset", { reason: "  no " }, as(tina))).status).toBe(400);
    expect((await station.post("/api/reset", { reason: `x\u0007${reason}` }, as(tina))).status).toBe(400);
    expect(resets).toEqual([]);
    expect((await station.post("/api/reset", { reason }, as(tina))).status).toBe(200);
    expect(resets).toEqual([`Tina: ${reason}`]);
    expect(station.written(2)).toEqual(["Tina: trip reset", "Tina: trip reset asked"]);
  });

  test("no trip is reset while a run goes on", async () => {
    await station.post("/api/start", job, as(tina));
    const answer = await station.post("/api/reset", { reason: "lid closed again" }, as(tina));
    expect([answer.status, resets]).toEqual([400, []]);
  });

  test("nothing is resumed that was not interrupted, and QA resumes nothing", async () => {
    expect((await station.post("/api/resume", { run: 7 }, as(tina))).status).toBe(400);
    expect((await station.post("/api/resume", { run: 7 }, as(queenie))).status).toBe(403);
    expect(station.started).toEqual([]);
  });

  test("codes are drawn for commands and procedures that are known, and for nothing else", async () => {
    for (const code of ["RIGSTOP", "incoming"]) {
      const answer = await station.ask(`/api/codes/${code}`, { headers: as(tina) });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
      expect(await answer.text()).toMatch(/^<svg [^>]*viewBox/);
    }
    for (const code of ["SN-1", "RIGSTOP%20", "..%2f..%2fx", "%3Cscript%3E", "constructor"]) {
      expect((await station.ask(`/api/codes/${code}`, { headers: as(tina) })).status).toBe(404);
    }
  });

  test("the bench is asked by the look of who may start a run; QA sees what is known of it", async () => {
    let asked = 0;
    const now: HealthNow = { simulated: true, running: false, checking: false, last: { role: {}, lines: {} } as never };
    const health = {
      now: () => now,
      check: async () => {
        asked += 1;
      },
    };
    station.close();
    const look = () => new FakeLook();
    const deps = { look, health, resumeArgs: () => [], close: async () => undefined, reset: () => undefined };
    station = await TestStation.open(["Tina", "Egon", "Queenie"], { before: deps });
    for (const [name, times] of [
      ["Queenie", 0],
      ["Root", 0],
      ["Tina", 1],
      ["Egon", 2],
    ] as const) {
      const answer = await station.post("/api/prepare", job, as(await station.login(name)));
      expect([name, answer.status, asked]).toEqual([name, 200, times]);
    }
  });

  test("what is looked at is shown to who asked for it only", async () => {
    const answer = await station.post("/api/prepare", job, as(tina));
    const { number } = (await answer.json()) as { number: number };
    expect((await station.ask(`/api/prepared/${number}`, { headers: as(tina) })).status).toBe(200);
    expect((await station.ask(`/api/prepared/${number}`, { headers: as(queenie) })).status).toBe(404);
    expect((await station.ask("/api/prepared/x", { headers: as(tina) })).status).toBe(404);
  });
});
