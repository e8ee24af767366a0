/** The faces of the adapter, filling in contact by contact as it is judged: the drawing of the reports. */
import { contactResults } from "../../../reports/faces/results.ts";
import { drawAdapter, wiringBetween } from "../../../reports/faces/wiring.ts";
import { wiringOf } from "../../../reports/faces/wiringNote.ts";
import type { Measurement } from "../../model/verdict.ts";
import { useFaces } from "./faces.ts";
import { judged, wiring } from "./state.ts";

/** `live`: what is not judged yet is left unsaid. */
export function Drawing({ live }: { readonly live: boolean }) {
  const faces = useFaces();
  if (!faces) return null;
  const results = contactResults(judged.value as unknown as readonly Measurement[], []);
  const map = wiringOf(wiring.value);
  const shown = faces.map(({ face }) => face);
  const { markup } = drawAdapter(faces, results, map && wiringBetween(map, shown));
  // Markup escapes what it is given (reports/text/escape.ts); nothing else goes into it.
  return <div class={live ? "drawing live" : "drawing"} dangerouslySetInnerHTML={{ __html: String(markup) }} />;
}
