/**
 * Latches, interlock and touch safety: a person tries them, the rig asks, and the answer is judged and kept (domain.md
 * 1.2, 5.4). No sensor of RB-1 sees any of it, so the record shows a person's word and nothing more.
 */
import type { AdapterType, Family } from "../../rig/model/adapter.ts";
import { invalid, reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { ask, judge, now } from "../../rig/plan/words.ts";

export interface Check {
  /** Row of the limits document; `me.<...>`. */
  readonly row: string;
  readonly id: string;
  readonly text: string;
  /** What a "no" means. */
  readonly meaning: string;
}

const touch: Check = {
  row: "me.touch",
  id: "me.touch",
  text: "With nothing mated, try the IEC test finger on every face. Does it stay clear of all power contacts?",
  meaning: "a finger reaches a power contact of an unmated face",
};

const pocket: Check = {
  row: "me.pocket",
  id: "me.pocket",
  text:
    "Gauge the lock pocket of the NACS plug: 6.2 mm long, 9.71 mm wide at the base, 4 mm deep, each +-0.2 mm. " +
    "Is it within?",
  meaning: "the lock pocket of the NACS plug is out of shape: a vehicle's lock pin may not hold it",
};

const hold = (id: string, text: string, meaning: string): Check => ({
  row: "me.hold",
  id: `me.hold/${id}`,
  text,
  meaning,
});
const lock = (text: string, meaning: string): Check => ({ row: "me.lock", id: "me.lock", text, meaning });

const holdsNacsPlug = hold(
  "station",
  "Latch the station's NACS plug into the adapter and pull it with 200 N for 60 s. Does it hold?",
  "the adapter does not hold the station's NACS plug: it can be pulled out under load",
);
const heldByPin = hold(
  "vehicle",
  "Lock the adapter into the NACS inlet and pull it with 200 N for 60 s. Does the lock pin hold it?",
  "the lock pin of the vehicle's NACS inlet does not hold the adapter",
);
const heldByLatch = hold(
  "vehicle",
  "Latch the adapter into the vehicle's inlet and pull it with 200 N for 60 s. Does its latch hold?",
  "the adapter's latch does not hold it in the vehicle's inlet",
);
const holdsRoundPlug = hold(
  "station",
  "Latch the station's plug into the adapter and pull it with 200 N for 60 s. Does it hold?",
  "the latch of the station's plug does not hold in the adapter",
);
const ccsLock = lock(
  "With the adapter locked in the vehicle's inlet, press the latch of the station's CCS1 plug. Is it blocked?",
  "the station's plug can be released while the adapter is locked in the vehicle",
);

/** What each family's mechanics must do (domain.md 1.2, last row of the table). */
const checks: Readonly<Record<Family, readonly Check[]>> = {
  A: [
    holdsNacsPlug,
    heldByLatch,
    lock(
      "With the adapter latched and locked in the CCS1 inlet, press the button of the station's NACS plug. Is it blocked?",
      "the station's plug can be released while the adapter is locked in the vehicle",
    ),
    touch,
  ],
  B: [holdsRoundPlug, heldByPin, ccsLock, pocket, touch],
  C: [holdsRoundPlug, heldByPin, pocket, touch],
  D: [holdsNacsPlug, heldByLatch, touch],
  E: [
    holdsRoundPlug,
    heldByPin,
    ccsLock,
    pocket,
    touch,
    {
      row: "me.touch.exposed",
      id: "me.touch.exposed",
      text:
        "With a J1772 plug in the adapter, try the test finger on the DC receptacle, whose contacts are then on the AC " +
        "line. Does it stay clear of them?",
      meaning: "a finger reaches DC contacts that carry the AC line while a J1772 plug is in",
    },
  ],
};

export const checksOf = ({ family, parts }: AdapterType): readonly Check[] =>
  parts.interlockPin === true && !checks[family].some(({ row }) => row === "me.lock")
    ? [...checks[family], interlock]
    : checks[family];

const interlock = lock(
  "With the adapter locked in the vehicle's inlet, try to release the station's plug. Does the interlock pin block it?",
  "the declared interlock pin does not block the station's plug",
);

/** What a person is reckoned to need for all of them, s: a pull is held for a minute (H). */
export const mechanicsTakes_s = (adapter: AdapterType): number => 100 * checksOf(adapter).length;

const yes = "yes";
const no = "no";

/** Asks for each check; "not checked" is never a pass. */
export function* mechanics(adapter: AdapterType): Plan<void> {
  for (const check of checksOf(adapter)) {
    const answer = yield* ask({
      id: check.id,
      title: "Mechanics",
      text: check.text,
      kind: "choice",
      choices: [yes, no, "not checked"],
      timeout_s: 1800,
    });
    const origin = { raw: `answer: ${String(answer)}`, t_s: yield* now() };
    const r = answer === yes || answer === no ? reading("1", answer === yes ? 1 : 0, 0, origin) : undefined;
    yield* judge(check.row, r ?? invalid("1", "not-checked", origin), { id: check.id, meaning: check.meaning });
  }
}
