/**
 * What can be wrong with an adapter, as data: each class with the range of its severity from harmless to gross and what
 * it changes in an adapter file. Ranges are wide on purpose (H): ground truth, not the class, says whether a drawn unit
 * is faulty.
 */
import type { FaultClass, Site } from "./faultClass.ts";
import { heatFaults } from "./heatFaults.ts";
import { leakFaults } from "./leakFaults.ts";
import { nestFaults } from "./nestFaults.ts";
import { pathFaults } from "./pathFaults.ts";
import { protectionFaults } from "./protectionFaults.ts";
import { signalFaults } from "./signalFaults.ts";

export type { Draft, FaultClass, Severity, Site } from "./faultClass.ts";

export const singleFaults: readonly FaultClass[] = [
  ...pathFaults,
  ...leakFaults,
  ...signalFaults,
  ...heatFaults,
  ...nestFaults,
  ...protectionFaults,
];

/** The classes that make sense at a site. */
export const classesFor = (site: Site): readonly FaultClass[] =>
  singleFaults.filter(
    (one) =>
      (one.topologies === undefined || one.topologies.includes(site.topology)) &&
      (one.pins === undefined || one.pins.every((pin) => site.pins.includes(pin))) &&
      (one.unpopulated === undefined || site.unpopulated.length > 0) &&
      (one.firstInlet === undefined || site.list !== "paths2") &&
      (one.shows === undefined || site.shows?.has(one.shows) === true),
  );
