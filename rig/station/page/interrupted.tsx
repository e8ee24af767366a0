/** A run whose program died, offered to be gone on with. */
import { mayRun, WithReason } from "./before.tsx";
import { beginRun } from "./begun.ts";
import { ErrorLine, useAction } from "./form.tsx";
import { bench } from "./state.ts";
import { text } from "./texts.ts";

export function InterruptedRun() {
  const interrupted = bench.value?.interrupted;
  const safety = bench.value?.safety.is;
  const resume = useAction(() => beginRun("/api/resume", { run: interrupted?.run }));
  if (!interrupted) return null;
  const { run, id, procedure, serial, by, checkpoint } = interrupted;
  return (
    <div class="interrupted">
      <h2>
        {id}: {procedure}, {text.serial} {serial}, {text.by} {by} {text.interrupted}
      </h2>
      <p>
        {text.resumeMeans} (<em>{checkpoint}</em>)
      </p>
      {mayRun() ? (
        <p class="buttons">
          <button
            type="button"
            class="large"
            disabled={resume.busy || (safety !== "idle" && safety !== "safe")}
            onClick={() => resume.go()}
          >
            {text.resume}
          </button>
          <WithReason
            name={text.closeIt}
            label={text.closeReason}
            act={text.closeDo}
            path="/api/resume/close"
            body={{ run }}
            done={() => undefined}
          />
        </p>
      ) : null}
      <ErrorLine of={resume} />
    </div>
  );
}
