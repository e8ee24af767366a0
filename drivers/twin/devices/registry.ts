/** Which simulated device answers for a model of the bench file. */
import { RigError } from "../../../rig/model/errors.ts";
import type { DeviceFactory } from "./device.ts";
import { gwinstekGpt } from "./gwinstekGpt.ts";
import { hiokiRm3545 } from "./hiokiRm3545.ts";
import { itechLoad } from "./itechLoad.ts";
import { keysight33500 } from "./keysight33500.ts";
import { keysightDaq } from "./keysightDaq.ts";
import { rigolDp832 } from "./rigolDp832.ts";
import { rigolDs1000z } from "./rigolDs1000z.ts";
import { tdkGenesys } from "./tdkGenesys.ts";
import { waveshareRelay } from "./waveshareRelay.ts";

const factories: Readonly<Record<string, DeviceFactory>> = {
  "waveshare-modbus-relay": waveshareRelay,
  "hioki-rm3545": hiokiRm3545,
  "gwinstek-gpt": gwinstekGpt,
  "itech-it8500": itechLoad,
  "keysight-daq970a": keysightDaq,
  "tdk-genesys": tdkGenesys,
  "keysight-33500b": keysight33500,
  "rigol-dp832": rigolDp832,
  "rigol-ds1000z": rigolDs1000z,
};

/** @throws RigError BENCH_INVALID for a model that has no simulated device */
export function deviceFactory(model: string, port: string): DeviceFactory {
  const factory = factories[model];
  if (factory !== undefined) return factory;
  const known = Object.keys(factories).join(", ");
  throw new RigError("BENCH_INVALID", `port ${port}: no simulated device for model "${model}"; there are ${known}`);
}
