/** Opens a port by its address in the bench file. serialport is loaded only when a serial line is asked for. */
import { RigError } from "../../rig/model/errors.ts";
import type { Wait } from "./link.ts";
import type { Port, PortOptions } from "./port.ts";
import type { SerialAddress } from "./serial.ts";
import { type TcpAddress, tcpConnector } from "./tcp.ts";
import { connectPort } from "./transactor.ts";

export type PortAddress = SerialAddress | TcpAddress;

export interface OpenOptions extends PortOptions {
  /** Deadline and signal of the opening. Default: 3 s. */
  readonly io?: Wait;
}

const OPEN_ms = 3000;

/** Never tries twice: whether to wait for a device is for the caller. @throws RigError PORT_OPEN_FAILED, BENCH_INVALID */
export async function openPort(address: PortAddress, name: string, options: OpenOptions = {}): Promise<Port> {
  const { io, ...portOptions } = options;
  const wait = io ?? { signal: new AbortController().signal, deadline_wall_ms: performance.now() + OPEN_ms };
  if (address.kind === "tcp") return connectPort(tcpConnector(checkTcp(address, name)), name, portOptions, wait);
  const { serialConnector } = await import("./serial.ts");
  return connectPort(serialConnector(checkSerial(address, name)), name, portOptions, wait);
}

function checkTcp(address: TcpAddress, name: string): TcpAddress {
  const good = Number.isInteger(address.port) && address.port >= 1 && address.port <= 65535 && address.host !== "";
  if (good) return address;
  throw new RigError("BENCH_INVALID", `${name}: "${address.host}:${address.port}" is no host and port (1 to 65535)`);
}

function checkSerial(address: SerialAddress, name: string): SerialAddress {
  if (address.path === "") throw new RigError("BENCH_INVALID", `${name}: the path of the serial line is empty`);
  if (Number.isInteger(address.baud) && address.baud >= 50) return address;
  throw new RigError("BENCH_INVALID", `${name}: ${address.baud} is no baud rate of ${address.path}`);
}
