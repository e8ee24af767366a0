/**
 * A certificate that was renewed is served without a restart, which would end a run. What is wrong with a new one is said
 * once, and the old one stays.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import { asRigError } from "../../model/errors.ts";
import type { StationSignals } from "../stationSignals.ts";
import { hostsOf, type NetworkOptions, networkOf, soon_days } from "./serveNetwork.ts";

const day_ms = 86_400_000;

export interface RenewalDeps {
  /** With a certificate and a key. */
  readonly options: NetworkOptions;
  /** As it is served now, PEM. */
  readonly served: { readonly cert: string; readonly key: string };
  readonly server: { setSecureContext(options: SecureContextOptions): void };
  /** Under which pages may call the station; changed with the certificate. */
  readonly hosts: string[];
  /** Where the station listens. */
  readonly port: number;
  /** On the terminal. */
  readonly say: (line: string) => void;
  /** Into the list of actions. */
  readonly note: (what: string, detail: { readonly [k: string]: string }) => unknown;
  /** UTC, ms; for tests. */
  readonly now_ms?: () => number;
}

const look_ms = 30_000;

interface Renewing extends Omit<RenewalDeps, "served"> {
  readonly tls: RenewalDeps["served"] | undefined;
  readonly signals: Pick<StationSignals, "onReload" | "settle">;
}

/** Looks every half minute, and at once at SIGUSR2 (`systemctl reload`). Returns how to end it. */
export function renewing(deps: Renewing) {
  const { tls, say, signals } = deps;
  const renewal = tls && new Renewal({ ...deps, served: tls });
  // Without a certificate too: unheard, the signal would end the station.
  signals.onReload(() =>
    renewal ? renewal.again() : say("station: it has no certificate: only this machine is answered"),
  );
  const looking = setInterval(() => renewal?.look(), look_ms);
  return () => {
    clearInterval(looking);
    signals.settle();
  };
}

export class Renewal {
  private readonly deps: RenewalDeps;
  private readonly now_ms: () => number;
  private served: string;
  private cert: string;
  /** What was found wrong and said. */
  private refused = "";
  /** Seen once: whoever renews it writes two files, one after the other. */
  private pending = "";
  private warned_ms: number;

  constructor(deps: RenewalDeps) {
    this.deps = deps;
    this.now_ms = deps.now_ms ?? Date.now;
    this.cert = deps.served.cert;
    this.served = textOf(deps.served);
    // The start said it.
    this.warned_ms = this.now_ms();
  }

  /** Called now and then: takes files that changed and have been the same twice. */
  look(): void {
    this.warn();
    const found = this.found();
    if (found === this.served) {
      this.refused = "";
      return;
    }
    if (found === this.refused) return;
    if (found !== this.pending) this.pending = found;
    else this.take(found);
  }

  /** Somebody asks for it: at once, and with an answer on the terminal in every case. */
  again(): void {
    const found = this.found();
    if (found === this.served) this.deps.say("station: the certificate file is the one that is served already");
    else this.take(found);
  }

  private take(found: string): void {
    const { options, server, hosts, port, say, note } = this.deps;
    try {
      const { tls, names, notes } = networkOf(options, this.now_ms());
      if (!tls) return;
      server.setSecureContext({ cert: tls.cert, key: tls.key });
      hosts.splice(0, hosts.length, ...hostsOf(names, port, true));
      [this.served, this.cert, this.refused] = [textOf(tls), tls.cert, ""];
      const until = dayOf(tls.cert);
      say(`station: a new certificate is served, valid until ${until}, as ${names.join(", ")}`);
      for (const line of notes) say(`station: ${line}`);
      note("certificate renewed", { until, names: names.join(", ") });
    } catch (thrown) {
      const { message } = asRigError(thrown);
      this.refused = found;
      say(`station: the certificate stays as it was, until ${dayOf(this.cert)}: ${message}`);
      note("certificate refused", { why: message, until: dayOf(this.cert) });
    }
  }

  /** Once a day, while the one that is served ends soon or has ended. */
  private warn(): void {
    const { options, say, note } = this.deps;
    const now = this.now_ms();
    const left_days = Math.floor((until_ms(this.cert) - now) / day_ms);
    if (left_days >= soon_days || now - this.warned_ms < day_ms) return;
    this.warned_ms = now;
    const ends = left_days < 0 ? "has expired: browsers refuse it" : `expires in ${left_days} days`;
    say(`station: ${options.tlsCert} ${ends}; put a new one in its place`);
    note("certificate ends", { until: dayOf(this.cert) });
  }

  /** Both files, or why they cannot be read. */
  private found(): string {
    const { tlsCert = "", tlsKey = "" } = this.deps.options;
    try {
      return textOf({ cert: readFileSync(tlsCert, "utf8"), key: readFileSync(tlsKey, "utf8") });
    } catch (error) {
      return (error as Error).message;
    }
  }
}

const textOf = ({ cert, key }: RenewalDeps["served"]): string => `${cert}\0${key}`;
const until_ms = (cert: string): number => Date.parse(new X509Certificate(cert).validTo);
const dayOf = (cert: string): string => new Date(until_ms(cert)).toISOString().slice(0, 10);
