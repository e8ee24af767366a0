/**
 * Keysight (Agilent) 33500B generator, channel 1, SCPI over LAN: the timing of the pilot driver. Its output is a logic
 * level (0 or 5 V into an open end); the pilot's own levels come from the driver's rails.
 *
 * Read: Agilent 33500 Series Operating and Service Guide, page 61 (OUTPut:LOAD INF: levels are then those of the open
 * output), page 69 (FUNCtion:PULSe:..., duty cycle 0.01 % to 99.99 %, limited by 16 ns of pulse width), FUNCtion
 * subsystem (high level below low level: the generator moves the other level and reports an error; so the high level is
 * set first, which is never below a low level of this driver). That the offset is the level of DC: 33120A guide page 150.
 * The pages of FUNC, VOLT:HIGH, VOLT:LOW, VOLT:OFFS, FREQ and OUTP of this guide were not read: UNVERIFIED, as is the
 * identity "Agilent Technologies,33522B,...".
 */
import type { Args, Identity, Instrument } from "../../rig/kinds/kinds.ts";
import { RigError } from "../../rig/model/errors.ts";
import type { DriverFactory, OpenContext } from "../driver.ts";
import { onlyPort } from "../entry.ts";
import { malformed } from "../port/framer.ts";
import type { Wait } from "../port/link.ts";
import { Scpi } from "../scpi.ts";
import { checkReadBack, checkSetpoint, parseSwitch } from "../setpoint.ts";
import { openWait } from "../wait.ts";

/** Logic levels of the pilot driver's input, V. */
const HIGH_V = 5;
const LOW_V = 0;
const TOLERANCE_V = 0.01;
/** What the pilot needs; the generator itself goes from 1 uHz to 30 MHz. */
const FREQUENCY_min_Hz = 10;
const FREQUENCY_max_Hz = 100_000;
const DUTY_min_pct = 0.01;
const DUTY_max_pct = 99.99;
/** Sets whose page in the guide was not read. */
const unverified = ["FUNC", "VOLT:HIGH", "VOLT:LOW", "VOLT:OFFS", "FREQ", "OUTP"];

export const keysight33500b: DriverFactory<"generator"> = {
  kind: "generator",
  model: "keysight-33500b",
  open: async (context) => {
    const scpi = new Scpi(await context.port(onlyPort(context.entry)));
    const io = openWait(context.signal);
    const found = await scpi.identify(context.entry, io);
    const generator = new Generator(context, scpi);
    await generator.begin(io);
    return generator.instrument({ ...found, unverified });
  },
};

class Generator {
  readonly #context: OpenContext;
  readonly #scpi: Scpi;

  constructor(context: OpenContext, scpi: Scpi) {
    this.#context = context;
    this.#scpi = scpi;
  }

  get #role(): string {
    return this.#context.entry.role;
  }

  async begin(io: Wait): Promise<void> {
    await this.#scpi.tell("OUTP OFF", io);
    await this.#scpi.faults(io);
    await this.#switch(false, io);
    await this.#scpi.set("OUTP:LOAD INF", io);
    await this.#level(LOW_V, io);
  }

  async #switch(on: boolean, io: Wait): Promise<void> {
    await this.#scpi.set(on ? "OUTP ON" : "OUTP OFF", io);
    const answer = await this.#scpi.ask("OUTP?", io, (text) => {
      if (parseSwitch(text) === undefined) throw malformed("neither on nor off", Buffer.from(text, "latin1"));
    });
    if (parseSwitch(answer) !== on) this.#differs(`output set ${on ? "on" : "off"}`, answer);
  }

  #differs(what: string, answer: string): never {
    throw new RigError("READ_BACK_DIFFERS", `${this.#role}: ${what}, but it answers ${answer}`, {
      role: this.#role,
      answer,
    });
  }

  async #shape(wanted: "DC" | "PULS", io: Wait): Promise<void> {
    const answer = await this.#scpi.ask("FUNC?", io);
    if (answer.trim().toUpperCase() !== wanted) this.#differs(`function set to ${wanted}`, answer);
  }

  /** A steady level. */
  async #level(level_V: number, io: Wait): Promise<void> {
    await this.#scpi.set(["FUNC DC", `VOLT:OFFS ${level_V}`], io);
    await this.#shape("DC", io);
    checkReadBack(this.#role, "level, V,", level_V, await this.#scpi.askNumber("VOLT:OFFS?", io), TOLERANCE_V);
  }

  /** Pulses: the duty cycle goes after the frequency, because the generator keeps the width when the period changes. */
  async #square(frequency_Hz: number, duty_pct: number, io: Wait): Promise<void> {
    const sets = [
      "FUNC PULS",
      `VOLT:HIGH ${HIGH_V}`,
      `VOLT:LOW ${LOW_V}`,
      `FREQ ${frequency_Hz}`,
      `FUNC:PULS:DCYC ${duty_pct}`,
    ];
    await this.#scpi.set(sets, io);
    await this.#shape("PULS", io);
    const ask = (command: string): Promise<number> => this.#scpi.askNumber(command, io);
    checkReadBack(this.#role, "high level, V,", HIGH_V, await ask("VOLT:HIGH?"), TOLERANCE_V);
    checkReadBack(this.#role, "low level, V,", LOW_V, await ask("VOLT:LOW?"), TOLERANCE_V);
    checkReadBack(this.#role, "frequency, Hz,", frequency_Hz, await ask("FREQ?"), 1e-6 * frequency_Hz);
    checkReadBack(this.#role, "duty cycle, %,", duty_pct, await ask("FUNC:PULS:DCYC?"), 0.005);
  }

  async #wave({ shape, frequency_Hz, duty_pct }: Args<"generator", "wave">, io: Wait): Promise<void> {
    if (shape !== "square") {
      await this.#level(shape === "high" ? HIGH_V : LOW_V, io);
      return;
    }
    checkSetpoint(this.#role, "frequency, Hz,", frequency_Hz, FREQUENCY_min_Hz, FREQUENCY_max_Hz);
    checkSetpoint(this.#role, "duty cycle, %,", duty_pct, DUTY_min_pct, DUTY_max_pct);
    await this.#square(frequency_Hz, duty_pct, io);
  }

  instrument(identity: Identity): Instrument<"generator"> {
    const { port } = this.#scpi;
    return {
      kind: "generator",
      identity,
      safe: [],
      call: {
        wave: async (args, io) => {
          await this.#wave(args, io);
          return null;
        },
        output: async ({ on }, io) => {
          await this.#switch(on, io);
          return null;
        },
      },
      fence: (why) => port.fence(why),
      close: () => port.close(),
    };
  }
}
