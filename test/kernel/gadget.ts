/**
 * A USB serial device made of the kernel's own parts: dummy_hcd is host and device controller in one, the device is a
 * CDC-ACM function (Documentation/usb/gadget_configfs.rst). The host's side is /dev/ttyACM0, the device's /dev/ttyGS0.
 */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { ReadStream } from "node:tty";
import { until } from "./harness.ts";

const FOLDER = "/sys/kernel/config/usb_gadget/rig";
export const HOST = "/dev/ttyACM0";
const DEVICE = "/dev/ttyGS0";

export function makeGadget(): void {
  for (const folder of ["", "/strings/0x409", "/configs/c.1", "/functions/acm.0"]) mkdirSync(`${FOLDER}${folder}`);
  writeFileSync(`${FOLDER}/idVendor`, "0x1d6b");
  writeFileSync(`${FOLDER}/idProduct`, "0x0104");
  symlinkSync(`${FOLDER}/functions/acm.0`, `${FOLDER}/configs/c.1/acm.0`);
}

export async function plug(): Promise<void> {
  writeFileSync(`${FOLDER}/UDC`, readdirSync("/sys/class/udc")[0] ?? "");
  await until(`${HOST} there`, () => existsSync(HOST));
}

export const unplug = (): void => writeFileSync(`${FOLDER}/UDC`, "\n");

/** The device: answers each line, or reads nothing at all. */
export interface Device {
  /** Everything that the host sent. */
  got(): string;
  /** Whether it answers. */
  mute(on: boolean): void;
  close(): void;
}

export function startDevice(): Device {
  const raw = spawnSync("stty", ["-F", DEVICE, "raw", "-echo"]);
  if (raw.status !== 0) throw new Error(`stty: ${raw.stderr}`);
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
  const out = openSync(DEVICE, flags);
  const stream = new ReadStream(openSync(DEVICE, flags));
  let got = "";
  let muted = false;
  let last = "";
  stream.on("error", (error) => {
    last += error.message;
  });
  stream.on("data", (chunk: Buffer) => {
    const text = chunk.toString("latin1");
    got += text;
    if (!muted && text.includes("\n")) writeFileSync(out, "PONG\n");
  });
  return {
    got: () => got + last,
    mute: (on) => {
      muted = on;
    },
    close: () => {
      stream.destroy();
      closeSync(out);
    },
  };
}
