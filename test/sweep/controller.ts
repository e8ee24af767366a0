/**
 * The controller of a sweep: the program's own session with the sweep's procedure. Says on stdout, as JSON lines, which
 * step it is in and what it has shown, and ends as `rig run` does. SIGUSR2 stalls its event loop.
 */
import { simulatedOperator } from "../../rig/cli/operator.ts";
import { type PlannedJudgement, runSession } from "../../rig/cli/session.ts";
import { actBy } from "../../rig/cli/twinOperator.ts";
import { asRigError } from "../../rig/model/errors.ts";
import { sweepInputs } from "./inputs.ts";
import { noGuard } from "./mutant.ts";

interface Order {
  readonly ports: string;
  readonly store: string;
  readonly planned: readonly PlannedJudgement[];
  readonly mutant: boolean;
}

/** Far longer than the guard waits before it kills. */
const stall_ms = 5_000;

const now_ms = (): number => Number(process.hrtime.bigint()) / 1e6;
const out = (body: object): void => void process.stdout.write(`${JSON.stringify({ ...body, ms: now_ms() })}\n`);

async function control(order: Order): Promise<void> {
  process.on("SIGUSR2", () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stall_ms));
  const inputs = sweepInputs(order.ports);
  const result = await runSession(inputs, {
    store: order.store,
    planned: order.planned,
    watch: {
      step: (phase, path) => out({ step: path.at(-1) ?? "", phase }),
      judged: ({ id }) => out({ judged: id }),
    },
    operator: (twin) =>
      simulatedOperator(
        async (action) => {
          if (twin) await actBy(twin, action);
        },
        () => undefined,
      ),
    say: (line) => process.stderr.write(`${line}\n`),
    ...(order.mutant ? { guard: (signal: AbortSignal) => noGuard(`twin:${inputs.twin?.gpio ?? ""}`, signal) } : {}),
  });
  out({ outcome: { verdict: result.verdict, ending: result.ending, firstCause: result.firstCause ?? "" } });
}

await control(JSON.parse(process.argv[2] ?? "{}") as Order).catch((thrown: unknown) => {
  out({ failed: asRigError(thrown).message });
});
process.exit(0);
