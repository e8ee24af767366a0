/** Signing and disposing at the station of a run that a real bench made; and what stands in the list of actions of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ClockState } from "../../../rig/cli/clockState.ts";
import { encrypted } from "../../../rig/cli/keyFile.ts";
import { answering } from "../../../rig/cli/review/answer.ts";
import { openLedger } from "../../../rig/ledger/ledger.ts";
import type { Meaning } from "../../../rig/ledger/statement.ts";
import { RigError } from "../../../rig/model/errors.ts";
import type { AskReview, RunView } from "../../../rig/station/reviewTypes.ts";
import { addRun, person, type Signer } from "../evidence/fixture.ts";
import { as, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

const passphrase = "long enough words";
const right: ClockState = { synchronised: true, source: "test" };
const fail = { verdict: "fail", ending: "completed", firstCause: "pole is loose" } as const;

let station: TestStation;
let clock: ClockState = right;
/** Put before the real answers where a test wants them to go wrong. */
let instead: AskReview | undefined;
let egon: Visitor;
let quinn: Visitor;
let qa: Signer;
let technician: Signer;

beforeAll(async () => {
  const ask: AskReview = (...of) => (instead ?? real)(...of);
  station = await TestStation.open(["Egon", "Queenie"], { review: { ask } });
  const { dir } = station;
  const real = answering({ store: dir, keys: join(dir, "keys") }, async () => clock);
  await addRun(dir, { operator: "Tina" });
  await addRun(dir, { operator: "Tina", serial: "SN-2", outcome: fail });
  await addRun(dir, { operator: "Tina", serial: "SN-3", clock: null });
  for (const serial of ["SN-4", "SN-5", "SN-6"]) await addRun(dir, { operator: "Tina", serial, outcome: fail });
  technician = await person(dir, "Egon", "technician");
  qa = await person(dir, "Queenie", "qa");
  mkdirSync(join(dir, "keys"), { mode: 0o700 });
  for (const { key, pair } of [technician, qa]) {
    writeFileSync(join(dir, "keys", `${key}.key.pem`), encrypted(pair.privateKey, passphrase), { mode: 0o600 });
  }
  [egon, quinn] = [await station.login("Egon"), await station.login("Queenie")];
});
afterAll(() => station.close());
afterEach(() => {
  vi.restoreAllMocks();
  [clock, instead] = [right, undefined];
});

const view = async (run: number): Promise<RunView> =>
  (await station.ask(`/api/runs/${run}`, { headers: as(quinn) })).json() as Promise<RunView>;

async function sign(run: number, meaning: Meaning) {
  const [who, signer, secret] =
    meaning === "finished" ? [egon, technician, secretOf("Egon")] : [quinn, qa, secretOf("Queenie")];
  const { seen } = (await view(run)).standing;
  const body = { meaning, reason: "seen and agreed", passphrase, secret, key: signer.key, seen };
  const answer = await station.post(`/api/runs/${run}/sign`, body, as(who));
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
}

async function dispose(run: number) {
  const body = { decision: "rework", reason: "contact renewed", secret: secretOf("Queenie") };
  const answer = await station.post(`/api/runs/${run}/dispose`, body, as(quinn));
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
}

async function entries(): Promise<number> {
  const ledger = await openLedger(station.dir);
  const { entries: count } = ledger.head();
  ledger.close();
  return count;
}

describe("a run of a real bench", () => {
  test("is finished, released, issued anew, and rejected, and nothing of it is waived", async () => {
    expect((await view(1)).simulated).toBe(false);
    for (const [meaning, state] of [
      ["finished", "finished"],
      ["released", "released"],
      ["amended", "unsigned"],
      ["rejected", "rejected"],
    ] as const) {
      expect(await sign(1, meaning)).toEqual({ status: 200, seq: expect.any(Number), waived: [] });
      expect((await view(1)).standing.state).toBe(state);
    }
    const { standing } = await view(1);
    expect(standing).toMatchObject({ edition: 2, faults: [] });
  });

  test("that failed is rejected and disposed of, and never released", async () => {
    expect((await sign(2, "finished")).status).toBe(200);
    expect(await sign(2, "released")).toMatchObject({ status: 400, error: /only by a QA disposition/ });
    expect((await sign(2, "rejected")).status).toBe(200);
    expect(await dispose(2)).toEqual({ status: 200, number: "D-000001" });
    expect((await view(2)).standing).toMatchObject({ state: "rejected", openFails: [] });
  });

  test("is signed by nobody while the clock of the station, or its own, is not proved", async () => {
    const before = await entries();
    clock = { synchronised: false, source: "test" };
    const { seen } = (await view(4)).standing;
    expect(await sign(4, "finished")).toMatchObject({ status: 400, error: /clock of this machine is not sync/ });
    // It is said before anything is typed.
    expect((await view(4)).standing.may[0]?.why).toMatch(/clock of this machine is not synchronised/);
    clock = right;
    expect(await sign(3, "finished")).toMatchObject({ status: 400, error: /the run's clock was not known/ });
    expect((await view(3)).standing.may.map(({ why }) => why)).toEqual(Array(4).fill(expect.stringMatching(/clock/)));
    expect([await entries(), (await view(4)).standing.seen]).toEqual([before, seen]);
  });
});

describe("the list of actions", () => {
  /** From the write of `what` on, nothing more can be written into it. */
  function failsAt(what: string): void {
    const real = station.accounts.audit.bind(station.accounts);
    let full = false;
    vi.spyOn(station.accounts, "audit").mockImplementation((who, of, detail) => {
      full ||= of === what;
      if (full) throw new RigError("STORAGE_FAILED", "cannot use station.sqlite: no space left");
      real(who, of, detail);
    });
    vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  }

  test("has what is asked before it is done: where that cannot be written, nothing is signed or decided", async () => {
    const before = await entries();
    failsAt("signing asked");
    expect(await sign(4, "finished")).toMatchObject({ status: 500, error: /station\.sqlite/ });
    vi.restoreAllMocks();
    failsAt("disposition asked");
    expect(await dispose(4)).toMatchObject({ status: 500, error: /station\.sqlite/ });
    expect(await entries()).toBe(before);
  });

  test("that cannot take the outcome makes no error of what was done: the page says both", async () => {
    const before = await entries();
    failsAt("run signed");
    expect(await sign(5, "finished")).toMatchObject({ status: 200, unwritten: /station\.sqlite/ });
    expect((await view(5)).standing.state).toBe("finished");
    vi.restoreAllMocks();
    failsAt("fail disposed of");
    expect(await dispose(5)).toMatchObject({ status: 200, number: "D-000002", unwritten: /station\.sqlite/ });
    expect(await entries()).toBe(before + 2);
    vi.restoreAllMocks();
    expect(station.written(2)).toEqual(["Queenie: disposition asked", "Egon: signing asked"]);
  });

  test("calls refused only what was refused; where the answer was lost, the run is to be looked at again", async () => {
    const real = answering({ store: station.dir, keys: join(station.dir, "keys") }, async () => clock);
    instead = async (kind, asked) => {
      const answer = await real(kind, asked);
      if (kind === "sign" || kind === "dispose") throw new RigError("STORAGE_FAILED", "it took more than 30 s");
      return answer;
    };
    const told = { status: 500, remedy: /look at the run again/ };
    expect(await sign(6, "finished")).toMatchObject(told);
    expect(station.written(2)).toEqual(["Egon: failed: signing", "Egon: signing asked"]);
    expect(await dispose(6)).toMatchObject(told);
    expect(station.written(1)).toEqual(["Queenie: failed: disposition"]);
    instead = undefined;
    expect((await view(6)).standing).toMatchObject({ state: "finished", disposition: { by: "Queenie" } });
    expect(await sign(6, "released")).toMatchObject({ status: 400 });
    expect(station.written(1)).toEqual(["Queenie: refused: signing"]);
  });
});
