/**
 * Electronics behind CP and PP see at most 5 V and 1 mA, positive against earth, from every wiring test, also while a fault is
 * being located, and no watch loop of 10 mA (domain.md 9). Read from the calls of the run, not from what a routine intends.
 */
import { expect, test } from "vitest";
import { electronicsAt } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";
import { pinOf } from "../../rig/model/contacts.ts";
import { inputsOf, perform } from "./scenario.ts";

interface Seen {
  readonly relays: ReadonlySet<string>;
  readonly role: string;
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Calls made while an adapter lay in the nest, each with the matrix as it stood. */
function* callsWithAdapter(events: Awaited<ReturnType<typeof perform>>["journal"]["events"]): Iterable<Seen> {
  let fitted = false;
  let relays: ReadonlySet<string> = new Set();
  for (const event of events) {
    if (
      event.type === "note" &&
      (event.body as { readonly kind?: string; readonly id?: string }).id === "fit-adapter"
    ) {
      fitted = true;
    }
    const command = event.type === "issued" ? (event.command as unknown as Seen & { readonly do: string }) : undefined;
    if (command?.do !== "call") continue;
    const { role, op, args } = command;
    if (role === "matrix" && op === "pattern") relays = new Set(args["closed"] as readonly string[]);
    if (fitted) yield { relays, role, op, args };
  }
}

/** Contacts on one bus of the signal matrix. */
const onBus = (relays: ReadonlySet<string>, bus: "FH" | "FL"): readonly Contact[] =>
  [...relays].flatMap((id) => {
    const [board, face, pin, at] = id.split(".");
    return board === "MX" && at === bus ? [`${face}.${pin}` as Contact] : [];
  });

const cases = ["dc-screening-no-soak", "incoming", "pilot-corners", "intermittents"].flatMap((procedure) =>
  (["tesla-ccs-combo-1", "generic-a-active"] as const).map((type) => [procedure, type] as const),
);

test.each(cases)(
  "%s on %s: nothing but 5 V, microamperes and one polarity",
  { timeout: 60_000 },
  async (procedure, type) => {
    const { adapter: label } = inputsOf({ procedure, type });
    const delicate = electronicsAt(label);
    const isDelicate = (contact: Contact): boolean => delicate.includes(pinOf(contact));
    const { family, pp } = label;
    const healthy = `adapter: it\nfamily: ${family}\npp: { topology: ${pp.topology} }\n`;
    const shorted = `${healthy}shorts: [{ between: [ev.CP, ev.PP], ohm: 50 }]\n`;
    let leaks = 0;
    for (const adapter of [healthy, shorted]) {
      const run = await perform({ procedure, type, adapter });
      for (const { relays, role, op, args } of callsWithAdapter(run.journal.events)) {
        const [hi, lo] = [onBus(relays, "FH"), onBus(relays, "FL")];
        if (![...hi, ...lo].some(isDelicate)) continue;
        if (role === "daq" && (relays.has("KL5") || relays.has("KL12"))) {
          leaks += 1;
          expect({ hi, lo, twelve: relays.has("KL12") }).toMatchObject({ twelve: false });
          const reversed = lo.some(isDelicate) && hi.some((contact) => pinOf(contact) === "PE");
          expect({ hi, lo, reversed }).toMatchObject({ reversed: false });
        }
        if (role === "milliohm" && op === "read") {
          expect({ hi, lo, args }).toMatchObject({ args: { lowPower: true } });
          expect(args["current_A"]).toBeLessThanOrEqual(1e-3);
        }
      }
      for (const { relays } of callsWithAdapter(run.journal.events)) {
        if (![...relays].some((id) => id.startsWith("KW"))) continue;
        for (const pin of delicate) expect(relays).not.toContain(`K_ISO.evse.${pin}`);
      }
    }
    // The others leave these contacts alone, or only look at CP where electronics sit behind PP.
    if (procedure === "incoming") expect(leaks).toBeGreaterThan(3);
  },
);

test.each([
  ["CP", "DC-", "evse.CP", "evse.DC-"],
  ["DC-", "CP", "evse.DC-", "evse.CP"],
  ["DC-", "proximity's electronics", "ev.DC-", "ev.PP"],
] as const)(
  "a diode from %s to %s is found although earth stays low",
  { timeout: 60_000 },
  async (_a, _b, anode, cathode) => {
    const adapter = `adapter: it\nfamily: A\npp: { topology: ACTIVE }\ndiodes: [{ anode: ${anode}, cathode: ${cathode} }]\n`;
    const run = await perform({ procedure: "incoming", type: "generic-a-active", adapter });
    const failed = run.measurements.filter(({ verdict }) => verdict === "fail");
    expect({ verdict: run.verdict, rows: [...new Set(failed.map(({ limit }) => limit))] }).toMatchObject({
      verdict: "fail",
      rows: expect.arrayContaining(["wiring.isolation.r"]),
    });
    expect(run.firstCause).toMatch(new RegExp(`diode|${pinOf(anode).replace("+", ".")}`));
    for (const contact of [anode, cathode]) expect(failed[0]?.contacts?.map(pinOf)).toContain(pinOf(contact));
  },
);
