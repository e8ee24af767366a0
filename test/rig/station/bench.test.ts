/** The page never shows a state that is not so: each way a controller can end, and who may do what meanwhile. */
import { expect, test } from "vitest";
import type { Data } from "../../../rig/model/data.ts";
import { type BenchDeps, BenchRuns, type Child } from "../../../rig/station/bench.ts";

class FakeChild implements Child {
  readonly sent: Data[] = [];
  stopped = 0;
  private hear: (message: unknown) => void = () => undefined;
  private leave: (code: number | null, signal: string | null) => void = () => undefined;
  send(message: Data): void {
    this.sent.push(message);
  }
  stop(): void {
    this.stopped += 1;
  }
  onMessage(listener: (message: unknown) => void): void {
    this.hear = listener;
  }
  onExit(listener: (code: number | null, signal: string | null) => void): void {
    this.leave = listener;
  }
  says(message: unknown): void {
    this.hear(message);
  }
  async ends(code: number | null, signal: string | null): Promise<void> {
    this.leave(code, signal);
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  }
}

const job = { by: "Tina", procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1" };
const prompt = { id: "fit", title: "Fit", text: "Fit it", kind: "confirm", timeout_s: 60 };

function station(part: Partial<BenchDeps> = {}) {
  const children: FakeChild[] = [];
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => {
      const child = new FakeChild();
      children.push(child);
      return child;
    },
    makeSafe: async () => ({ proved: true, why: "rig safe" }),
    ended: async () => ({ outcome: { verdict: "pass", ending: "completed" }, safe: true, why: "safe-off of R000001" }),
    utc: () => "2026-01-01T00:00:00.000Z",
    ...part,
  });
  return { bench, children };
}

test("a run goes from preflight to its end; safe is said only with the evidence of its safe-off", async () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  expect([bench.state.run?.phase, bench.state.safety.is]).toEqual(["preflight", "idle"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  expect([bench.state.run?.phase, bench.state.safety.is]).toEqual(["running", "energised-possible"]);
  await children[0]?.ends(0, null);
  expect([bench.state.run?.phase, bench.state.run?.outcome?.verdict, bench.state.safety.is]).toEqual([
    "ended",
    "pass",
    "safe",
  ]);
});

test("an answer to a prompt of the run before is no answer to the prompt of the same number of this one", async () => {
  const { bench, children } = station();
  for (const run of [1, 2]) {
    bench.start(job, ["run"]);
    children[run - 1]?.says({ is: "run", run, id: `R00000${run}` });
    children[run - 1]?.says({ is: "prompt", number: 1, prompt });
    if (run === 1) await children[0]?.ends(30, null);
  }
  expect(() => bench.answer("Tina", 1, true, 1)).toThrow(/does not wait any more/);
  expect(children[1]?.sent).toEqual([]);
  bench.answer("Tina", 1, true, 2);
  expect(children[1]?.sent.length).toBe(1);
});

test("a stop is asked at once and shown as asked until the bench says safe", async () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  bench.stop();
  expect([children[0]?.stopped, bench.state.run?.phase, bench.state.safety.is]).toEqual([1, "stopping", "asked"]);
  await children[0]?.ends(30, null);
  expect(bench.state.safety.is).toBe("safe");
});

test("a stop before the run has its number stays a stop", () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  bench.stop();
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  expect([bench.state.run?.phase, bench.state.safety.is]).toEqual(["stopping", "asked"]);
});

test("a killed controller: the bench is asked itself, and what cannot be proved is said, and blocks the next start", async () => {
  const ended: BenchDeps["ended"] = async () => ({ safe: false, why: "no safe-off was proved" });
  const { bench, children } = station({ ended, makeSafe: async () => ({ proved: false, why: "load: no answer" }) });
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  await children[0]?.ends(null, "SIGKILL");
  expect(bench.state.safety).toMatchObject({ is: "not-proved", why: "load: no answer" });
  expect(bench.state.run?.outcome).toBeUndefined();
  expect(() => bench.start(job, ["run"])).toThrow(/not proved safe/);
});

test("a store that cannot be read does not make the bench safe", async () => {
  const ended: BenchDeps["ended"] = async () => {
    throw new Error("disk is gone");
  };
  const { bench, children } = station({ ended, makeSafe: async () => Promise.reject(new Error("no port")) });
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  await children[0]?.ends(null, "SIGKILL");
  expect(bench.state.safety.is).toBe("not-proved");
});

test("a preflight that refuses leaves a bench that was never touched", async () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  children[0]?.says({ is: "said", line: "there is no half" });
  await children[0]?.ends(2, null);
  expect([bench.state.run?.phase, bench.state.run?.said, bench.state.safety.is]).toEqual([
    "ended",
    ["there is no half"],
    "idle",
  ]);
});

test("one person runs the bench: another starts nothing and answers nothing, and an old prompt takes no answer", () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  expect(() => bench.start({ ...job, by: "Tom" }, ["run"])).toThrow(/Tina is running incoming/);
  children[0]?.says({ is: "prompt", number: 1, prompt });
  expect(() => bench.answer("Tom", 1, true)).toThrow(/Tina is at the bench/);
  bench.answer("Tina", 1, true);
  expect(children[0]?.sent).toEqual([{ is: "answer", number: 1, answer: true, by: "Tina" }]);
  children[0]?.says({ is: "answered", number: 1 });
  expect(bench.state.run?.prompt).toBeUndefined();
  expect(() => bench.answer("Tina", 1, true)).toThrow(/does not wait/);
});

test("the station's own end stops the run and waits for its controller", async () => {
  let prove: (made: { readonly proved: boolean; readonly why: string }) => void = () => undefined;
  const { bench, children } = station({
    ended: async () => ({ safe: false, why: "no safe-off was proved" }),
    makeSafe: () =>
      new Promise((resolve) => {
        prove = resolve;
      }),
  });
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  let over = false;
  const end = bench.end().then(() => {
    over = true;
  });
  expect([children[0]?.stopped, over]).toEqual([1, false]);
  await children[0]?.ends(30, null);
  // Gone, but nobody has shown yet that the bench is safe.
  expect([bench.state.run?.phase, over]).toEqual(["ended", false]);
  prove({ proved: true, why: "rig safe" });
  await end;
  expect(over).toBe(true);
});

test("nothing starts while the ending of the last run is still being read", async () => {
  let tell: (ending: Awaited<ReturnType<BenchDeps["ended"]>>) => void = () => undefined;
  const { bench, children } = station({
    ended: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
  });
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  await children[0]?.ends(0, null);
  expect(() => bench.start({ ...job, serial: "SN-2" }, ["run"])).toThrow(/not proved safe after the last run/);
  tell({ outcome: { verdict: "pass", ending: "completed" }, safe: true, why: "safe-off of R000001" });
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
  expect([bench.state.run?.serial, bench.state.run?.outcome?.verdict, bench.state.safety.is]).toEqual([
    "SN-1",
    "pass",
    "safe",
  ]);
  bench.start({ ...job, serial: "SN-2" }, ["run"]);
  expect([bench.state.run?.serial, bench.state.run?.outcome, bench.state.safety.is]).toEqual([
    "SN-2",
    undefined,
    "idle",
  ]);
});

test.each([
  [{ kind: "confirm" }, "no"],
  [{ kind: "confirm" }, 0],
  [{ kind: "choice", choices: ["half-a", "half-b"] }, "half-c"],
  [{ kind: "number", unit: "%", min: 0, max: 100 }, 101],
  [{ kind: "number", unit: "%", min: 0, max: 100 }, "50"],
  [{ kind: "text", longest: 5 }, "too long"],
  [{ kind: "text", longest: 50 }, "with\u0000 control"],
])("to %j the answer %j is none, and reaches no controller", (part, answer) => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  children[0]?.says({ is: "prompt", number: 1, prompt: { ...prompt, ...part } });
  expect(() => bench.answer("Tina", 1, answer)).toThrow(/Fit:/);
  expect(children[0]?.sent).toEqual([]);
  expect(bench.state.run?.prompt?.number).toBe(1);
});

test("what another program runs on this bench is said, and nothing starts beside it or calls it safe", async () => {
  const { bench, children } = station();
  bench.start(job, ["run"]);
  children[0]?.says({ is: "run", run: 1, id: "R000001" });
  bench.outside({ who: "Otto runs incoming (R000002) outside this station" });
  expect(bench.state.safety.is).toBe("energised-possible");
  await children[0]?.ends(0, null);
  bench.outside({ who: "Otto runs incoming (R000002) outside this station" });
  expect(bench.state.safety).toEqual({ is: "elsewhere", who: "Otto runs incoming (R000002) outside this station" });
  expect(() => bench.start(job, ["run"])).toThrow(/taken: Otto runs incoming/);
  await expect(bench.makeSafe()).rejects.toThrow(/stop it there/);
  bench.outside({ doubt: "R000002 was interrupted without a proved safe-off" });
  expect(bench.state.safety.is).toBe("not-proved");
  bench.outside({ doubt: undefined });
  expect(bench.state.safety.is).toBe("safe");
});
