/** Shape of a bench file. Bounds are those of physics and of mains-fed test benches, not of RB-1. */
import { z } from "zod";
import { pins } from "../model/contacts.ts";
import type { Data } from "../model/data.ts";
import { checkIds } from "../model/declared.ts";
import { protectionSchema } from "./protection.ts";

const name = z.string().regex(/^[\x21-\x7e]{1,64}$/, "a name has 1 to 64 printable characters and no spaces");
const text = z.string().regex(/^[^\p{Cc}]{0,200}$/u, "at most 200 printable characters");
const node = name;
const positive = z.number().positive();
const current_A = positive.max(5000);
const voltage_V = positive.max(10000);
export const isoDate = z.string().refine((value) => isDate(value), "write a date as YYYY-MM-DD");

/** A real day of the calendar, so that 2026-02-30 is not a due date. */
export function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

const relayClass = z.strictObject({
  carry_A: current_A,
  withstand_V: voltage_V,
  resistance_ohm: positive.max(10),
  emf_V: z.number().min(0).max(0.01),
  hot_switch_A: z.number().min(0).max(5000),
  hot_switch_V: z.number().min(0).max(10000),
  operate_s: positive.max(1),
  release_s: positive.max(1),
  life_closings: z.int().min(1).max(1e12).optional(),
});

const relay = z.strictObject({
  class: name,
  role: name,
  board: z.int().min(1).max(247),
  output: z.int().min(0).max(255),
  poles: z
    .array(z.tuple([node, node]))
    .min(1)
    .max(16),
  mirror: name.optional(),
});

const lead = z.strictObject({
  from: node,
  to: node,
  resistance_ohm: positive.max(100),
  carry_A: current_A,
  withstand_V: voltage_V,
});

const ends = { from: node, to: node };
const pin = z.enum(pins);
const referenceHalf = z.strictObject({
  side: z.enum(["evse", "ev"]),
  coupler: z.enum(["NACS", "CCS1", "J1772"]),
  serial: text.min(1),
  contacts: z.partialRecord(pin, pin),
  max_A: current_A,
  checked: isoDate,
  due: isoDate,
  matings: z.int().min(0).max(10_000_000).optional(),
  matings_max: z.int().min(1).max(10_000_000).optional(),
});

const part = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("resistor"),
    ...ends,
    ohm: positive.max(1e12),
    tolerance: z.number().min(0).max(0.5),
    carry_A: current_A,
  }),
  z.strictObject({ type: z.literal("capacitor"), ...ends, farad: positive.max(1) }),
  z.strictObject({ type: z.literal("diode"), ...ends }),
  z.strictObject({ type: z.literal("supply"), ...ends, volt: positive.max(60), ohm: positive.max(1e6) }),
]);

const port = z.union(
  [
    z.strictObject({
      serial: z.string().min(1).max(200),
      baud: z.int().min(300).max(4_000_000),
      parity: z.enum(["none", "even", "odd"]).optional(),
      stop_bits: z.union([z.literal(1), z.literal(2)]).optional(),
    }),
    z.strictObject({ tcp: z.string().min(1).max(200), port: z.int().min(1).max(65535) }),
  ],
  "write { serial: path, baud: number } or { tcp: host, port: number }",
);

const data: z.ZodType<Data> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(data), z.record(z.string(), data)]),
);

const instrument = z.strictObject({
  kind: name,
  model: name,
  ports: z.array(name).max(8),
  identity: text,
  serial: text,
  calibration_due: z.union([isoDate, z.literal("n/a")], "write a date as YYYY-MM-DD, or n/a"),
  terminals: z.record(name, node),
  max: z.strictObject({ current_A: z.number().min(0).max(5000), voltage_V: z.number().min(0).max(10000) }),
  config: z.record(name, data),
});

const channel = z.discriminatedUnion("measure", [
  z.strictObject({
    measure: z.literal("V"),
    channel: z.int().min(1).max(9999),
    hi: node,
    lo: node,
    range_V: positive.max(1000),
  }),
  z.strictObject({
    measure: z.literal("TC"),
    channel: z.int().min(1).max(9999),
    thermocouple: z.enum(["T", "K"]),
    at: name,
    sensor_u_K: positive.max(10),
  }),
]);

const check = z.strictObject({
  every_h: positive.max(8760),
  artefacts: z.array(name).max(32).default([]),
  simulated: z.enum(["waived", "enforced"]).default("waived"),
});
const checks = z.partialRecord(z.enum(checkIds), check);

const lab = z.strictObject({
  name: text.min(1),
  address: text.min(1),
  place: text.min(1).optional(),
  paper: z.enum(["A4", "LETTER"]).default("A4"),
  label: z.strictObject({ after_sign_off: z.boolean() }).default({ after_sign_off: false }),
});

export const benchSchema = z.strictObject({
  bench: name,
  title: text,
  site: text,
  lab: lab.optional(),
  topology: z.enum(["source-cv-load-cc", "short-loop"]),
  contacts: z.array(name).min(2),
  halves: z.record(name, referenceHalf).optional(),
  envelope: z.strictObject({
    power_current_A: current_A,
    power_voltage_V: positive.max(60),
    earth_current_A: positive.max(100),
    ramp_A_per_s: positive.max(1000),
    contact_degC: positive.max(150),
    grip_degC: positive.max(120),
    ambient_max_degC: positive.max(60),
    energy_J: positive.max(1e9),
  }),
  protection: protectionSchema.optional(),
  reach: z.strictObject({ source: z.array(z.string()), meter: z.array(z.string()) }),
  high_voltage: z
    .strictObject({
      contacts: z.array(z.string()).min(2),
      reach: z.array(z.string()).min(2),
      code: z.int().min(1).max(15),
      power_code: z.int().min(1).max(15),
      peak_V: positive.max(10000),
      trip_A: positive.max(0.1),
      bleeder: name,
      capacitance_F: positive.max(1e-5),
      discharge_s: positive.max(30),
      standard_bus: node,
      standard_ohm: positive.max(1e12),
    })
    .optional(),
  relay_classes: z.record(name, relayClass),
  relays: z.record(name, relay),
  leads: z.record(name, lead),
  parts: z.record(name, part),
  ties: z.record(name, z.strictObject({ node, resistance_ohm: positive.max(1e6) })),
  open_ends: z.array(node),
  ports: z.record(name, port),
  instruments: z.record(name, instrument),
  channels: z.record(name, channel),
  gpio: z.strictObject({
    chip: name,
    lines: z.record(
      name,
      z.strictObject({
        direction: z.enum(["in", "out"]),
        line: z.int().min(0).max(1023),
        healthy: z.enum(["high", "low"]).optional(),
        access: z.boolean().optional(),
        watchdog: z.boolean().optional(),
        watch: z.tuple([name, name]).optional(),
      }),
    ),
  }),
  exclusive: z.record(name, z.strictObject({ why: text, groups: z.record(name, z.array(name).min(1)) })),
  proof_tests: z.record(name, z.strictObject({ what: text, done: isoDate, due: isoDate })),
  checks: checks.optional(),
  waivers: z.array(z.strictObject({ id: name, by: text.min(1), why: text.min(1) })),
});

export type BenchDocument = z.infer<typeof benchSchema>;
