/** What is wrong with the twin on purpose, over every view. */
import { bench } from "./state.ts";
import { text } from "./texts.ts";

export function Faults() {
  const faults = bench.value?.faults ?? [];
  if (faults.length === 0) return null;
  return (
    <div class="faults" role="status">
      <strong>{text.twinFault}:</strong> {faults.join("; ")}
    </div>
  );
}
