/** What `--help` of each command shows below its options: examples that can be typed as they stand, and the exit codes. */
interface Taught {
  readonly examples: readonly string[];
  readonly exitCodes: string;
}

const ofRun =
  "0 pass, 2 wrong usage or input (nothing was energised), 10 undecided, 20 fail of the adapter, " +
  "30 stopped or aborted, 40 fault of the rig";
const ofReading = "0, or 2 wrong usage or input";

/** `/tmp/bench` is where `rig twin --dir /tmp/bench` runs in another terminal. */
export const taught: Readonly<Record<string, Taught>> = {
  run: {
    examples: [
      "rig run dc-screening --serial SN-1 --ports /tmp/bench --simulated-operator",
      "rig run dc-screening --early --serial SN-3 --ports /tmp/bench --simulated-operator   # engineering: no release",
      "rig run ac-screening --no-soak --adapter generic-c-pass --serial SN-2 --ports /tmp/bench --simulated-operator",
    ],
    exitCodes: ofRun,
  },
  resume: {
    examples: ["rig resume R000042 --ports /tmp/bench --simulated-operator"],
    exitCodes: `as rig run (${ofRun}); 40 too when the run is closed instead`,
  },
  ready: {
    examples: ["rig ready dc-screening --serial SN-1 --ports /tmp/bench"],
    exitCodes: "0 a run could start, 2 wrong usage, 40 something stands against it, or the preflight refuses it",
  },
  check: {
    examples: ["rig check ac-screening --adapter generic-c-pass"],
    exitCodes: "0 accepted, 2 wrong usage or input, 40 refused on this bench",
  },
  coverage: {
    examples: [
      "rig coverage incoming --family A --seed 1 --count 48",
      "rig coverage incoming --family A --seed 1 --unit 17        # one of them again, with its adapter file",
    ],
    exitCodes: "0, 2 wrong usage or input, 20 a fault escaped or a sound adapter did not pass",
  },
  twin: {
    examples: ["rig twin --adapter drivers/twin/adapters/pole-400u.yaml --dir /tmp/bench --speed max"],
    exitCodes: "0 when it is ended by Ctrl-C, 2 wrong usage or input",
  },
  serve: {
    examples: [
      "rig serve --ports /tmp/bench",
      "rig serve --host 0.0.0.0 --tls-cert station.pem --tls-key station.key   # answers to the names of the certificate",
      "rig serve --keys /media/stick/keys   # signing keys that need not be chosen in the page",
    ],
    exitCodes: "0 when it is ended by Ctrl-C, 2 wrong usage or input",
  },
  doctor: {
    examples: ["rig doctor --ports /tmp/bench", "rig doctor --ports /tmp/bench --lines"],
    exitCodes: "0 all well, 2 wrong usage or input, 40 something does not answer, is open, overdue, latched or locked",
  },
  manual: {
    examples: [
      'rig manual --operator "Ann Example" --ports /tmp/bench',
      "# then, one a line: read source, close KG, ohm signal, rails 12 12, rails on, off, end",
    ],
    exitCodes: "0 ended in order, 2 wrong usage or input, 30 stopped or aborted, 40 fault of the rig",
  },
  wear: {
    examples: ["rig wear", "rig wear --simulated --json"],
    exitCodes: "0, 2 wrong usage or input, 40 a relay is past the closings that the bench file states",
  },
  safe: {
    examples: ["rig safe --ports /tmp/bench"],
    exitCodes: "0 safe by read-back, 2 wrong usage or input, 40 not proved",
  },
  reset: {
    examples: ["rig reset --ports /tmp/bench", 'rig reset --ports /tmp/bench --by "Ann Example"'],
    exitCodes: "0 nothing is latched any more, 2 wrong usage or input, 40 a trip is latched",
  },
  unlock: {
    examples: ["rig unlock", 'rig unlock --by "Ann Example" --reason "sense lead of DC+ renewed"'],
    exitCodes: "0 nothing is locked any more, 2 wrong usage or input, 40 locked, and stays so",
  },
  runs: {
    examples: ["rig runs --serial SN-1", "rig runs --verdict fail --since 2026-11-01", "rig runs --suspect"],
    exitCodes: ofReading,
  },
  show: { examples: ["rig show 42", "rig show R000042 --json"], exitCodes: ofReading },
  rejudge: {
    examples: [
      "rig rejudge R000042 --limits my-limits.yaml",
      "rig rejudge R000042 --calibration as-found.yaml --html /tmp/again.html",
      'rig rejudge R000042 --calibration as-found.yaml --by "Quinn Example"    # ends a doubt when the pass holds',
      "rig rejudge --all --limits my-limits.yaml",
    ],
    exitCodes: "0 no verdict changes, 2 wrong usage or input, 10 something changes, 20 a pass becomes a fail",
  },
  impact: {
    examples: [
      "rig impact --instrument SIM-OHM-1 --since 2026-05-01 --as-found as-found.yaml",
      "rig impact --instrument SIM-OHM-1 --since 2026-05-01 --as-found as-found.yaml --csv",
      'rig impact --instrument SIM-OHM-1 --since 2026-05-01 --as-found as-found.yaml --by "Quinn Example"   # written down',
    ],
    exitCodes:
      "0 nothing changes, 2 wrong usage or input, 10 something changes or cannot be said, 20 a pass does not hold any more",
  },
  limits: {
    examples: [
      "rig limits",
      "rig limits show dc-screening",
      "rig limits diff R000001 dc-screening        # what a run was judged by, and what holds now",
      'rig limits approve dc-screening --by "Ann Example" --reason "compared with the standard, clause by clause"',
    ],
    exitCodes: "0, 2 wrong usage or input (the author approves, a person twice, a revision with two contents)",
  },
  report: {
    examples: [
      "rig report R000042 --out /tmp/reports",
      "rig report 42 --format pdf,csv,parquet",
      "rig report 42 --format all",
    ],
    exitCodes: ofReading,
  },
  label: {
    examples: ["rig label R000042 --out /tmp/labels", "rig label 42 --format png"],
    exitCodes: "0, or 2 wrong usage, or the run is no pass or not signed where it must be",
  },
  stats: {
    examples: [
      "rig stats yield --procedure dc-screening --since 2026-11-01",
      "rig stats pareto",
      "rig stats capability pe.r --adapter generic-a-pass --html /tmp/pe.html",
      "rig stats chart pe.r --last 50",
      "rig stats grr pe.r --parts SN-1,SN-2,SN-3",
    ],
    exitCodes: "0 also when there are too few readings for a number, 2 wrong usage or input",
  },
  backup: {
    examples: ["rig backup /media/usb/rig --keep 30", "rig backup /media/usb/rig --check"],
    exitCodes: "0 proved by reading it back, 2 wrong usage or input, 40 not written, or damaged: where is said",
  },
  restore: {
    examples: ["rig restore /media/usb/rig --store /tmp/restored"],
    exitCodes: "0, 2 wrong usage or input (the store is not empty), 40 the backup is damaged: where is said",
  },
  "install-check": {
    examples: [
      "rig install-check --ports /tmp/bench --out /tmp/installation",
      'rig install-check --bench my-bench.yaml --store /var/lib/rig --by "Ann Example"',
    ],
    exitCodes: "0 fit for use, 2 wrong usage or input, 40 something failed or could not be told",
  },
  "validation-pack": {
    examples: ["rig validation-pack --results fast.json slow.json --kernel-log kernel.log --out validation"],
    exitCodes: "0 valid, 2 wrong usage or input, 40 an invariant has no test, or a test failed or was not run",
  },
  store: {
    examples: ["rig store upgrade", "rig store rebuild --store runs"],
    exitCodes: "0, 2 wrong usage or input, 40 the store cannot be written or a run is being written",
  },
  learn: {
    examples: [
      "rig run learn --adapter generic-a-pass --serial SAMPLE-1 --ports /tmp/bench --simulated-operator",
      "rig learn R000042 --out my-type.yaml",
    ],
    exitCodes: "0 a draft was written, 2 wrong usage or input, 10 the sample is not what its family is",
  },
  "verify-type": {
    examples: ['rig verify-type my-type.yaml --by "Bob Example" --document "maker drawing 4711 rev. C"'],
    exitCodes: ofReading,
  },
  budget: {
    examples: [
      "rig budget",
      "rig budget drop-resistance --value 0.0002",
      "rig budget R000042",
      "rig budget R000042 --row power.dc.r/DC+",
    ],
    exitCodes: ofReading,
  },
  fixtures: {
    examples: ["rig fixtures", "rig fixtures --simulated"],
    exitCodes: "0, 2 wrong usage or input, 40 a half is past its date or its matings",
  },
  chart: {
    examples: [
      "rig chart",
      "rig chart GOLD-A-1 --row power.dc.r/DC+ --html /tmp/chart.html",
      "rig chart --simulated --json",
    ],
    exitCodes: "0, 2 wrong usage or input, 10 a last reading is beyond 2 s, 40 beyond 3 s or out of tolerance",
  },
  instruments: {
    examples: [
      "rig instruments",
      "rig instruments show SIM-DAQ-1",
      'rig instruments calibrate SIM-DAQ-1 --certificate C-4711 --laboratory "Cal Lab" --calibrated 2026-11-02 --due 2027-11-02 --by "Mia Example"',
    ],
    exitCodes: "0, 2 wrong usage or input, 40 the list holds an instrument without a valid calibration",
  },
  operators: {
    examples: [
      "rig operators",
      'rig operators authorise "Tom Example" --procedure dc-screening --until 2027-03-31 --by "Ann Example"',
      'rig operators authorise "Quinn Example" --procedure all --role qa --until 2027-03-31 --by "Ann Example"',
      'rig operators revoke "Tom Example" --procedure all --reason "has left" --by "Ann Example"',
    ],
    exitCodes: ofReading,
  },
  dispose: {
    examples: [
      'rig dispose SN-1 --runs R000012 --decision rework --reason "contact renewed" --by "Quinn Example"',
      'rig dispose SN-1 --runs open --decision scrap --reason "burnt" --by "Quinn Example"',
    ],
    exitCodes: ofReading,
  },
  dispositions: { examples: ["rig dispositions", "rig dispositions --serial SN-1"], exitCodes: ofReading },
  compare: {
    examples: ["rig compare dc-a R000042 --out /tmp/compared", "rig compare 7 41 42 --allow 5"],
    exitCodes:
      "0 nothing significant, 2 wrong usage or input, 10 a significant change within what is allowed, or undecided, " +
      "20 a row got from pass to fail or moved towards its limit by more than is allowed, 40 a record is damaged",
  },
  baseline: {
    examples: [
      'rig baseline set dc-a R000007 --by "Ann Example" --reason "first unit of the new tool"',
      "rig baseline list",
    ],
    exitCodes: ofReading,
  },
  keys: {
    examples: [
      'rig keys new --name "Ann Example" --role technician',
      "rig keys list",
      "rig keys rotate --key keys/0123456789abcdef.key.pem",
      'rig keys revoke 0123456789abcdef --by "Bob Example" --reason "laptop lost"',
    ],
    exitCodes: "0, or 2 wrong usage or input: nothing was changed",
  },
  sign: {
    examples: [
      'rig sign R000042 --key keys/0123456789abcdef.key.pem --meaning finished --reason "all steps as procedure"',
      'rig sign R000042 --key keys/fedcba9876543210.key.pem --meaning released --reason "values plausible"',
    ],
    exitCodes: "0 signed, 2 refused: nothing was signed",
  },
  amend: {
    examples: ['rig amend R000042 --key keys/fedcba9876543210.key.pem --reason "name of the customer corrected"'],
    exitCodes: "0 a new edition, 2 refused: nothing was signed",
  },
  attach: {
    examples: ['rig attach R000042 photo.jpg --by "Ann Example" --text "damaged latch"'],
    exitCodes: "0 kept, or 2 wrong usage or input",
  },
  export: {
    examples: ["rig export R000042", "rig export R000042 --chain --out /tmp/R000042.evidence.jsonl"],
    exitCodes: ofReading,
  },
  verify: {
    examples: [
      "rig verify R000042.evidence.jsonl --key keys/fedcba9876543210.pub.pem",
      "rig verify R000042.evidence.jsonl --key keys/fedcba9876543210.pub.pem --require released --head head.json",
    ],
    exitCodes:
      "0 whole and signed by a key given, 2 wrong usage or input, 10 whole but not signed so, or in doubt, 20 damaged or forged",
  },
  head: {
    examples: ["rig head --out /tmp/head.json"],
    exitCodes: "0, 2 wrong usage or input, 40 the ledger is damaged",
  },
  regress: {
    examples: [
      "rig regress benches/suites/twin-a.yaml --twin --dry-run",
      "rig regress benches/suites/twin-a.yaml --twin --out /tmp/regress",
    ],
    exitCodes:
      "the worst of the cases: 0 nothing significant, 10 changed, undecided or without baseline, 20 regression, " +
      "30 stopped or aborted, 40 fault of the rig; 2 wrong usage or input (nothing was energised)",
  },
  demo: { examples: ["rig demo"], exitCodes: "0, anything else: the demo is broken" },
};

/** Empty for a command that is not in the list; a test keeps the list whole. */
export function helpAfter(command: string): string {
  const { examples, exitCodes } = taught[command] ?? { examples: [], exitCodes: "" };
  if (examples.length === 0) return "";
  const title = examples.length > 1 ? "Examples" : "Example";
  return `\n${title}:\n${examples.map((line) => `  ${line}\n`).join("")}\nExit codes: ${exitCodes}.`;
}
