import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Instrument } from "../../../rig/kinds/kinds.ts";
import { makeSafeOff, type SafeOffEvidence } from "../../../rig/safety/safeOff.ts";
import { bench, value } from "./rig.ts";

interface Outcome {
  readonly ok: boolean;
  readonly took_ms: number;
  readonly evidence: readonly SafeOffEvidence[];
}

/** What was asked, in order, and what each instrument answers. */
class Fakes {
  readonly log: string[] = [];
  readonly fenced: string[] = [];
  shunt_A = 0;
  shunt_u_A = 0;
  source_A = 0;
  source_u_A = 1.2;
  load_A = 0;
  readonly broken = new Map<string, "throws" | "hangs">();

  all(): Record<string, Instrument> {
    const mirrors = { "M.K1A": true, "M.K1B": true, "M.K2": true, "M.K3F": true };
    const replies: Record<string, Record<string, () => unknown>> = {
      gpio: { enable: () => null, read: () => mirrors },
      source: { output: () => null, measure: () => this.#measured(this.source_A, this.source_u_A) },
      load: { input: () => null, measure: () => this.#measured(this.load_A, 0.2) },
      rails: { output: () => null },
      generator: { output: () => null },
      daq: { once: () => ({ "101": { ...value("V", this.shunt_A * 1e-4, 0), u: this.shunt_u_A * 1e-4 } }) },
      matrix: { pattern: () => ({ closed: [] }), readBack: () => ({ closed: [] }) },
      contactor: { pattern: () => ({ closed: [] }), readBack: () => ({ closed: [] }) },
    };
    const made: Record<string, Instrument> = {};
    for (const [role, operations] of Object.entries(replies)) {
      const call = Object.fromEntries(
        Object.entries(operations).map(([op, reply]) => [op, () => this.#answer(`${role}.${op}`, reply)]),
      );
      made[role] = { kind: bench.instruments[role]?.kind, call } as unknown as Instrument;
    }
    return made;
  }

  #measured(current_A: number, u: number): unknown {
    return { voltage: value("V", 0, 0), current: { ...value("A", current_A, 0), u } };
  }

  #answer(name: string, reply: () => unknown): Promise<unknown> {
    this.log.push(name);
    const how = this.broken.get(name);
    if (how === "throws") return Promise.reject(new Error("no answer"));
    return how === "hangs" ? new Promise(() => undefined) : Promise.resolve(reply());
  }

  async run(): Promise<Outcome> {
    const off = makeSafeOff({ bench, instruments: this.all(), fence: (role) => this.fenced.push(role) });
    const done = off("test");
    await vi.runAllTimersAsync();
    return (await done) as unknown as Outcome;
  }
}

const comesBefore = (log: readonly string[], first: string, then: string): boolean =>
  log.indexOf(first) >= 0 && log.indexOf(first) < log.indexOf(then);

describe("S3 safe-off", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("goes enable and source, load, current measured, contactors, relays, verify", async () => {
    const fakes = new Fakes();
    const done = await fakes.run();
    expect(done.ok).toBe(true);
    const order = ["gpio.enable", "source.output", "load.input", "daq.once", "contactor.pattern", "matrix.pattern"];
    for (let i = 1; i < order.length; i++)
      expect(comesBefore(fakes.log, order[i - 1] ?? "", order[i] ?? "")).toBe(true);
    expect(comesBefore(fakes.log, "matrix.pattern", "matrix.readBack")).toBe(true);
    expect(done.evidence.map((one) => one.grade)).toEqual(
      expect.arrayContaining(["commanded", "coil", "mirror", "measured"]),
    );
    expect(done.evidence.filter((one) => one.grade === "mirror").length).toBe(4);
  });

  it("opens the contactors after 1.5 s though the current does not fall, and says so", async () => {
    const fakes = new Fakes();
    fakes.shunt_A = 400;
    const done = await fakes.run();
    expect(fakes.log).toContain("contactor.pattern");
    const wait = done.evidence.find((one) => one.action === "current below 1 A");
    expect(wait).toMatchObject({ ok: false });
    expect(wait?.detail).toMatch(/400\.00 A after 1500 ms; contactors open regardless/);
    expect(done.took_ms).toBeGreaterThanOrEqual(1500);
    expect(done.took_ms).toBeLessThan(2000);
    expect(done.ok).toBe(false);
  });

  it("0.9 A that may be 1.1 A is a current", async () => {
    for (const [u_A, ok] of [
      [0.1, false],
      [0.04, true],
    ] as const) {
      const fakes = new Fakes();
      fakes.shunt_A = 0.9;
      fakes.shunt_u_A = u_A;
      const done = await fakes.run();
      expect(done.evidence.find((one) => one.action === "current below 1 A")?.ok).toBe(ok);
    }
  });

  it("a source that is off at zero by its own uncertainty agrees with the shunt, and proves nothing without it", async () => {
    const says = async (shunt_A: number, source_u_A: number): Promise<boolean | undefined> => {
      const fakes = new Fakes();
      Object.assign(fakes, { shunt_A, source_A: 1.2, source_u_A });
      const done = await fakes.run();
      return done.evidence.find((one) => one.action === "source gives no current")?.ok;
    };
    expect(await says(0, 0.7)).toBe(true);
    expect(await says(0, 0.05)).toBe(false);
    expect(await says(5, 0.7)).toBe(false);
  });

  it("waits for source and load when the DAQ is dead, then opens regardless", async () => {
    for (const how of ["throws", "hangs"] as const) {
      const flows = new Fakes();
      flows.broken.set("daq.once", how);
      flows.source_A = 300;
      const done = await flows.run();
      expect(flows.log).toContain("contactor.pattern");
      expect(done.took_ms).toBeGreaterThanOrEqual(1500);
      const gone = new Fakes();
      gone.broken.set("daq.once", how);
      const quick = await gone.run();
      expect(quick.took_ms).toBeLessThan(700);
      expect(quick.evidence.find((one) => one.action === "current below 1 A by source and load")?.ok).toBe(true);
      // The shunt has not said so: the bench is not proved safe.
      expect(quick.ok).toBe(false);
    }
    const unsure = new Fakes();
    unsure.broken.set("daq.once", "throws");
    unsure.load_A = 0.8;
    expect((await unsure.run()).took_ms).toBeGreaterThanOrEqual(1500);
  });

  it("continues past any instrument that fails or hangs, and fences only what hangs", async () => {
    for (const name of [
      "gpio.enable",
      "source.output",
      "load.input",
      "daq.once",
      "contactor.pattern",
      "matrix.readBack",
    ]) {
      for (const how of ["throws", "hangs"] as const) {
        const fakes = new Fakes();
        fakes.broken.set(name, how);
        const done = await fakes.run();
        expect(fakes.log).toEqual(expect.arrayContaining(["contactor.pattern", "matrix.pattern", "gpio.read"]));
        expect(done.ok).toBe(false);
        expect(fakes.fenced).toEqual(how === "hangs" ? [name.split(".")[0]] : []);
        expect(done.took_ms).toBeLessThan(4500);
      }
    }
  });

  it("a welded contactor is seen by its mirror though its coil reads open", async () => {
    const fakes = new Fakes();
    const instruments = fakes.all();
    const welded = { "M.K1A": false, "M.K1B": true, "M.K2": true, "M.K3F": true };
    const gpio = { ...instruments["gpio"], call: { enable: async () => null, read: async () => welded } };
    const off = makeSafeOff({
      bench,
      instruments: { ...instruments, gpio: gpio as unknown as Instrument },
      fence: () => undefined,
    });
    const done = off("test");
    await vi.runAllTimersAsync();
    const { evidence, ok } = (await done) as unknown as Outcome;
    expect(ok).toBe(false);
    expect(evidence.find((one) => one.action === "K1A is open")).toMatchObject({ grade: "mirror", ok: false });
    expect(evidence.find((one) => one.action === "contactor read back")).toMatchObject({ grade: "coil", ok: true });
  });

  it("two requests at once share one run; a later one runs again", async () => {
    const fakes = new Fakes();
    const off = makeSafeOff({ bench, instruments: fakes.all(), fence: () => undefined });
    const [first, second] = [off("one"), off("two")];
    expect(second).toBe(first);
    await vi.runAllTimersAsync();
    await first;
    expect(fakes.log.filter((name) => name === "source.output").length).toBe(1);
    const third = off("three");
    await vi.runAllTimersAsync();
    await third;
    expect(fakes.log.filter((name) => name === "source.output").length).toBe(2);
  });

  it("an instrument that was never opened is reported, not waited for", async () => {
    const off = makeSafeOff({ bench, instruments: {}, fence: () => undefined });
    const done = off("test");
    await vi.runAllTimersAsync();
    const { ok, evidence } = (await done) as unknown as Outcome;
    expect(ok).toBe(false);
    expect(evidence.every((one) => !one.ok)).toBe(true);
  });
});
