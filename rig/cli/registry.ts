/** Every driver by its model name, as bench files write it. The only list of drivers in the program. */
import type { DriverRegistry } from "../../drivers/driver.ts";
import { gwinstekGpt } from "../../drivers/gwinstek/gpt.ts";
import { rm3545 } from "../../drivers/hioki/rm3545.ts";
import { it8500 } from "../../drivers/itech/it8500.ts";
import { daq970a } from "../../drivers/keysight/daq970a.ts";
import { keysight33500b } from "../../drivers/keysight/gen33500b.ts";
import { rigolDp832 } from "../../drivers/rigol/dp832.ts";
import { rigolDs1000z } from "../../drivers/rigol/ds1000z.ts";
import { tdkGenesys } from "../../drivers/tdk/genesys.ts";
import { modbusRelay } from "../../drivers/waveshare/modbusRelay.ts";

const factories = [
  modbusRelay,
  rm3545,
  daq970a,
  it8500,
  tdkGenesys,
  keysight33500b,
  rigolDp832,
  rigolDs1000z,
  gwinstekGpt,
];

export const registry: DriverRegistry = Object.fromEntries(factories.map((factory) => [factory.model, factory]));
