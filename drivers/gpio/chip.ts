/** Finding a GPIO chip by its label and taking lines of it. Numbers of chips change with kernel and boot order. */
import { RigError } from "../../rig/model/errors.ts";
import type { GpioKernel } from "./kernel.ts";
import type { LineMap } from "./lineMap.ts";
import {
  type ChipInfo,
  emptyChipInfo,
  GET_CHIPINFO,
  GET_LINE,
  GET_LINEINFO,
  packLineInfo,
  packLineRequest,
  parseChipInfo,
  parseLineInfo,
  requestFd,
} from "./uapi.ts";

/** Shown to whoever asks who holds a line (gpioinfo). */
const CONSUMER = "adapter-rig";
/** The largest that the kernel needs here: 10 ms of five watch loops bouncing at 20 kHz. Its own default is 16 a line. */
const EVENT_BUFFER = 1024;

export interface OpenChip {
  readonly fd: number;
  readonly path: string;
  readonly info: ChipInfo;
}

/** @throws RigError PORT_OPEN_FAILED: no GPIO in this kernel, no right to open it, no chip or two chips of this label. */
export function findChip(kernel: GpioKernel, label: string): OpenChip {
  const paths = kernel.chips();
  if (paths.length === 0)
    throw failed("no /dev/gpiochip* here: this kernel has no GPIO chip, or its driver is not loaded", { label });
  const seen: string[] = [];
  let found: OpenChip | undefined;
  try {
    for (const path of paths) {
      const chip = describe(kernel, path);
      seen.push(`${path} is "${chip.info.label}"`);
      if (chip.info.label !== label) kernel.close(chip.fd);
      else if (found === undefined) found = chip;
      else {
        kernel.close(chip.fd);
        throw failed(`${found.path} and ${path} both carry the label "${label}"`, { label });
      }
    }
  } catch (error) {
    if (found !== undefined) kernel.close(found.fd);
    throw error;
  }
  if (found === undefined)
    throw failed(`no GPIO chip has the label "${label}": ${seen.join(", ")}. Correct gpio.chip in the bench file`, {
      label,
    });
  return found;
}

function describe(kernel: GpioKernel, path: string): OpenChip {
  const fd = openFile(kernel, path);
  try {
    const bytes = emptyChipInfo();
    kernel.ioctl(fd, GET_CHIPINFO, bytes);
    return { fd, path, info: parseChipInfo(bytes) };
  } catch (error) {
    kernel.close(fd);
    throw failed(`${path} does not answer as a GPIO chip: ${codeOf(error)}`, { path }, error);
  }
}

function openFile(kernel: GpioKernel, path: string): number {
  try {
    return kernel.open(path);
  } catch (error) {
    const code = codeOf(error);
    const right = code === "EACCES" || code === "EPERM";
    const remedy = right ? ": add this user to the group that owns it (on Raspberry Pi OS: gpio)" : "";
    throw failed(`cannot open ${path}: ${code}${remedy}`, { path }, error);
  }
}

/** A granted request: values count its lines in the order of `ids`. */
export interface LineSet {
  readonly fd: number;
  readonly ids: readonly string[];
}

/** @throws RigError PORT_OPEN_FAILED: a line is in use, or the kernel is too old; BENCH_INVALID: no such line. */
export function takeLines(
  kernel: GpioKernel,
  chip: OpenChip,
  map: LineMap,
  direction: "in" | "out",
): LineSet | undefined {
  const mine = Object.entries(map).filter(([, line]) => line.direction === direction);
  if (mine.length === 0) return undefined;
  for (const [id, { offset }] of mine) {
    if (offset < chip.info.lines) continue;
    const why = `${id} is on line ${offset}, but ${chip.info.label} has lines 0 to ${chip.info.lines - 1}`;
    throw new RigError("BENCH_INVALID", `${why}: correct gpio.lines in the bench file`, { id, offset });
  }
  const offsets = mine.map(([, { offset }]) => offset);
  const event_buffer_size = direction === "in" ? EVENT_BUFFER : 0;
  const request = packLineRequest({ offsets, consumer: CONSUMER, direction, event_buffer_size });
  try {
    kernel.ioctl(chip.fd, GET_LINE, request);
  } catch (error) {
    throw refusal(kernel, chip, mine, error);
  }
  return { fd: requestFd(request), ids: mine.map(([id]) => id) };
}

type Mine = readonly (readonly [string, { readonly offset: number }])[];

function refusal(kernel: GpioKernel, chip: OpenChip, lines: Mine, error: unknown): RigError {
  const code = codeOf(error);
  const facts = { chip: chip.info.label, code };
  if (code === "EBUSY") {
    const taken = lines.flatMap(([id, { offset }]) => holder(kernel, chip, id, offset));
    const who = taken.length > 0 ? taken.join("; ") : "a line is in use";
    return failed(`${chip.info.label}: ${who}. A line has one owner: end that program first`, facts, error);
  }
  if (code === "ENOTTY" || code === "EINVAL") {
    const why = "the kernel does not know this request (GPIO v2 needs Linux 5.10 or later), or the lines have no edges";
    return failed(`${chip.info.label} refuses the lines (${code}): ${why}`, facts, error);
  }
  return failed(`${chip.info.label} refuses the lines: ${code}`, facts, error);
}

function holder(kernel: GpioKernel, chip: OpenChip, id: string, offset: number): string[] {
  const bytes = packLineInfo(offset);
  try {
    kernel.ioctl(chip.fd, GET_LINEINFO, bytes);
  } catch (error) {
    return [`line ${offset} (${id}) tells nothing of itself (${codeOf(error)})`];
  }
  const { used, consumer } = parseLineInfo(bytes);
  if (!used) return [];
  return [`line ${offset} (${id}) is in use by ${consumer === "" ? "a program that gives no name" : consumer}`];
}

/** The system's name of an error (EBUSY), or its text. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}

function failed(message: string, facts: Readonly<Record<string, string>>, cause?: unknown): RigError {
  return new RigError("PORT_OPEN_FAILED", message, facts, cause === undefined ? {} : { cause });
}
