/**
 * The bench as data: a netlist of terminals, relays, leads, parts, instruments and their earth ties. Wiring, admission
 * and the twin all read this one description; rig/bench parses it from a file.
 */
import type { Contact } from "./contacts.ts";
import type { Data } from "./data.ts";
import type { CheckId, CheckRule } from "./declared.ts";
import type { ReferenceHalf } from "./halves.ts";
import type { Laboratory } from "./order.ts";

/**
 * An electrical node. `evse.DC+` is the contact of the reference half itself, `evse.DC+.F` and `evse.DC+.S` its force
 * and sense taps, `evse.DC+.Fi` and `.Si` the taps behind K_ISO, `FHI FLO SHI SLO` the matrix buses.
 */
export type Node = string;

export interface RelayClass {
  readonly carry_A: number;
  readonly withstand_V: number;
  /** Contact resistance of one closed pole, ohm. */
  readonly resistance_ohm: number;
  /** Thermal EMF of one pole, V. */
  readonly emf_V: number;
  /** Largest current and voltage at which the contact may change; 0 is dry. */
  readonly hotSwitch_A: number;
  readonly hotSwitch_V: number;
  readonly operate_s: number;
  readonly release_s: number;
  /** Closings that its data sheet promises at the load it has here; absent: not stated. */
  readonly life_closings?: number;
}

export interface Relay {
  readonly id: string;
  readonly class: string;
  /** Role of the instrument that drives the coil: matrix or contactor. */
  readonly role: string;
  /** Address of the board on its line, and output on the board (0 is the first). */
  readonly board: number;
  readonly output: number;
  /** Normally open contacts: each joins two nodes when the coil is energised. */
  readonly poles: readonly (readonly [Node, Node])[];
  /** Input line that repeats a mirror contact: high when the power contact is open. */
  readonly mirror?: string;
}

export interface Lead {
  readonly id: string;
  readonly from: Node;
  readonly to: Node;
  readonly resistance_ohm: number;
  readonly carry_A: number;
  readonly withstand_V: number;
}

export type Part = { readonly id: string; readonly from: Node; readonly to: Node } & (
  | { readonly type: "resistor"; readonly ohm: number; readonly tolerance: number; readonly carry_A: number }
  | { readonly type: "capacitor"; readonly farad: number }
  /** Anode is `from`. */
  | { readonly type: "diode" }
  /** A fixed supply of the fixture: `from` is plus, with a series resistance. */
  | { readonly type: "supply"; readonly volt: number; readonly ohm: number }
);

/** Where an instrument earths a terminal of its own, or a relay does: an unwanted return path for an earth test. */
export interface EarthTie {
  readonly id: string;
  readonly node: Node;
  readonly resistance_ohm: number;
}

export type PortAddress =
  | {
      readonly kind: "serial";
      readonly path: string;
      readonly baud: number;
      readonly parity?: "none" | "even" | "odd";
      readonly stopBits?: 1 | 2;
    }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** What the register of instruments says of one: its newest certificate. */
export interface CalibrationOfInstrument {
  readonly certificate: string;
  readonly laboratory: string;
  /** Day of the calibration, YYYY-MM-DD. */
  readonly calibrated: string;
  /** Whether the laboratory left it within its limits. */
  readonly inTolerance: boolean;
  /** Expanded uncertainty of the certificate, % of the reading, with its coverage factor; absent: not in any budget. */
  readonly U_pct?: number;
  readonly k?: number;
}

export interface InstrumentEntry {
  readonly role: string;
  readonly kind: string;
  readonly model: string;
  /** Names of entries in `ports`; a load bank has several. */
  readonly ports: readonly string[];
  /** What its identity reply must contain; empty where the protocol has none. */
  readonly identity: string;
  readonly serial: string;
  /** Last day of its calibration, YYYY-MM-DD, or `n/a`: the register's, where it knows the serial number. */
  readonly calibrationDue: string;
  /** Absent: the register does not know this serial number, and the date is the bench file's own. */
  readonly calibration?: CalibrationOfInstrument;
  /** Terminal name (as the kind calls it) to node. */
  readonly terminals: Readonly<Record<string, Node>>;
  /** The most it can put into the circuit. */
  readonly max: { readonly current_A: number; readonly voltage_V: number };
  /** Settings of the model, checked by its driver. */
  readonly config: Readonly<Record<string, Data>>;
}

export interface DaqChannel {
  readonly channel: number;
  readonly name: string;
  readonly measure: "V" | "TC";
  /** Volts: the two nodes. Thermocouple: the place it is fixed to, for instance `evse.DC+`, `grip.1`, `ambient.1`. */
  readonly hi?: Node;
  readonly lo?: Node;
  readonly at?: string;
  readonly range_V?: number;
  readonly thermocouple?: "T" | "K";
  /** Standard uncertainty of the sensor itself, K. */
  readonly sensor_u_K?: number;
}

export interface ProofTest {
  readonly id: string;
  readonly what: string;
  readonly done: string;
  readonly due: string;
}

/** The most that may ever be asked of this bench, whatever the procedure says. */
export interface Envelope {
  readonly power_current_A: number;
  readonly power_voltage_V: number;
  readonly earth_current_A: number;
  readonly ramp_A_per_s: number;
  readonly contact_degC: number;
  readonly grip_degC: number;
  readonly ambient_max_degC: number;
  /** Most that the source may give in one run, J: its set voltage times the shunt's current over time. */
  readonly energy_J: number;
}

/** A wider envelope of temperatures for one procedure, which a named person approved (S10). Nothing else is wider. */
export interface ApprovedEnvelope {
  /** The procedure that may use it. */
  readonly procedure: string;
  readonly contact_degC: number;
  readonly grip_degC: number;
  readonly ambient_max_degC: number;
  /** The most that the procedure may drive, as a factor of the label's current. */
  readonly label_factor: number;
  readonly document: string;
  readonly approvedBy: string;
  /** Date of the approval, YYYY-MM-DD. */
  readonly approved: string;
}

export interface Protection {
  /** What the hardware relay of the bench is set to, degC: no approval goes above it. */
  readonly overTemperatureRelay_degC: number;
  readonly envelopes: readonly ApprovedEnvelope[];
}

/** Which contacts of the reference halves an instrument that drives may ever be joined to. */
export interface Reach {
  readonly source: readonly Contact[];
  readonly meter: readonly Contact[];
}

/**
 * Nest N2: plain halves behind a tree of high-voltage relays, in a netlist of its own. The node of a contact there is
 * `N2.<contact>`.
 */
export interface HighVoltage {
  readonly contacts: readonly Contact[];
  /** Contacts of N2 that the insulation tester may ever see. */
  readonly reach: readonly Contact[];
  /** Nest codes (lines NEST0 to NEST3) with the adapter in N2, and in the nest of the power loop. */
  readonly code: number;
  readonly powerCode: number;
  /** Most that may be asked: peak voltage, and trip current. */
  readonly peak_V: number;
  readonly trip_A: number;
  /** Resistor across the tester's output, and time after which it has brought the largest capacitance below 60 V. */
  readonly bleeder: string;
  readonly capacitance_F: number;
  readonly discharge_s: number;
  /** Node of the bus that a known resistor joins to each contact, and the value of these resistors, ohm. */
  readonly standardBus: Node;
  readonly standard_ohm: number;
}

/** Below this a conductor of the insulation domain counts as safe to switch and to touch, V (domain.md SYS.60V, P). */
export const touchSafe_V = 60;

export interface ExclusiveGroups {
  readonly id: string;
  readonly why: string;
  /** At most one of these groups may have a closed relay. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

export interface GpioLine {
  readonly id: string;
  readonly direction: "in" | "out";
  readonly line: number;
  /** Level of an input when all is well; opposite means the interlock is open. Absent: no interlock. */
  readonly healthy?: "high" | "low";
  /** A lid: it may open while the bench is passive, because a person must reach in. Absent: opening always trips. */
  readonly access?: boolean;
  /** The watchdog relay's own contact: it holds only while the guard toggles WD, so it counts while the bench is live. */
  readonly watchdog?: boolean;
  /** An input that is high while its watch loop (KW) is closed: the two nodes that the loop joins through the adapter. */
  readonly watch?: readonly [Node, Node];
}

export interface Bench {
  readonly id: string;
  readonly title: string;
  readonly site: string;
  /** Whose bench it is, as reports print it; absent: not stated. */
  readonly lab?: Laboratory;
  readonly file: string;
  /** Content hash of the file as read. */
  readonly hash: string;
  readonly relayClasses: Readonly<Record<string, RelayClass>>;
  readonly relays: Readonly<Record<string, Relay>>;
  readonly leads: readonly Lead[];
  readonly parts: readonly Part[];
  readonly ties: readonly EarthTie[];
  readonly ports: Readonly<Record<string, PortAddress>>;
  readonly instruments: Readonly<Record<string, InstrumentEntry>>;
  readonly channels: Readonly<Record<string, DaqChannel>>;
  readonly gpio: { readonly chip: string; readonly lines: Readonly<Record<string, GpioLine>> };
  readonly interlocks: readonly string[];
  readonly exclusive: readonly ExclusiveGroups[];
  readonly envelope: Envelope;
  readonly reach: Reach;
  readonly protection?: Protection;
  /** Absent on a bench without an insulation tester. */
  readonly highVoltage?: HighVoltage;
  readonly proofTests: readonly ProofTest[];
  /** Contacts that have a reference half on this bench. */
  readonly contacts: readonly Contact[];
  /** Exchangeable reference halves; empty: DC halves whose contacts are the terminals of their names. */
  readonly halves?: readonly ReferenceHalf[];
  readonly topology: "source-cv-load-cc" | "short-loop";
  /** Named waivers: UNVERIFIED sets and overdue calibrations that somebody accepted. */
  /** Periodic checks by artefacts; what is left out is as `defaultChecks` has it. */
  readonly checks?: Readonly<Partial<Record<CheckId, CheckRule>>>;
  readonly waivers: readonly { readonly id: string; readonly by: string; readonly why: string }[];
}
