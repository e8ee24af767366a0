/** Signals to the station, heard before it is up: what they ask for is done once it is. */

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where signals come from: the process. */
interface Source {
  on(name: string, heard: () => void): unknown;
  once(name: string, heard: () => void): unknown;
}

export class StationSignals {
  /** Its name, once somebody has asked the station to end. The same one again ends a start that hangs, as without us. */
  readonly ending: Promise<string>;
  private reload: (() => void) | undefined;
  private asked = false;

  constructor(from: Source = process) {
    this.ending = new Promise((resolve) => {
      for (const name of endings) from.once(name, () => resolve(name));
    });
    from.on("SIGUSR2", this.heard);
  }

  /** Who answers `systemctl reload` (SIGUSR2); at once when it came before. */
  onReload(answer: () => void): void {
    this.reload = answer;
    if (this.asked) answer();
    this.asked = false;
  }

  /** The station is about to end: a reload does nothing any more, and does not end it at once either. */
  settle(): void {
    this.reload = () => undefined;
  }

  private readonly heard = (): void => {
    if (this.reload) this.reload();
    else this.asked = true;
  };
}
