/** Runs of other programs on the station's bench: the page must not call safe what somebody else energises. */
import type { BenchRuns } from "../station/bench.ts";

export interface OutsideDeps {
  readonly bench: Pick<BenchRuns, "running" | "outside">;
  /** A run that another program is writing, in words; asked every few seconds. */
  readonly goesOn: () => Promise<string | undefined>;
  /** What the last run on this very bench proves; `held` while its program lives. */
  readonly doubt: () => Promise<{ readonly why: string; readonly held: boolean } | undefined>;
}

export class Outside {
  private readonly deps: OutsideDeps;
  /** What was seen last; undefined: nobody. */
  private seen: string | undefined;
  /** It is on this bench: pages were told. */
  private told = false;

  constructor(deps: OutsideDeps) {
    this.deps = deps;
  }

  /** Records are read only when somebody comes or goes: they may be long. */
  async look(): Promise<void> {
    const { bench, goesOn, doubt } = this.deps;
    if (bench.running) return;
    const who = await goesOn();
    if (who === this.seen || bench.running) return;
    const left = await doubt();
    if (bench.running) return;
    this.seen = who;
    const here = who !== undefined && left?.held === true;
    if (here) bench.outside({ who });
    else if (this.told) bench.outside({ doubt: left?.why });
    this.told = here;
  }
}
