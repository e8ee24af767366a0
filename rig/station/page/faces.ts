/** Faces of the adapter under test, as its family has them; asked for once. */
import { useEffect, useState } from "preact/hooks";
import type { FaceOfAdapter } from "../../../reports/faces/drawing.ts";
import { type Family, families } from "../../model/adapter.ts";
import { get } from "./api.ts";
import { bench } from "./state.ts";

interface Adapters {
  readonly adapters: readonly { readonly id: string; readonly family: Family }[];
}

let asked: Promise<Adapters> | undefined;

/** Undefined until they are known, and for a type that is none. */
export function useFaces(): readonly FaceOfAdapter[] | undefined {
  const [known, setKnown] = useState<Adapters>();
  useEffect(() => {
    asked ??= get<Adapters>("/api/catalogue");
    asked.then(setKnown, () => {
      asked = undefined;
    });
  }, []);
  const type = known?.adapters.find(({ id }) => id === bench.value?.run?.adapter);
  return type && families[type.family].faces.filter(({ face }) => face !== "evse2");
}
