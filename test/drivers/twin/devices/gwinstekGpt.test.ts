/** The real driver against the simulated tester over bytes, on the world of RB-1; and the kind twin beside it. */
import { beforeEach, describe, expect, it } from "vitest";
import { gwinstekGpt as driver } from "../../../../drivers/gwinstek/gpt.ts";
import { memoryLine } from "../../../../drivers/port/memory.ts";
import { connectPort } from "../../../../drivers/port/transactor.ts";
import { gwinstekGpt } from "../../../../drivers/twin/devices/gwinstekGpt.ts";
import { openKindTwin } from "../../../../drivers/twin/kindTwins.ts";
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import type { Instrument, InsulationTest } from "../../../../rig/kinds/kinds.ts";
import { io, manualClock } from "../../opening.ts";
import { bench, rigWith, type TestRig } from "../testBench.ts";

const test500: InsulationTest = { mode: "ir", voltage_V: 500, ramp_s: 1, dwell_s: 5, trip_A: 0.001 };
const entry = bench.instruments["insulation"];
if (!entry) throw new Error("the reference bench has an insulation tester");

/** DC+ against PE in N2. */
const relays = ["HV.evse.DC+.H", "HV.ev.DC+.H", "HV.evse.PE.L", "HV.ev.PE.L", "HV.BE"];

async function byBytes(rig: TestRig, answers = (text: string): string => text): Promise<Instrument<"insulation">> {
  const { connector, peer } = memoryLine("hipot");
  const device = gwinstekGpt({
    world: rig.world,
    bench,
    answering: [{ entry: entry as NonNullable<typeof entry>, unit: 0, identity: () => "GPT-9803" }],
    reply: (bytes) => peer.write(Buffer.from(answers(Buffer.from(bytes).toString("latin1")), "latin1")),
    after: () => () => undefined,
  });
  peer.onData((bytes) => device.receive(bytes));
  const signal = new AbortController().signal;
  const port = connectPort(connector, "hipot", {}, { signal, deadline_wall_ms: performance.now() + 2000 });
  const clock = manualClock();
  return driver.open({ entry: entry as NonNullable<typeof entry>, bench, port: () => port, clock, signal });
}

describe("GPT-9803 on nest N2", () => {
  let rig: TestRig;
  beforeEach(() => {
    const leaks = [{ between: ["ev.DC+", "ev.PE"] as [string, string], ohm: 2e8 }];
    rig = rigWith({ fitted: false, adapter: adapterFrom({ adapter: "leaks", family: "A", leaks }) });
    rig.world.operator.fit(2);
    rig.close(relays);
  });

  const run = async (tester: Instrument<"insulation">) => {
    await tester.call.set(test500, io());
    rig.world.gpio.setLine("EN", true);
    await tester.call.output({ on: true }, io());
    const start_s = rig.world.now_s();
    rig.world.advance(start_s + 0.5);
    const ramping = await tester.call.measure({}, io());
    rig.world.advance(start_s + 10);
    const ended = await tester.call.measure({}, io());
    await tester.call.output({ on: false }, io());
    const idle = await tester.call.measure({}, io());
    rig.world.gpio.setLine("EN", false);
    return { ramping, ended, idle };
  };

  it("reads the leak, by bytes as by the kind twin within its resolution", async () => {
    const bytes = await run(await byBytes(rig));
    const twin = openKindTwin("insulation", entry, bench, rig.world, {
      ...manualClock(),
      bench_s: () => rig.world.now_s(),
    });
    const direct = await run(twin as Instrument<"insulation">);
    for (const { ramping, ended, idle } of [bytes, direct]) {
      expect(ramping).toMatchObject({ state: "testing", dwell: { is: "invalid" } });
      expect(ended).toMatchObject({ state: "passed", dwell: { is: "value", value: 5 } });
      expect(idle).toMatchObject({ state: "idle", voltage: { is: "value", value: 0 } });
      expect(ended.resistance.is === "value" && Math.abs(ended.resistance.value / 2e8 - 1)).toBeLessThan(0.06);
    }
    const [a, b] = [bytes.ended.resistance, direct.ended.resistance];
    expect(a.is === "value" && b.is === "value" && Math.abs(a.value - b.value)).toBeLessThan(1e5);
  });

  it("does not start while the enable chain is open", async () => {
    const tester = await byBytes(rig);
    await tester.call.set(test500, io());
    await expect(tester.call.output({ on: true }, io())).rejects.toThrow(/interlock/);
  });

  it("loses its output with the enable line, the lid and the emergency stop", async () => {
    const tester = await byBytes(rig);
    for (const end of [
      () => rig.world.gpio.setLine("EN", false),
      () => rig.world.operator.lid("LID2", false),
      () => rig.world.operator.emergencyStop(true),
    ]) {
      rig.world.operator.lid("LID2", true);
      rig.world.operator.emergencyStop(false);
      rig.world.gpio.setLine("EN", true);
      await tester.call.set(test500, io());
      await tester.call.output({ on: true }, io());
      expect(rig.world.insulation.testing()).toBe(true);
      end();
      expect(rig.world.insulation.testing()).toBe(false);
      await tester.call.output({ on: false }, io());
    }
  });

  it("answers that are garbage are an error and never a reading", async () => {
    let garbled = false;
    const tester = await byBytes(rig, (text) => (garbled ? text.replace(/[0-9]/g, "#") : text));
    await tester.call.set(test500, io());
    garbled = true;
    await expect(tester.call.measure({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  });

  it("an answer that does not come is a time-out, and the tester is then off by its stop command all the same", async () => {
    let silent = false;
    const tester = await byBytes(rig, (text) => (silent ? "" : text));
    await tester.call.set(test500, io());
    rig.world.gpio.setLine("EN", true);
    await tester.call.output({ on: true }, io());
    silent = true;
    await expect(tester.call.output({ on: false }, { ...io(100), urgent: true })).rejects.toMatchObject({
      code: "INSTRUMENT_TIMEOUT",
    });
    expect(rig.world.insulation.testing()).toBe(false);
  });

  it("keeps a mode's settings to that mode, as the manual says", async () => {
    const tester = await byBytes(rig);
    await tester.call.set({ mode: "dc", voltage_V: 2000, ramp_s: 1, dwell_s: 5, trip_A: 0.001 }, io());
    await tester.call.set(test500, io());
    rig.world.gpio.setLine("EN", true);
    await tester.call.output({ on: true }, io());
    rig.world.advance(rig.world.now_s() + 3);
    expect((await tester.call.measure({}, io())).voltage).toMatchObject({ is: "value" });
    const { voltage } = await tester.call.measure({}, io());
    expect(voltage.is === "value" && Math.abs(voltage.value - 500)).toBeLessThan(5);
  });
});
