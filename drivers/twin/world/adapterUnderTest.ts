/**
 * The adapter under test as a file: a family, a proximity topology and a deviation per element, so that anybody can
 * describe a faulty adapter without code. All fields but `adapter` and `family` may be left out; what is left out is
 * healthy. Units are in the names. Fields: `schema` below; examples: drivers/twin/adapters/.
 */
import { z } from "zod";
import { families } from "../../../rig/model/adapter.ts";
import { type Contact, couplerPins, isContact } from "../../../rig/model/contacts.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { type Conductor, conductorsOf, healthy, lists, type PathList, pathPins } from "./conductors.ts";
import { parseText, readDocument } from "./document.ts";
import { activePart, cutoutPart } from "./protection.ts";

export const throughPins = pathPins;
export type ThroughPin = (typeof throughPins)[number];

const ohm = z.number().positive().max(1e15);
const share = z.number().min(0).max(1);
const contact = z
  .string()
  .refine(isContact, "is not a contact: for instance evse.CP or ev.DC+")
  .transform((name) => name as Contact);
const pair = z.tuple([contact, contact]);

const path = z.strictObject({
  /** Contact to the reference half at the EVSE face, ohm at 20 degC. */
  evse_contact_ohm: ohm.optional(),
  /** The conductor inside the adapter. */
  bar_ohm: ohm.optional(),
  /** Contact to the reference half at the EV face. */
  ev_contact_ohm: ohm.optional(),
  /** Where the path is interrupted. */
  open: z.enum(["none", "evse", "bar", "ev"]).default("none"),
  /** Conductor on whose EV contact this path ends; another than its own is a swap. */
  to: z.enum(throughPins).optional(),
  /** A diode in the bar, by the side of its anode. */
  diode_anode: z.enum(["evse", "ev"]).optional(),
  /** Rise of both contact resistances beyond copper's, per kelvin above 20 degC: a contact that ages as it warms. */
  growth_per_K: z.number().min(0).max(0.05).default(0),
  /** A contact that opens now and then, only while somebody flexes cable or body. */
  intermittent: z
    .strictObject({
      /** How long each opening lasts, s. */
      open_s: z.number().min(1e-6).max(10),
      /** Mean number of openings a second of flexing; when is drawn from `seed`. */
      per_s: z.number().min(0.001).max(1000),
      at: z.enum(["evse", "bar", "ev"]).default("ev"),
    })
    .optional(),
});

const thermal = z.strictObject({
  /** Fast time constant: poles against the body, s (instruments.md B2: 2 to 7 min). */
  t1_s: z.number().min(30).max(1800).default(210),
  /** Slow time constant: body against the ambient, s (25 to 60 min). */
  t2_s: z.number().min(300).max(14400).default(2000),
  /** From one pole as a whole to the body, K/W. */
  pole_to_body_K_per_W: z.number().positive().max(10).optional(),
  /** The same for one pole or the other, when it is not alike. */
  dc_plus_to_body_K_per_W: z.number().positive().max(100).optional(),
  dc_minus_to_body_K_per_W: z.number().positive().max(100).optional(),
  body_to_ambient_K_per_W: z.number().positive().max(40).optional(),
  /** Grip surface between ambient (0) and body (1). */
  grip_share: share.default(0.6),
  /** How much warmer or colder than the bench it is when it is fitted, K: from a cold store, from the run before. */
  fitted_offset_K: z.number().min(-60).max(60).default(0),
});

const fields = z.strictObject({
  adapter: z.string().min(1).max(64),
  family: z.enum(["A", "B", "C", "D", "E"]),
  note: z.string().max(2000).default(""),
  pp: z
    .strictObject({
      topology: z.enum(["PASS", "SERIES_SW", "LOCAL", "ACTIVE"]).default("PASS"),
      /** ACTIVE: what changes PP when the adapter is hot. */
      active: activePart.prefault({}),
      /** LOCAL: between ev.PP and ev.PE with the latch released. */
      latched_ohm: ohm.default(150),
      /** LOCAL and SERIES_SW: added when the adapter's own latch is pressed. */
      pressed_extra_ohm: ohm.default(330),
      /** The latch switch: works, or never opens, or never closes. */
      latch_switch: z.enum(["works", "stuck-released", "stuck-pressed"]).default("works"),
      /** LOCAL and SERIES_SW: what the switch keeps in series when the latch has been worked once and is released. */
      latch_returns_ohm: ohm.optional(),
      /** LOCAL and SERIES_SW: working the latch once bruises a wire against metal of PE, for good. */
      latch_pinches: z
        .strictObject({
          pin: z.enum(["CP", "PP"]).default("CP"),
          /** To PE. */
          leak_ohm: ohm.optional(),
          /** More in the conductor, of which strands are cut. */
          series_ohm: ohm.optional(),
        })
        .optional(),
    })
    .prefault({}),
  /** Opens CP or PP when hot; absent: none. */
  thermal_cutout: cutoutPart.optional(),
  paths: z.partialRecord(z.enum(throughPins), path).default({}),
  /** A neck in the bar of PE, of a few strands: more current than this melts it, and a loose touch is left. */
  earth_neck: z
    .strictObject({ melts_above_A: z.number().positive().max(1e4), leaves_ohm: ohm.default(1e9) })
    .optional(),
  /** Family E: the conductors of its J1772 inlet. They share the contacts at the vehicle with `paths`. */
  paths2: z.partialRecord(z.enum(throughPins), path).default({}),
  /** Family E: whether the power contacts of the inlet not in use are connected. */
  combo: z.strictObject({ power: z.enum(["joined", "switched"]).default("joined") }).prefault({}),
  /** Wanted or unwanted resistances between any two contacts of the adapter: shorts and leaks. */
  shorts: z
    .array(z.strictObject({ between: pair, ohm }))
    .max(64)
    .default([]),
  leaks: z
    .array(z.strictObject({ between: pair, ohm }))
    .max(64)
    .default([]),
  /** Diodes between contacts, anode first; a clamp by its voltage drop at 3 mA, a resistor in series. */
  diodes: z
    .array(
      z.strictObject({
        anode: contact,
        cathode: contact,
        drop_V: z.number().min(0.7).max(20).default(0.7),
        ohm: ohm.optional(),
      }),
    )
    .max(16)
    .default([]),
  /** What only a high voltage shows (nest N2). */
  insulation: z
    .strictObject({
      /** Leaks that conduct from a voltage on, and then go on. */
      onset: z
        .array(z.strictObject({ between: pair, ohm, above_V: z.number().positive().max(10_000) }))
        .max(16)
        .default([]),
      /** Pairs that arc over at a voltage (peak). */
      breakdowns: z
        .array(z.strictObject({ between: pair, volt: z.number().positive().max(20_000) }))
        .max(16)
        .default([]),
      /** From each power pole to PE. */
      pole_pe_farad: z.number().min(0).max(1e-6).default(5e-11),
    })
    .prefault({}),
  cp_pe_farad: z.number().min(0).max(1e-6).default(20e-12),
  /** L1 and L2N of the CCS1 face hold metal. */
  ac_contacts: z.boolean().default(false),
  thermal: thermal.prefault({}),
  /** Draws the contact resistances of each fitting. */
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  /** Relative standard deviation of contact resistances from fitting to fitting. */
  remate_spread: z.number().min(0).max(0.5).default(0.01),
});

export type AdapterUnderTest = z.infer<typeof fields>;
export type PathDeviation = z.infer<typeof path>;

/** A path with everything filled in. */
export interface Path {
  readonly evse_contact_ohm: number;
  readonly bar_ohm: number;
  readonly ev_contact_ohm: number;
  readonly open: "none" | "evse" | "bar" | "ev";
  readonly to: ThroughPin;
  readonly growth_per_K: number;
  readonly diode_anode?: "evse" | "ev";
}

/** The path of a pin with what the file leaves out filled in. */
export function pathOf(adapter: AdapterUnderTest, pin: ThroughPin, list: PathList = "paths"): Path {
  const given = adapter[list][pin];
  const [evse, bar, ev] = healthy[pin];
  return {
    evse_contact_ohm: given?.evse_contact_ohm ?? evse,
    bar_ohm: given?.bar_ohm ?? bar,
    ev_contact_ohm: given?.ev_contact_ohm ?? ev,
    open: given?.open ?? "none",
    to: given?.to ?? pin,
    growth_per_K: given?.growth_per_K ?? 0,
    ...(given?.diode_anode === undefined ? {} : { diode_anode: given.diode_anode }),
  };
}

/** Contacts on which the adapter has metal. */
export function contactsOf(adapter: AdapterUnderTest): Set<Contact> {
  const contacts = new Set<Contact>();
  for (const { face, coupler } of families[adapter.family].faces) {
    for (const pin of couplerPins[coupler]) {
      if (coupler === "CCS1" && (pin === "L1" || pin === "L2N") && !adapter.ac_contacts) continue;
      contacts.add(`${face}.${pin}`);
    }
  }
  return contacts;
}

type Complain = (path: (string | number)[], message: string) => void;

/** What no single field can say: contacts that this family has, and one path an EV contact. */
function checkAsWhole(adapter: AdapterUnderTest, complain: Complain): void {
  const present = contactsOf(adapter);
  const check = (path: (string | number)[], name: Contact): void => {
    if (present.has(name)) return;
    complain(path, `${name} is not on this adapter (family ${adapter.family}; L1 and L2N need ac_contacts: true)`);
  };
  for (const list of ["shorts", "leaks"] as const) {
    adapter[list].forEach(({ between }, n) => {
      check([list, n, "between"], between[0]);
      check([list, n, "between"], between[1]);
      if (between[0] === between[1]) complain([list, n, "between"], `${between[0]} is given twice`);
    });
  }
  for (const list of ["onset", "breakdowns"] as const) {
    adapter.insulation[list].forEach(({ between }, n) => {
      check(["insulation", list, n, "between"], between[0]);
      check(["insulation", list, n, "between"], between[1]);
    });
  }
  adapter.diodes.forEach(({ anode, cathode }, n) => {
    check(["diodes", n, "anode"], anode);
    check(["diodes", n, "cathode"], cathode);
  });
  if (adapter.thermal_cutout?.opens === "PP" && adapter.pp.topology !== "PASS") {
    complain(["thermal_cutout", "opens"], "PP can be opened with topology PASS only: the others change PP themselves");
  }
  const { topology } = adapter.pp;
  for (const field of ["latch_returns_ohm", "latch_pinches"] as const) {
    if (adapter.pp[field] === undefined || topology === "LOCAL" || topology === "SERIES_SW") continue;
    complain(["pp", field], `topology ${topology} has no latch switch: LOCAL and SERIES_SW have one`);
  }
  for (const list of lists) checkPaths(adapter, list, complain);
  if (adapter.family !== "E" && adapter.combo.power !== "joined") complain(["combo", "power"], "is for family E only");
}

/** Conductors that this family has, and one path an EV contact. */
function checkPaths(adapter: AdapterUnderTest, list: PathList, complain: Complain): void {
  const conductors = conductorsOf(adapter.family).filter((one) => one.list === list);
  const pins = conductors.map((one) => one.pin);
  const own = pins.length === 0 ? "none" : pins.join(", ");
  for (const pin of Object.keys(adapter[list])) {
    if (!pins.some((one) => one === pin)) complain([list, pin], `family ${adapter.family} has here: ${own}`);
  }
  const ends = new Map<string, Conductor>();
  for (const conductor of conductors) {
    const { pin } = conductor;
    if (pin === "PP" && adapter.pp.topology === "LOCAL") continue;
    const { to } = pathOf(adapter, pin, list);
    const at = conductors.find((one) => one.pin === to)?.ev;
    const other = at && ends.get(at);
    const given = adapter[list][pin]?.to === undefined ? (other?.pin ?? pin) : pin;
    if (at === undefined) complain([list, pin, "to"], `family ${adapter.family} has here: ${own}`);
    else if (other) complain([list, given, "to"], `${other.pin} and ${pin} both end on ${at}; use shorts`);
    else ends.set(at, conductor);
  }
}

export const adapterSchema = fields.superRefine((adapter, context) =>
  checkAsWhole(adapter, (path, message) => context.addIssue({ code: "custom", path, message })),
);

/** Errors: FILE_UNREADABLE; ADAPTER_INVALID with file, line and field. */
export const loadAdapterUnderTest = (file: string): AdapterUnderTest =>
  readDocument(file, adapterSchema, "ADAPTER_INVALID");

/** The same from text. */
export const parseAdapterUnderTest = (text: string, file = "adapter"): AdapterUnderTest =>
  parseText(text, file, adapterSchema, "ADAPTER_INVALID");

/** From an object, for generators of faulty adapters. Errors: ADAPTER_INVALID. */
export function adapterFrom(given: z.input<typeof adapterSchema>): AdapterUnderTest {
  const parsed = adapterSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new RigError("ADAPTER_INVALID", `${given.adapter}: ${issue?.path.join(".")}: ${issue?.message}`, {});
}
