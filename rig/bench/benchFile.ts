/** The bench file: parsed, checked across its parts, and turned into the `Bench` that everything else reads. */
import { type Kind, ops } from "../kinds/kinds.ts";
import type { Bench, DaqChannel, ExclusiveGroups, Part, PortAddress, ProofTest, Relay } from "../model/bench.ts";
import { type Contact, isContact } from "../model/contacts.ts";
import { RigError } from "../model/errors.ts";
import type { Laboratory } from "../model/order.ts";
import { checkBench } from "./benchChecks.ts";
import { type BenchDocument, benchSchema, isDate } from "./benchSchema.ts";
import { type Document, parseText, readDocument } from "./document.ts";
import { checkHalves } from "./halfChecks.ts";
import { checkHighVoltage } from "./highVoltageChecks.ts";
import { protectionOf } from "./protection.ts";
import { checkRatings } from "./ratingChecks.ts";

/** Throws FILE_UNREADABLE or BENCH_INVALID, whose message names file, line and field. */
export function loadBench(path: string): Bench {
  return toBench(readDocument(path, benchSchema, "BENCH_INVALID"));
}

/** As `loadBench`, from text. */
export function parseBench(file: string, text: string): Bench {
  return toBench(parseText(file, text, benchSchema, "BENCH_INVALID"));
}

function toBench(document: Document<BenchDocument>): Bench {
  const file = document.value;
  checkBench(document);
  const bench: Bench = {
    id: file.bench,
    title: file.title,
    site: file.site,
    ...(file.lab ? { lab: laboratoryOf(file.lab) } : {}),
    file: document.file,
    hash: document.hash,
    relayClasses: relayClasses(file),
    relays: mapValues(
      file.relays,
      ({ mirror, ...relay }, id): Relay => ({ id, ...relay, ...(mirror ? { mirror } : {}) }),
    ),
    leads: Object.entries(file.leads).map(([id, lead]) => ({ id, ...lead })),
    parts: Object.entries(file.parts).map(([id, part]): Part => ({ id, ...part })),
    ties: Object.entries(file.ties).map(([id, tie]) => ({ id, ...tie })),
    ports: mapValues(file.ports, portAddress),
    instruments: mapValues(file.instruments, ({ calibration_due, ...entry }, role) => ({
      role,
      ...entry,
      calibrationDue: calibration_due,
    })),
    channels: mapValues(file.channels, (channel, name): DaqChannel => ({ name, ...channel })),
    gpio: {
      chip: file.gpio.chip,
      lines: mapValues(file.gpio.lines, ({ direction, line, healthy, access, watchdog, watch }, id) => ({
        id,
        direction,
        line,
        ...(healthy ? { healthy } : {}),
        ...(access ? { access } : {}),
        ...(watchdog ? { watchdog } : {}),
        ...(watch ? { watch } : {}),
      })),
    },
    interlocks: Object.keys(file.gpio.lines).filter((id) => file.gpio.lines[id]?.healthy !== undefined),
    exclusive: Object.entries(file.exclusive).map(
      ([id, { why, groups }]): ExclusiveGroups => ({
        id,
        why,
        groups: mapValues(groups, (patterns) => patterns.flatMap((pattern) => relaysLike(file, pattern))),
      }),
    ),
    envelope: file.envelope,
    ...(file.protection ? { protection: protectionOf(file.protection) } : {}),
    reach: { source: file.reach.source.filter(isContact), meter: file.reach.meter.filter(isContact) },
    ...highVoltageOf(file),
    proofTests: Object.entries(file.proof_tests).map(([id, test]) => ({ id, ...test })),
    contacts: file.contacts.filter((contact): contact is Contact => isContact(contact)),
    halves: Object.entries(file.halves ?? {}).map(([id, { matings, matings_max, ...half }]) => ({
      id,
      ...half,
      ...(matings === undefined ? {} : { matings }),
      ...(matings_max === undefined ? {} : { matings_max }),
    })),
    topology: file.topology,
    checks: mapValues(file.checks ?? {}, ({ every_h, ...rest }) => ({ every_s: every_h * 3600, ...rest })),
    waivers: file.waivers,
  };
  checkRatings(document, bench);
  checkHighVoltage(document, bench);
  checkHalves(document);
  return bench;
}

const laboratoryOf = ({ place, ...rest }: NonNullable<BenchDocument["lab"]>): Laboratory => ({
  ...rest,
  ...(place === undefined ? {} : { place }),
});

function highVoltageOf({ high_voltage }: BenchDocument): Pick<Bench, "highVoltage"> {
  if (high_voltage === undefined) return {};
  const { power_code, standard_bus, contacts, reach, ...rest } = high_voltage;
  return {
    highVoltage: {
      ...rest,
      contacts: contacts.filter(isContact),
      reach: reach.filter(isContact),
      powerCode: power_code,
      standardBus: standard_bus,
    },
  };
}

const relayClasses = (file: BenchDocument): Bench["relayClasses"] =>
  mapValues(file.relay_classes, ({ hot_switch_A, hot_switch_V, life_closings, ...rest }) => ({
    ...(life_closings === undefined ? {} : { life_closings }),
    ...rest,
    hotSwitch_A: hot_switch_A,
    hotSwitch_V: hot_switch_V,
  }));

function portAddress(port: BenchDocument["ports"][string]): PortAddress {
  if ("tcp" in port) return { kind: "tcp", host: port.tcp, port: port.port };
  return {
    kind: "serial",
    path: port.serial,
    baud: port.baud,
    ...(port.parity ? { parity: port.parity } : {}),
    ...(port.stop_bits ? { stopBits: port.stop_bits } : {}),
  };
}

function mapValues<T, R>(from: Readonly<Record<string, T>>, to: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value, key)]));
}

/** Relays that a pattern names: an id, or a beginning followed by `*`. */
export function relaysLike(file: { readonly relays: Readonly<Record<string, unknown>> }, pattern: string): string[] {
  if (!pattern.endsWith("*")) return Object.hasOwn(file.relays, pattern) ? [pattern] : [];
  const head = pattern.slice(0, -1);
  return Object.keys(file.relays).filter((id) => id.startsWith(head));
}

/** Every role a procedure needs must be there with the right kind: ROLE_MISSING otherwise. */
export function requireRoles(bench: Bench, needs: Readonly<Record<string, Kind>>): void {
  for (const [role, kind] of Object.entries(needs)) {
    const entry = bench.instruments[role];
    if (!entry) {
      const known = Object.values(bench.instruments).filter((other) => other.kind === kind);
      const hint = known.length > 0 ? `; of this kind it has ${known.map((other) => other.role).join(", ")}` : "";
      throw new RigError(
        "ROLE_MISSING",
        `${bench.file}: instruments: no instrument has the role ${role} (${kind})${hint}; add one`,
        { role, kind },
      );
    }
    if (entry.kind !== kind) {
      throw new RigError(
        "ROLE_MISSING",
        `${bench.file}: instruments.${role}: is a ${entry.kind}, the procedure needs a ${kind}; correct the entry`,
        { role, kind, found: entry.kind },
      );
    }
  }
}

export const isKind = (text: string): text is Kind => Object.hasOwn(ops, text);

/** Proof tests past their date on `date` (YYYY-MM-DD, the day of the run). On the due date itself a test still counts. */
export function overdueProofTests(bench: Bench, date: string): readonly ProofTest[] {
  if (!isDate(date)) throw new RigError("USAGE", `"${date}" is not a date; write it as YYYY-MM-DD`);
  return bench.proofTests.filter((test) => test.due < date || test.done > date);
}

/** Roles whose instrument has no valid calibration on this day, whether or not somebody waives it. */
export function withoutCalibration(bench: Bench, date: string): readonly string[] {
  if (!isDate(date)) throw new RigError("USAGE", `"${date}" is not a date; write it as YYYY-MM-DD`);
  return Object.values(bench.instruments)
    .filter(({ calibrationDue, calibration }) => {
      if (calibration && (!calibration.inTolerance || calibration.calibrated > date)) return true;
      return calibrationDue !== "n/a" && calibrationDue < date;
    })
    .map((entry) => entry.role);
}

/** Roles whose calibration is past its date and that no waiver `calibration:<role>` covers. */
export const overdueCalibrations = (bench: Bench, date: string): readonly string[] =>
  withoutCalibration(bench, date).filter((role) => !bench.waivers.some(({ id }) => id === `calibration:${role}`));

/** Reference halves whose own record does not hold on this day, whether or not somebody waives it. */
export function expiredHalves(bench: Bench, date: string): readonly string[] {
  if (!isDate(date)) throw new RigError("USAGE", `"${date}" is not a date; write it as YYYY-MM-DD`);
  return (bench.halves ?? []).filter((half) => half.due < date || half.checked > date).map((half) => half.id);
}

/** Reference halves whose own record is past its date and that no waiver `half:<id>` covers. */
export const overdueHalves = (bench: Bench, date: string): readonly string[] =>
  expiredHalves(bench, date).filter((half) => !bench.waivers.some(({ id }) => id === `half:${half}`));
