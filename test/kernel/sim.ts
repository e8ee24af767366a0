/**
 * Chips of the kernel's GPIO simulator (Documentation/admin-guide/gpio/gpio-sim.rst): inputs are moved and outputs seen
 * through files of its own, which our code never touches.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";

const ROOT = "/sys/kernel/config/gpio-sim";

export interface SimChip {
  /** gpiochipN of now. */
  readonly name: string;
  /** Moves an input. */
  pull(line: number, high: boolean): void;
  /** Level of a line, 0 or 1 as the simulator has it. */
  value(line: number): boolean;
  /** Takes the chip away, also from those who use it. */
  unplug(): void;
}

export function simChip(id: string, label: string, lines: number): SimChip {
  const folder = `${ROOT}/${id}`;
  const bank = `${folder}/bank0`;
  mkdirSync(bank, { recursive: true });
  writeFileSync(`${bank}/num_lines`, String(lines));
  writeFileSync(`${bank}/label`, label);
  writeFileSync(`${folder}/live`, "1");
  const device = readFileSync(`${folder}/dev_name`, "utf8").trim();
  const name = readFileSync(`${bank}/chip_name`, "utf8").trim();
  const file = (line: number, what: string): string =>
    `/sys/devices/platform/${device}/${name}/sim_gpio${line}/${what}`;
  return {
    name,
    pull: (line, high) => writeFileSync(file(line, "pull"), high ? "pull-up" : "pull-down"),
    value: (line) => readFileSync(file(line, "value"), "utf8").trim() === "1",
    unplug: () => {
      writeFileSync(`${folder}/live`, "0");
      rmdirSync(bank);
      rmdirSync(folder);
    },
  };
}
