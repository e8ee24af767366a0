import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recipe, settle, step, testBench } from "./bench.ts";

const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1];

async function energised() {
  const bench = testBench();
  await bench.core.start();
  bench.hello();
  const source = bench.device("source");
  bench.arm([recipe("source", [step(1, "OUTP OFF\n")], { poison_hex: "2a0a" })]);
  bench.core.message({ id: 3, do: "enable", on: true }, 0);
  await settle();
  expect(bench.gpio.lines()["EN"]).toBe(true);
  return { ...bench, source };
}

describe("the guard", () => {
  it("acknowledges enabling only when the line has moved", async () => {
    const bench = testBench();
    await bench.core.start();
    bench.hello();
    bench.arm([]);
    bench.core.message({ id: 3, do: "enable", on: true }, 0);
    expect(bench.sent.some((message) => message["id"] === 3)).toBe(false);
    await settle();
    expect(last(bench.sent)).toMatchObject({ id: 3, ok: true, lines: { EN: true } });
  });

  it("refuses to enable before it is armed", async () => {
    const bench = testBench();
    bench.hello();
    bench.core.message({ id: 3, do: "enable", on: true }, 0);
    await settle();
    expect(last(bench.sent)).toMatchObject({ id: 3, ok: false });
    expect(bench.gpio.lines()["EN"]).toBe(false);
  });

  it("S5: takes EN low and sends the recipes when the controller's connection ends", async () => {
    const bench = await energised();
    bench.core.gone("the other side closed the connection");
    await settle();
    expect(bench.gpio.lines()["EN"]).toBe(false);
    expect(await bench.core.ended).toBe("triggered");
    expect(bench.source.got).toEqual(["*\n", "OUTP OFF\n"]);
    expect(bench.killed).toEqual([]);
  });

  it("S5: takes EN low, kills the controller, then sends the recipes when no beat comes for 200 ms", async () => {
    const bench = await energised();
    bench.core.message({ do: "beat" }, 100);
    bench.core.tick(300);
    expect(bench.core.triggered).toBe(false);
    bench.core.tick(301);
    expect(bench.core.triggered).toBe(true);
    expect(last(bench.gpio.sets)).toEqual({ line: "EN", high: false });
    expect(bench.killed).toEqual([4711]);
    expect(bench.source.got).toEqual([]);
    expect(await bench.core.ended).toBe("triggered");
    expect(bench.source.got).toEqual(["*\n", "OUTP OFF\n"]);
  });

  it("does not count beats before it is armed", () => {
    const bench = testBench();
    bench.hello();
    bench.core.tick(10_000);
    expect(bench.core.triggered).toBe(false);
  });

  it("ends by itself when nobody ever arms it", async () => {
    const bench = testBench();
    bench.core.tick(30_001);
    expect(await bench.core.ended).toBe("triggered");
  });

  it("S11: toggles the watchdog line every 50 ms while armed, and not before", async () => {
    const bench = testBench();
    await bench.core.start();
    bench.hello();
    const before = bench.gpio.sets.length;
    for (let ms = 0; ms < 200; ms += 10) bench.core.tick(ms);
    expect(bench.gpio.sets.length).toBe(before);
    bench.arm([], 200);
    for (let ms = 200; ms < 400; ms += 10) {
      bench.core.message({ do: "beat" }, ms);
      bench.core.tick(ms);
      await settle();
    }
    const levels = bench.gpio.sets.slice(before).map(({ high }) => high);
    expect(levels).toEqual([true, false, true, false]);
  });

  it("S11: stops toggling when all is done", async () => {
    const bench = await energised();
    bench.core.gone("gone");
    await bench.core.ended;
    const sets = bench.gpio.sets.length;
    for (let ms = 0; ms < 500; ms += 10) bench.core.tick(ms);
    expect(bench.gpio.sets.length).toBe(sets);
  });

  it("triggers when the watchdog line does not follow, and toggles no more", async () => {
    const bench = await energised();
    bench.gpio.stick("WD", true);
    for (let ms = 0; ms <= 300; ms += 10) {
      bench.core.message({ do: "beat" }, ms);
      bench.core.tick(ms);
    }
    expect(bench.core.triggered).toBe(true);
    await bench.core.ended;
    expect(bench.gpio.lines()["EN"]).toBe(false);
  });

  it("acts as triggered when its lines are lost", async () => {
    const bench = await energised();
    bench.gpio.lose("unplugged");
    expect(await bench.core.ended).toBe("triggered");
    expect(bench.source.got).toEqual(["*\n", "OUTP OFF\n"]);
    expect(bench.notes.map((note) => note["event"])).toContain("enable-low-failed");
  });

  it("runs the recipes once when two triggers come at once", async () => {
    const bench = await energised();
    bench.core.trigger("the guard got SIGTERM");
    bench.core.gone("gone");
    bench.core.tick(10_000);
    await bench.core.ended;
    expect(bench.source.got).toEqual(["*\n", "OUTP OFF\n"]);
    expect(bench.notes.filter((note) => note["event"] === "triggered")).toHaveLength(1);
  });

  it("ends low and without a byte on any port when it is released", async () => {
    const bench = await energised();
    bench.core.message({ id: 9, do: "release" }, 0);
    await settle();
    expect(last(bench.sent)).toMatchObject({ id: 9, ok: true, lines: { EN: false } });
    bench.core.gone("closed after the release");
    expect(await bench.core.ended).toBe("released");
    expect(bench.source.got).toEqual([]);
  });

  it("keeps EN low when a trigger overtakes an enabling under way", async () => {
    const bench = testBench();
    await bench.core.start();
    bench.hello();
    bench.arm([]);
    bench.core.message({ id: 3, do: "enable", on: true }, 0);
    bench.core.gone("gone");
    await bench.core.ended;
    expect(bench.gpio.lines()["EN"]).toBe(false);
    expect(bench.sent.some((message) => message["id"] === 3)).toBe(false);
  });

  it("tells the controller of edges that were thrown away, before those that were kept", async () => {
    const bench = testBench();
    bench.hello();
    bench.gpio.drop(7);
    bench.gpio.drive("LID1", false);
    expect(bench.sent.slice(-2)).toMatchObject([{ edgesLost: 7 }, { edge: "LID1", high: false }]);
    expect(bench.notes).toContainEqual({ event: "edges-lost", edges: 7 });
  });

  it("numbers the edges it forwards without gaps for those of the watchdog, so that a gap is a loss", async () => {
    const bench = await energised();
    const before = bench.sent.length;
    bench.gpio.drive("LID1", false);
    bench.gpio.drive("WD", !bench.gpio.lines()["WD"]);
    bench.gpio.drive("WD", !bench.gpio.lines()["WD"]);
    bench.gpio.drive("LID1", true);
    const numbers = bench.sent.slice(before).flatMap(({ edge, seq }) => (edge === "LID1" ? [seq as number] : []));
    expect(numbers.length).toBe(2);
    expect((numbers[1] as number) - (numbers[0] as number)).toBe(1);
  });

  it("forwards edges of all lines but the watchdog's", async () => {
    const bench = await energised();
    bench.gpio.drive("ESTOP", false);
    bench.core.tick(50);
    expect(last(bench.sent)).toMatchObject({ edge: "ESTOP", high: false });
    expect(bench.sent.some((message) => message["edge"] === "WD")).toBe(false);
  });

  it.each([
    [{ id: 5, do: "fly" }],
    [{ do: "enable", on: true }],
    [{ id: 5, do: "enable", on: "yes" }],
    [{ id: 5, do: "hello", pid: 1 }],
    [{ id: 5, do: "arm", recipes: [{ name: "x", steps: [] }] }],
    [{ id: 5, do: "arm", recipes: [recipe("a", [{ rank: 1, send_hex: "0g", deadline_ms: 5 }])] }],
    [{ id: 5, do: "arm", recipes: [recipe("a", [step(1, "x", undefined, 60_000)])] }],
    [{ id: 5, do: "arm", recipes: [recipe("a", [step(1, "x")], { port: { kind: "pipe" } })] }],
  ])("refuses %j and goes on as before", async (message) => {
    const bench = await energised();
    bench.core.message(message, 0);
    expect(last(bench.sent)).toMatchObject({ ok: false });
    bench.core.gone("gone");
    await bench.core.ended;
    expect(bench.source.got).toEqual(["*\n", "OUTP OFF\n"]);
  });

  it("never enables and never throws, whatever message comes before it is armed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.constantFrom("id", "do", "on", "pid", "recipes"), fc.jsonValue())),
        (all) => {
          const bench = testBench();
          for (const message of all) bench.core.message(message, 0);
          expect(bench.gpio.sets.some(({ line, high }) => line === "EN" && high)).toBe(false);
        },
      ),
    );
  });
});

describe("recipes", () => {
  it("finish a rank on all ports before the next begins", async () => {
    const bench = testBench();
    bench.hello();
    for (const host of ["a", "b"]) {
      const device = bench.device(host);
      device.answer("off1", "ok");
      device.answer("off2", "ok");
    }
    bench.arm([
      recipe("a", [step(2, "off2", "ok"), step(1, "off1", "ok")]),
      recipe("b", [step(1, "off1", "ok"), step(2, "off2", "ok")]),
    ]);
    bench.core.gone("gone");
    await bench.core.ended;
    expect(bench.order.slice(0, 2).sort()).toEqual(["a: off1", "b: off1"]);
    expect(bench.order.slice(2).sort()).toEqual(["a: off2", "b: off2"]);
    expect(bench.notes.filter((note) => note["event"] === "confirmed")).toHaveLength(4);
  });

  it("go on when a device does not answer, answers otherwise, has gone, or was never there", async () => {
    const bench = testBench();
    bench.hello();
    bench.device("silent");
    bench.device("wrong").answer("off", "no");
    bench.device("gone").peer.hangUp();
    const good = bench.device("good");
    good.answer("off", "ok");
    bench.arm([
      recipe("silent", [step(1, "off", "ok", 20), step(2, "again")]),
      recipe("wrong", [step(1, "off", "ok", 20)]),
      recipe("gone", [step(1, "off")]),
      recipe("never", [step(1, "off")]),
      recipe("good", [step(2, "off", "ok")]),
    ]);
    bench.core.gone("gone");
    await bench.core.ended;
    const of = (event: string) => bench.notes.filter((note) => note["event"] === event).map((note) => note["recipe"]);
    // The first step on a line is tried twice: the controller's last frame may have spoilt the first copy.
    expect(of("failed").sort()).toEqual(["device silent", "device silent", "device wrong", "device wrong"]);
    expect(of("port-failed").sort()).toEqual(["device gone", "device never"]);
    expect(of("confirmed")).toEqual(["device good"]);
    expect(of("sent")).toEqual(["device silent"]);
    expect(bench.notes.find((note) => note["recipe"] === "device wrong" && note["event"] === "failed")).toMatchObject({
      got: '"no"',
      expected: '"ok"',
    });
  });

  it("send the first step on a line again when the dead controller's last frame spoilt it, and no other", async () => {
    const bench = testBench();
    bench.hello();
    const line = bench.device("bus");
    let frames = 0;
    line.peer.onData((bytes) => {
      line.got.push(Buffer.from(bytes).toString("latin1"));
      frames += 1;
      if (frames === 2) line.peer.write(Buffer.from("ok"));
    });
    bench.arm([recipe("bus", [step(3, "one", "ok", 60), step(3, "two", "ok", 60), step(4, "three", "ok", 60)])]);
    bench.core.gone("gone");
    await bench.core.ended;
    expect(line.got).toEqual(["one", "one", "two", "three"]);
  });

  it("find their reply behind an answer that was owed to the dead controller", async () => {
    const bench = testBench();
    bench.hello();
    bench.device("a").answer("off", "12.5\nok");
    bench.arm([recipe("a", [step(1, "off", "ok")])]);
    bench.core.gone("gone");
    await bench.core.ended;
    expect(bench.notes.some((note) => note["event"] === "confirmed")).toBe(true);
  });

  it("share one connection when they share a line", async () => {
    const bench = testBench();
    bench.hello();
    const line = bench.device("bus");
    bench.arm([recipe("bus", [step(4, "matrix")]), recipe("bus", [step(3, "contactor")])]);
    bench.core.gone("gone");
    await bench.core.ended;
    expect(line.got).toEqual(["contactor", "matrix"]);
    expect(line.peer.connections).toBe(1);
  });
});
