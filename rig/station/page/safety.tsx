/** What is known of the bench: nothing is called safe without its read-back. */
import { post } from "./api.ts";
import { ErrorLine, useAction } from "./form.tsx";
import { bench } from "./state.ts";
import { text } from "./texts.ts";

/** `rig safe` may ask every instrument until its deadline. */
const safe_ms = 65_000;

const time = (utc: string): string => utc.slice(11, 19);

export function Safety() {
  const safety = bench.value?.safety;
  const make = useAction(() => post("/api/safe", {}, safe_ms));
  if (!safety || safety.is === "idle") return null;
  if (safety.is === "energised-possible") return <p class="safety alarm">⚡ {text.safety.energised}</p>;
  if (safety.is === "elsewhere")
    return (
      <p class="safety alarm">
        ⚡ {safety.who}. {text.safety.energised}
      </p>
    );
  if (safety.is === "asked") {
    return (
      <p class="safety alarm">
        ⚡ {text.safety.asked} {time(safety.utc)} UTC. {text.safety.waiting}
      </p>
    );
  }
  if (safety.is === "safe") {
    return (
      <p class="safety safe">
        ✓ {text.safety.safe} {time(safety.utc)} UTC: {safety.how}.
      </p>
    );
  }
  return (
    <div class="safety alarm" role="alert">
      <strong>⚠ {text.safety.notProved}</strong> {safety.why}
      <button type="button" onClick={() => make.go()} disabled={make.busy}>
        {text.makeSafe}
      </button>
      <ErrorLine of={make} />
    </div>
  );
}
