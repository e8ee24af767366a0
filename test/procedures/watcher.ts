/**
 * A meter in the twin's own circuit: the largest current through CP and PP of the adapter, and their largest voltage, whatever
 * instrument puts it there. It looks at the circuit after every change of a contact or a source, and with the milliohm meter's
 * current in it; in nest N2 at every test of the insulation tester.
 */
import { vi } from "vitest";
import { parseAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { Circuit } from "../../drivers/twin/world/circuit.ts";
import { HighVoltageNetwork } from "../../drivers/twin/world/highVoltage.ts";
import { Plant } from "../../drivers/twin/world/plant.ts";
import type { Inputs } from "../../rig/cli/inputs.ts";
import { type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import type { Pin } from "../../rig/model/contacts.ts";

/** The largest that was there during one step. */
export interface Met {
  readonly step: string;
  readonly pin: Pin;
  /** Through a contact of this pin, A. */
  current_A: number;
  /** To any other metal of the adapter that something joins it with, V. */
  voltage_V: number;
  /** How far below earth, V, >= 0. */
  reversed_V: number;
  /** In N2: to earth and to the other signal, for each volt of the tester. */
  share: number;
}

/** What of a circuit belongs to the adapter's metal. */
interface Metal {
  readonly contacts: readonly { readonly id: string; readonly pin: string }[];
  readonly nodes: readonly { readonly node: string; readonly pin: string }[];
}

const metals = new WeakMap<Circuit, Metal>();

function metalOf(circuit: Circuit): Metal {
  const known = metals.get(circuit);
  if (known) return known;
  const contacts: { id: string; pin: string }[] = [];
  const nodes = new Map<string, string>();
  for (const { id, a, b } of circuit.elements) {
    const contact = /^A\.(?:2\.)?([^.]+)\.(?:evse|ev)$/.exec(id);
    if (contact?.[1]) contacts.push({ id, pin: contact[1] });
    for (const node of [a, b]) {
      const metal = /^#(?:2\.)?([^.]+)\.[12]$/.exec(node);
      if (metal?.[1]) nodes.set(node, metal[1]);
    }
  }
  const made = { contacts, nodes: [...nodes].map(([node, pin]) => ({ node, pin })) };
  metals.set(circuit, made);
  return made;
}

class Watch {
  readonly met: Met[] = [];
  readonly pins: readonly Pin[];
  step = "";
  isInN2 = false;

  constructor(pins: readonly Pin[]) {
    this.pins = pins;
  }

  at(pin: Pin): Met {
    const known = this.met.find((one) => one.step === this.step && one.pin === pin);
    if (known) return known;
    const made = { step: this.step, pin, current_A: 0, voltage_V: 0, reversed_V: 0, share: 0 };
    this.met.push(made);
    return made;
  }

  look(circuit: Circuit): void {
    const { contacts, nodes } = metalOf(circuit);
    for (const pin of this.pins) {
      const met = this.at(pin);
      for (const { id, pin: of } of contacts) {
        if (of === pin) met.current_A = Math.max(met.current_A, Math.abs(circuit.current(id)));
      }
      for (const { node } of nodes.filter((one) => one.pin === pin)) {
        for (const { node: other, pin: of } of nodes) {
          if (of === pin) continue;
          const volt = circuit.volt(node, other) ?? 0;
          met.voltage_V = Math.max(met.voltage_V, Math.abs(volt));
          if (of === "PE") met.reversed_V = Math.max(met.reversed_V, -volt);
        }
      }
    }
  }

  lookInN2(network: HighVoltageNetwork, extra: Parameters<HighVoltageNetwork["seen"]>[0]): void {
    if (!this.isInN2) return;
    for (const pin of this.pins) {
      const met = this.at(pin);
      const others = (["PE", "CP", "PP"] as const).filter((other) => other !== pin);
      const pairs = others.map((other) => [`ev.${pin}`, `ev.${other}`] as const);
      for (const { share } of network.strains(pairs, extra)) met.share = Math.max(met.share, share);
    }
  }
}

/** Methods of the twin, followed by a look. */
function spyOn(watch: Watch): void {
  const { restructure, revalue, seat } = Plant.prototype;
  const { sourceMode } = Circuit.prototype;
  const { seen } = HighVoltageNetwork.prototype;
  vi.spyOn(Plant.prototype, "seat").mockImplementation(function (this: Plant, fitted, nest) {
    seat.call(this, fitted, nest);
    watch.isInN2 = this.fitted && this.isInN2;
  });
  vi.spyOn(Plant.prototype, "restructure").mockImplementation(function (this: Plant) {
    restructure.call(this);
    watch.look(this.circuit());
  });
  vi.spyOn(Plant.prototype, "revalue").mockImplementation(function (this: Plant) {
    revalue.call(this);
    watch.look(this.circuit());
  });
  // The milliohm meter asks this of the circuit that has its source in it, at every reading.
  vi.spyOn(Circuit.prototype, "sourceMode").mockImplementation(function (this: Circuit, id: string) {
    const mode = sourceMode.call(this, id);
    if (id === "milliohm") watch.look(this);
    return mode;
  });
  vi.spyOn(HighVoltageNetwork.prototype, "seen").mockImplementation(function (this: HighVoltageNetwork, extra, hertz) {
    if (hertz === undefined) watch.lookInN2(this, extra);
    return seen.call(this, extra, hertz);
  });
}

/** A whole run on kind twins, watched at these pins; `faults`: what is wrong with the adapter, as YAML. */
export async function watched(
  inputs: Inputs,
  pins: readonly Pin[],
  faults = "",
): Promise<{ readonly run: DryRun; readonly met: readonly Met[] }> {
  const watch = new Watch(pins);
  const { family, pp } = inputs.adapter;
  const text = `adapter: watched\nfamily: ${family}\npp: { topology: ${pp.topology} }\n${faults}`;
  spyOn(watch);
  try {
    const run = await dryRun(inputs, {
      ...(faults === "" ? {} : { adapter: parseAdapterUnderTest(text) }),
      between: {
        instruments: (twins) => twins,
        body: (body) => body,
        ask: (ask) => ask,
        advancing: () => undefined,
        refused: () => undefined,
        step: (phase, path) => {
          watch.step = (phase === "enter" ? path : path.slice(0, -1)).join(" / ");
        },
      },
    });
    return { run, met: watch.met };
  } finally {
    vi.restoreAllMocks();
  }
}
