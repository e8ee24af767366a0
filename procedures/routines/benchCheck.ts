/**
 * Circuits of the bench that would make a bad adapter look good when they are dead: the leakage circuit (a broken rail
 * reads as perfect insulation), the contactors, and the voltmeters that must read zero while nothing flows.
 */
import type { Contact } from "../../rig/model/contacts.ts";
import { invalid, type Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { call, judge, now, wait } from "../../rig/plan/words.ts";
import { leakOf } from "./leakage.ts";
import { daq, gpio } from "./roles.ts";
import { connect } from "./switching.ts";
import { truth } from "./truth.ts";

const rails = [12, 5] as const;

/**
 * Through a path that the milliohm meter found whole the circuit must read a short, with its instrument relay left out an
 * open, and with its rail off nothing at all; else "greater than 100 Mohm" says nothing about an adapter.
 */
export function* leakageCircuit(wiring: Wiring, one: Contact, other: Contact): Plan<void> {
  const meter = wiring.fourWire(one, other, { current_A: 0 }).relays;
  for (const rail_V of rails) {
    const { base, rail } = wiring.leak([one], [other], rail_V);
    // What the meter's own way to the same contacts does not need joins the leakage circuit to the buses.
    const joining = base.relays.filter((id) => !meter.includes(id));
    const partial = { ...base, relays: base.relays.filter((id) => !joining.includes(id)) };
    yield* connect(base);
    yield* judge("rig.leak.off", yield* onSeries(wiring), {
      id: `rig.leak.off/${rail_V}`,
      meaning: `a rail of the leakage circuit is there although its relay is open: ${rail.relays.join()} is welded`,
    });
    yield* connect(base, rail);
    yield* judge("rig.leak.short.r", leakOf(yield* onSeries(wiring), rail_V), {
      id: `rig.leak.short.r/${rail_V}`,
      contacts: [one, other],
      meaning:
        `the leakage circuit (${rail_V} V) does not see a path that the milliohm meter sees: its rail, 100 kohm, a relay ` +
        "or a meter wire is broken, and every insulation reading would be a false good one",
    });
    yield* connect(base);
    yield* connect(partial);
    yield* connect(partial, rail);
    yield* judge("rig.leak.open.r", leakOf(yield* onSeries(wiring), rail_V), {
      id: `rig.leak.open.r/${rail_V}`,
      meaning: `${joining.join(", ")} was left open and the leakage circuit still read through it: the relay is welded`,
    });
    yield* connect(partial);
  }
}

function* onSeries(wiring: Wiring): Plan<Reading> {
  const channel = wiring.channel("LEAK");
  const replies = yield* call(daq, "once", { channels: [channel] });
  return replies[String(channel)] ?? invalid("V", "channel-missing", { raw: "", t_s: 0 });
}

/** Mirror contacts are high while a contactor is open (bench.md); one that is low at rest is welded or its wire is off. */
export function* contactorsOpen(): Plan<void> {
  const lines = yield* call(gpio, "read", {});
  for (const name of Object.keys(lines).filter((line) => line.startsWith("M."))) {
    yield* truth(
      "rig.contactor.open",
      lines[name] === true,
      `${name} ${lines[name] ? "high" : "low"}`,
      `contactor ${name.slice(2)} is closed while it is told to be open, by its mirror contact: it is welded`,
      `rig.contactor.open/${name.slice(2)}`,
    );
  }
}

/** Of each channel the worst of three readings a second apart: an open input wanders, and may pass zero once. */
const looks = 3;
const meters = ["SH", "V.DC+", "V.DC-", "V.PE"] as const;

/** With the adapter fitted and no current, the shunt and the drops read zero; an input that floats does not. */
export function* voltmetersAtRest(wiring: Wiring): Plan<void> {
  const channels = meters.map((name) => wiring.channel(name));
  const worst = new Map<string, Reading>();
  for (let look = 0; look < looks; look += 1) {
    if (look > 0) yield* wait(1);
    const replies = yield* call(daq, "once", { channels });
    const t_s = yield* now();
    for (const name of meters) {
      const r = replies[String(wiring.channel(name))] ?? invalid("V", "channel-missing", { raw: "", t_s });
      if (isWorse(r, worst.get(name))) worst.set(name, r);
    }
  }
  for (const name of meters) {
    const r = worst.get(name);
    if (!r) continue;
    yield* judge("rig.rest.v", r, {
      id: `rig.rest.v/${name}`,
      meaning: `${name} does not read zero while no current flows: one of its two sense wires is off`,
    });
  }
}

function isWorse(r: Reading, than: Reading | undefined): boolean {
  if (than?.is !== "value") return than === undefined;
  return r.is !== "value" || Math.abs(r.value) > Math.abs(than.value);
}
