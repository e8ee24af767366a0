/** Which EVSE faces of an adapter a procedure tests, in its order: each is a fitting of its own, with its own truth. */
import { type Declared, ofFace } from "../../../drivers/twin/faults/truth.ts";
import type { PathList } from "../../../drivers/twin/world/conductors.ts";
import { type AdapterType, netlistOf } from "../../model/adapter.ts";
import type { Face } from "../../model/contacts.ts";

export interface Pass extends Omit<Declared, "cable_ohm"> {
  readonly face: Face;
  /** Conductors that begin at the face. */
  readonly list: PathList;
}

/** Of family E, by the beginning of the procedure's id; the others test both, the CCS1 inlet first. */
const facesOfE: readonly (readonly [begins: string, faces: readonly Face[]])[] = [
  ["dc-", ["evse"]],
  ["ac-", ["evse2"]],
  ["combo-", ["evse2", "evse"]],
];

export function passesOf(procedure: string, adapter: AdapterType): readonly Pass[] {
  const both: readonly Face[] = ["evse", "evse2"];
  const named = facesOfE.find(([begins]) => procedure.startsWith(begins))?.[1];
  const faces: readonly Face[] = adapter.family === "E" ? (named ?? both) : ["evse"];
  const { ac, current_A } = adapter.rating;
  return faces.map((face, fitting) => ({
    face,
    fitting,
    list: face === "evse2" ? "paths2" : "paths",
    netlist: ofFace(netlistOf(adapter, face), face),
    rated_A: face === "evse2" && ac ? ac.current_A : current_A,
  }));
}
