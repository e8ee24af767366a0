/**
 * Row 4: a driver's transaction beyond its wire time. The simulated instruments are a process of their own, at a speed at
 * which bytes take no time, so that all that is measured is ours and theirs: framing, deadline, event loop, kernel, the
 * answer. Transactions follow each other at once; the silence or gap that the protocol or the instrument demands before
 * each is subtracted, what the wait for it takes longer is not.
 */
import { ModbusCoils, silenceBefore_ms } from "../../drivers/modbus.ts";
import { openPort } from "../../drivers/port/open.ts";
import type { Port } from "../../drivers/port/port.ts";
import { Scpi } from "../../drivers/scpi.ts";
import { openWait } from "../../drivers/wait.ts";
import type { Bench } from "../../rig/model/bench.ts";
import { type Figure, quantile, repeated } from "./figure.ts";
import { twinProcess } from "./twinProcess.ts";

const transactions = 300;
const warmUp = 50;
const p50_budget_ms = 0.2;
const p99_budget_ms = 2;
const baud = 9600;
/** Of the milliohm meter's driver, ms. */
const gap_ms = 2;
const board = { address: 1, outputs: 32 };

interface Subject {
  readonly name: string;
  readonly ask: () => Promise<unknown>;
  /** Demanded before each question, ms. */
  readonly silence_ms: number;
}

async function distribution(subject: Subject): Promise<readonly Figure[]> {
  const times: number[] = [];
  for (let i = 0; i < warmUp + transactions; i += 1) {
    const start = performance.now();
    await subject.ask();
    if (i >= warmUp) times.push(performance.now() - start - subject.silence_ms);
  }
  const reference = "serialport on a pty 0.06 ms p50";
  const { name } = subject;
  return [
    { row: 4, name: `${name}, p50`, value: quantile(times, 0.5), unit: "ms", budget: p50_budget_ms, reference },
    { row: 4, name: `${name}, p99`, value: quantile(times, 0.99), unit: "ms", budget: p99_budget_ms },
  ];
}

async function subjects(bench: Bench): Promise<{ readonly list: readonly Subject[]; readonly ports: readonly Port[] }> {
  const open = async (name: string): Promise<Port> => {
    const address = bench.ports[name];
    if (address === undefined) throw new Error(`the reference bench has no port ${name}`);
    return openPort(address, name);
  };
  const [relays, ohm, source] = [await open("relays"), await open("ohm"), await open("source")];
  const coils = new ModbusCoils(relays, baud);
  const meter = new Scpi(ohm, { lineEnd: "\r\n", gap_ms });
  const supply = new Scpi(source);
  const io = () => openWait(new AbortController().signal, 1000);
  const readCoils = () => coils.read(board.address, board.outputs, io());
  const range = () => meter.askNumber(":RES:RANG?", io());
  return {
    ports: [relays, ohm, source],
    list: [
      { name: "Modbus FC01 on a pty", ask: readCoils, silence_ms: silenceBefore_ms(baud) },
      { name: "Hioki :RES:RANG? on a pty", ask: range, silence_ms: gap_ms },
      { name: "SCPI VOLT? by TCP", ask: () => supply.askNumber("VOLT?", io()), silence_ms: 0 },
    ],
  };
}

export async function benchTransactions(): Promise<readonly Figure[]> {
  const twin = await twinProcess("healthy-a.yaml", "max");
  const { list, ports } = await subjects(twin.bench);
  try {
    const figures: Figure[] = [];
    for (const subject of list) figures.push(...(await repeated(() => distribution(subject))));
    return figures;
  } finally {
    for (const port of ports) await port.close();
    await twin.close();
  }
}
