/** The procedures that the command line knows, and the hash of everything they are made of. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { acScreening, acScreeningNoSoak, comboScreening, comboScreeningNoSoak } from "../../procedures/acScreening.ts";
import { ageingCheck } from "../../procedures/ageingCheck.ts";
import { challengeCheck } from "../../procedures/challengeCheck.ts";
import { dcScreening, dcScreeningNoSoak } from "../../procedures/dcScreening.ts";
import { dropMatingsCheck } from "../../procedures/dropMatings.ts";
import { goldenCheck } from "../../procedures/goldenCheck.ts";
import { incoming } from "../../procedures/incoming.ts";
import { insulation, insulationWithstandAc, insulationWithstandDc } from "../../procedures/insulation.ts";
import { intermittents } from "../../procedures/intermittents.ts";
import { learnAc, learnDc } from "../../procedures/learn.ts";
import { mechanicsCheck } from "../../procedures/mechanics.ts";
import { pilotCorners } from "../../procedures/pilotCorners.ts";
import { thermalProtection } from "../../procedures/thermalProtection.ts";
import { thermalEngineering, thermalQualification } from "../../procedures/thermalQualification.ts";
import { thermocoupleWalk } from "../../procedures/thermocoupleWalk.ts";
import { sha256 } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Procedure } from "../plan/procedure.ts";
import { root } from "./root.ts";

export const procedures: readonly Procedure[] = [
  dcScreening,
  dcScreeningNoSoak,
  acScreening,
  acScreeningNoSoak,
  comboScreening,
  comboScreeningNoSoak,
  mechanicsCheck,
  thermalQualification,
  thermalEngineering,
  thermalProtection,
  incoming,
  pilotCorners,
  intermittents,
  ageingCheck,
  dropMatingsCheck,
  goldenCheck,
  challengeCheck,
  thermocoupleWalk,
  learnDc,
  learnAc,
  insulation,
  insulationWithstandAc,
  insulationWithstandDc,
];

export function findProcedure(id: string): Procedure {
  const found = procedures.find((p) => p.id === id);
  if (found) return found;
  throw new RigError("USAGE", `there is no procedure "${id}"; known are ${procedures.map((p) => p.id).join(", ")}`);
}

/** The form of a procedure that leaves out the soak at full current. @throws RigError USAGE where there is none */
export function withoutSoak(id: string): string {
  const ending = "-no-soak";
  if (findProcedure(id).id.endsWith(ending)) return id;
  const forms = procedures.filter((p) => p.id.endsWith(ending)).map((p) => p.id.slice(0, -ending.length));
  if (forms.includes(id)) return `${id}${ending}`;
  throw new RigError("USAGE", `--no-soak: ${id} has no form without soak; ${forms.join(", ")} have`);
}

/** @throws RigError USAGE for a procedure without a soak that a predicted pass may end */
export function requireEarly({ id, early }: Procedure): void {
  if (early) return;
  const known = procedures.filter((one) => one.early).map((one) => one.id);
  throw new RigError(
    "USAGE",
    `--early: ${id} has no soak that a predicted pass may end (a qualification keeps the standard's rule); ` +
      `${known.join(", ")} have`,
  );
}

function hashOfFolder(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .sort();
  return sha256(files.map((name) => `${name}\n${sha256(readFileSync(join(folder, name)))}\n`).join(""));
}

/** Code of all procedures, routines and analysis as it runs. */
export const procedureHash = (): string => hashOfFolder(join(root, "dist", "procedures"));
/** Code of the whole program as it runs. */
export const softwareHash = (): string => hashOfFolder(join(root, "dist"));
