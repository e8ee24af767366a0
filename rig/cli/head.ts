/** The head of a run: everything it is made of, by content hash (E4). */
import { ledgerNow } from "../ledger/seen.ts";
import type { NewRun, RunHead, Waiver } from "../store/types.ts";
import { declaredData } from "./declare.ts";
import type { Inputs } from "./inputs.ts";
import { procedureHash, softwareHash } from "./procedures.ts";
import { version } from "./root.ts";

export function headOf(inputs: Inputs, more: readonly Waiver[] = []): NewRun {
  const { procedure, limits, bench, adapter } = inputs;
  return {
    procedure: { id: procedure.id, revision: procedure.revision, hash: procedureHash() },
    limits,
    bench: { id: bench.id, hash: bench.hash, file: bench.file.split("/").at(-1) ?? bench.file },
    adapter: { ...adapter, serial: inputs.serial, label: inputs.serial, hash: inputs.adapterHash },
    software: { version, hash: softwareHash(), node: process.versions.node },
    operator: inputs.operator,
    simulated: inputs.twin !== undefined,
    options: declaredData(inputs.context.declared),
    waivers: [...inputs.waivers, ...more],
    ...(bench.lab ? { lab: bench.lab } : {}),
    ...(inputs.order ? { order: inputs.order } : {}),
  };
}

/** Of a run that begins now in this store. @throws RigError STORAGE_FAILED when the ledger cannot be read */
export const beginningOf = async (inputs: Inputs, store: string): Promise<NewRun> => ({
  ...headOf(inputs),
  ledger: await ledgerNow(store),
});

/** For runs that leave no record. */
export const draftHead = (inputs: Inputs): RunHead => {
  const { procedure, limits, bench, adapter } = inputs;
  return {
    run: 0,
    id: "R000000",
    uid: "dry-run",
    started: "1970-01-01T00:00:00.000Z",
    procedure: { id: procedure.id, revision: procedure.revision, hash: "" },
    limits,
    bench: { id: bench.id, hash: bench.hash, file: bench.file },
    adapter: { ...adapter, serial: inputs.serial, label: inputs.serial, hash: inputs.adapterHash },
    software: { version, hash: "", node: process.versions.node },
    operator: inputs.operator,
    simulated: true,
    options: {},
    waivers: [],
  };
};
