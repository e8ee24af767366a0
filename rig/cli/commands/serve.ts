/** `rig serve`: the station. Its own process; starts controllers, reads the store, never holds a port of the bench. */
import { execFile, fork } from "node:child_process";
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { createServer as createSecure, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { adapterTypeIds, findAdapterType } from "../../bench/adapterTypes.ts";
import { loadRegister } from "../../bench/artefacts.ts";
import { loadBench } from "../../bench/benchFile.ts";
import { asRigError, RigError } from "../../model/errors.ts";
import { Accounts } from "../../station/accounts.ts";
import { stationApp } from "../../station/app.ts";
import { BenchRuns, type Child } from "../../station/bench.ts";
import { limitConnections, serverOptions, usualLimits } from "../../station/connections.ts";
import { loadPage } from "../../station/files.ts";
import { Health } from "../../station/health.ts";
import { Live } from "../../station/live.ts";
import { LastReadings } from "../../station/readings.ts";
import { Refusals } from "../../station/refusals.ts";
import type { Catalogue } from "../../station/runs.ts";
import { storeFile } from "../../store/database.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import { Tail } from "../../store/tail.ts";
import { childOf } from "../controllerChild.ts";
import { defaultBench } from "../defaults.ts";
import { Outside } from "../outside.ts";
import { procedures } from "../procedures.ts";
import { ReviewThread } from "../review/thread.ts";
import { root } from "../root.ts";
import { doubtLeft, provedSafe, settleInterrupted } from "../stationLeft.ts";
import type { StationSignals } from "../stationSignals.ts";
import { twinPorts } from "../twinPorts.ts";
import { beforeOf } from "./serveBefore.ts";
import { factsOf, manualOf, twinOf } from "./serveBench.ts";
import { renewing } from "./serveCertificate.ts";
import { askHealth, followed, goesOn, started } from "./serveHealth.ts";
import { hostsOf, type NetworkOptions, networkOf } from "./serveNetwork.ts";
import { keepPhoto, shownPhoto } from "./servePhoto.ts";
import { reportOf } from "./serveReports.ts";
import { resultOf } from "./serveResult.ts";

export interface ServeOptions extends NetworkOptions {
  readonly store: string;
  readonly bench?: string;
  readonly ports?: string;
  /** Engineers may drive the bench by hand. */
  readonly manual?: boolean;
  readonly keys: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const program = join(root, "dist", "rig", "cli", "main.js");
const look_ms = 200;
const safe_ms = 60_000;

/** Ends by SIGINT, SIGTERM or SIGHUP only; a run that goes on is stopped then, and its bench made safe. */
export async function serve(options: ServeOptions, signals: StationSignals): Promise<number> {
  const network = networkOf(options);
  const { tls, port } = network;
  const bench = loadBench(options.bench ?? defaultBench);
  if (options.ports !== undefined) twinPorts(options.ports);
  const simulated = options.ports !== undefined;
  const interrupted = await settleInterrupted(options.store, say);
  const doubt = await doubtLeft(options.store, { bench: bench.id, simulated });
  const accounts = await Accounts.open(options.store);
  const common = [
    ...["--store", options.store],
    ...(options.bench === undefined ? [] : ["--bench", options.bench]),
    ...(options.ports === undefined ? [] : ["--ports", options.ports]),
  ];
  const runs: BenchRuns = new BenchRuns({
    bench: bench.id,
    simulated,
    // A check of the bench that is under way ends first: it holds the ports.
    start: (args) => started(health.idle(), () => controller(args)),
    makeSafe: () => health.idle().then(() => makeSafe(options)),
    ended: (run) => endingOf(options.store, run),
    left: { ...(doubt ? { doubt: doubt.why } : {}), ...(interrupted ? { interrupted } : {}) },
    utc: () => new Date().toISOString(),
  });
  const now_ms = () => performance.now();
  const readings = new LastReadings(bench, now_ms);
  const health = new Health({
    bench: runs,
    ask: () => askHealth(program, common),
    elsewhere: () => goesOn(options.store),
    readings,
    utc: () => new Date().toISOString(),
    now_ms,
  });
  const audit = accounts.audit.bind(accounts);
  const manual = manualOf({ runs, bench, common, enabled: options.manual === true, accounts });
  const twin = twinOf(options.ports, runs, audit);
  const outside = new Outside({
    bench: runs,
    goesOn: () => goesOn(options.store),
    doubt: () => doubtLeft(options.store, { bench: bench.id, simulated }),
  });
  const others = [() => manual.look(), () => void twin?.look()];
  const follower = followed({ store: options.store, runs, readings, health, outside, say }, others);
  const live = new Live(runs, () => Tail.open(options.store));
  let unread: string | undefined;
  const looking = setInterval(async () => {
    const why = await live.look();
    // Once, not five times a second.
    if (why !== unread && why !== undefined) say(`station: ${why}`);
    unread = why;
  }, look_ms);
  const review = new ReviewThread({ store: options.store, keys: options.keys });
  const hosts: string[] = [];
  const refusals = new Refusals(accounts.audit.bind(accounts), Date.now, say);
  const app = stationApp({
    accounts,
    refusals,
    hosts,
    secure: tls !== undefined,
    page: loadPage(join(root, "dist", "page")),
    health,
    manual,
    facts: factsOf(options.store, bench, simulated),
    ...(twin ? { twin } : {}),
    desk: {
      keepPhoto: (photo) => keepPhoto(options.store, photo),
      shownPhoto: (run, hash) => shownPhoto(options.store, run, hash),
    },
    result: resultOf(options.store),
    runs: {
      bench: runs,
      live,
      catalogue: catalogue(),
      argsOf: (job) => [
        ...["run", job.procedure, "--adapter", job.adapter, "--serial", job.serial, "--operator", job.by],
        ...common,
      ],
      read: (body) => reading(options.store, body),
      report: (run, format) => reportOf(options.store, run, format),
    },
    before: { ...beforeOf(options, common), health },
    review: { ask: review.ask },
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(tls ? { createServer: createSecure } : {}),
    serverOptions: { ...tls, ...serverOptions(usualLimits) },
  }) as Server;
  limitConnections(server, usualLimits, refusals);
  const settling = setInterval(() => refusals.settle(), 60_000);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new RigError("USAGE", `cannot listen on ${options.host}:${port}: ${error.message}`)),
    );
    server.listen(port, network.host, () => resolve());
  });
  const actual = (server.address() as AddressInfo).port;
  hosts.push(...hostsOf(network.names, actual, tls !== undefined));
  say(
    `Station of ${bench.id} on ${tls ? "https" : "http"}://${hosts[0]}${options.ports === undefined ? "" : "   SIMULATED"}`,
  );
  for (const note of network.notes) say(note);
  const note = (what: string, detail: { readonly [k: string]: string }) =>
    accounts.auditIfPossible("station", what, detail);
  const renewed = renewing({ options, tls, server: server as TlsServer, hosts, port: actual, say, note, signals });
  if (accounts.setupCode) say(`First start: make the administrator with the one-time code ${accounts.setupCode}`);
  if (doubt && !doubt.held) proveAfresh(runs, accounts, doubt.why);
  const signal = await signals.ending;
  say(`${signal}: the station ends${runs.running ? "; its run is stopped and the bench made safe first" : ""}.`);
  await runs.end();
  clearInterval(looking);
  clearInterval(settling);
  renewed();
  refusals.settle();
  follower.end();
  live.close();
  await review.close();
  accounts.close();
  server.closeAllConnections();
  server.close();
  return 0;
}

const controller = (args: readonly string[]): Child =>
  childOf(
    fork(program, [...args], {
      env: { ...process.env, RIG_STATION: "1" },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    }),
    say,
  );

function makeSafe(options: ServeOptions): Promise<{ proved: boolean; why: string }> {
  const args = ["safe", "--json"];
  if (options.bench !== undefined) args.push("--bench", options.bench);
  if (options.ports !== undefined) args.push("--ports", options.ports);
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: safe_ms }, (error, stdout, stderr) => {
      if (!error) return resolve({ proved: true, why: "rig safe: read back from every instrument" });
      const said = `${stderr}`.trim().split("\n")[0] ?? "";
      const silent = /"silent":\["([^"]+)"/.exec(stdout)?.[1];
      resolve({ proved: false, why: silent ?? (said === "" ? error.message : said) });
    });
  });
}

async function reading<R>(store: string, body: (reader: Reader) => R): Promise<R | undefined> {
  if (!existsSync(storeFile(store))) return undefined;
  const reader = await openReader(store);
  try {
    return body(reader);
  } finally {
    reader.close();
  }
}

/** The ending in the store; a run whose controller died is closed unless it can go on. Safe only by the evidence of its safe-off. */
async function endingOf(store: string, run: number) {
  const interrupted = await settleInterrupted(store, say);
  const record = await reading(store, (reader) => reader.record(run));
  const safe = record !== undefined && provedSafe(record);
  return {
    ...(record?.outcome ? { outcome: record.outcome } : {}),
    safe,
    why: safe ? `safe-off of ${record.head.id}, read back` : "no safe-off was proved",
    ...(interrupted?.run === run ? { interrupted } : {}),
  };
}

/** The station before this one left the bench in doubt: this one asks it, as after a run whose controller died. */
function proveAfresh(runs: BenchRuns, accounts: Accounts, why: string): void {
  accounts.auditIfPossible("station", "safe state asked", { why });
  runs.makeSafe().catch((error: unknown) => say(`station: ${asRigError(error).message}`));
}

function catalogue(): Catalogue {
  const folder = join(root, "procedures", "adapters");
  return {
    procedures: procedures.map(({ id, title, families }) => ({ id, title, families })),
    adapters: adapterTypeIds(folder).map((id) => {
      const { maker, model, family, rating } = findAdapterType(folder, id);
      return { id, title: `${maker} ${model}`, family, rating: `${rating.current_A} A, ${rating.voltage_V} V` };
    }),
    artefacts: loadRegister(join(root, "procedures", "artefacts")).map(({ serial, adapter, kind }) => ({
      serial,
      adapter,
      procedure: `${kind}-check`,
    })),
  };
}
