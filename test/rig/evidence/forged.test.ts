/** Entries that somebody else wrote into the ledger, past the rules of `rig sign`: each is found. E5. */
import { describe, expect, test } from "vitest";
import { revocationEntry } from "../../../rig/ledger/keyEntries.ts";
import { appendEntry, openLedger } from "../../../rig/ledger/ledger.ts";
import { signedEntry } from "../../../rig/ledger/signatures.ts";
import { signText } from "../../../rig/ledger/signing.ts";
import { type Statement, statementIn, statementText } from "../../../rig/ledger/statement.ts";
import { exported, newPair, person, type Signer, saidOf, signAs, verified } from "./fixture.ts";
import { type SignBench, standing, useSignBench } from "./signBench.ts";

const bench = useSignBench();

describe("an entry that somebody else wrote into the ledger", () => {
  /** A signature past the rules of `rig sign`, as a program of somebody's own could write it. */
  async function sneak(of: SignBench, signer: Signer, change: Partial<Statement>, by = signer): Promise<string> {
    const { dir, run } = of;
    const draft = (await signAs(dir, run, of.ann, "finished")).statement;
    const ledger = await openLedger(dir);
    const head = ledger.head();
    ledger.close();
    const { name, role, key } = signer;
    const statement = { ...draft, ledger: head, name, role, key, meaning: "released" as const, ...change };
    const text = statementText(statement);
    await appendEntry(dir, signedEntry(statement, text, signText(by.pair.privateKey, text)));
    return saidOf(verified(await exported(dir, run), [signer.key])).join("\n");
  }

  test("with a foreign signature", async () => {
    const of = await bench();
    const mallory = { ...of.quinn, pair: newPair() };
    expect(await sneak(of, of.quinn, {}, mallory)).toMatch(/signature of Quinn Example.*the signature is not by key/);
    expect(await standing(of.dir, of.run)).toMatchObject({ state: "finished", faults: [{ seq: 4 }] });
  });

  test("with a key that nobody registered", async () => {
    const of = await bench();
    const mallory = { ...of.quinn, key: "0123456789abcdef" };
    expect(await sneak(of, mallory, {})).toMatch(/key 0123456789abcdef was not registered/);
  });

  test("with a key that was revoked before it", async () => {
    const of = await bench();
    await appendEntry(of.dir, revocationEntry(of.quinn.key, "Ann Example", "lost"));
    expect(await sneak(of, of.quinn, {})).toMatch(/key \w+ was revoked by entry 3/);
  });

  test("with a key that had expired", async () => {
    const of = await bench();
    const old = await person(of.dir, "Olga Example", "qa", "2020-01-01T00:00:00.000Z");
    expect(await sneak(of, old, {})).toMatch(/expired on 2020-01-01/);
  });

  test("in another role, for another run, made for another place in the ledger, by the operator", async () => {
    const roles = await bench();
    expect(await sneak(roles, roles.ann, {})).toMatch(/"released" is for qa, it was signed as technician/);
    const other = await bench();
    expect(await sneak(other, other.quinn, { hash: "ab".repeat(32) })).toMatch(/made for another record/);
    const moved = await bench();
    expect(await sneak(moved, moved.quinn, { ledger: { entries: 1, hash: "ab".repeat(32) } })).toMatch(
      /made for entry 2/,
    );
    const own = await bench();
    const kim = await person(own.dir, "Kim Example", "qa");
    expect(await sneak(own, kim, {})).toMatch(/Kim Example ran this test/);
  });

  test("hiding that the run is SIMULATED, or releasing a fail without a disposition", async () => {
    const twin = await bench({ simulated: true });
    const draft = (await signAs(twin.dir, twin.run, twin.ann, "finished")).statement;
    const { mark: _mark, ...bare } = draft;
    const text = statementText({ ...bare, edition: 1 });
    expect(statementIn(text)).toMatchObject({ run: twin.run });
    const real = await bench({ outcome: { verdict: "fail", ending: "completed" } });
    expect(await sneak(real, real.quinn, {})).toMatch(/released without a disposition/);
    const invented = await bench({ outcome: { verdict: "fail", ending: "completed" } });
    expect(await sneak(invented, invented.quinn, { disposition: "D-999999" })).toMatch(
      /rests on D-999999, which is no disposition before it that lets R000001 be used/,
    );
    const hidden = await bench();
    expect(await sneak(hidden, hidden.quinn, { mark: "SIMULATED" })).toMatch(/hides or pretends/);
  });

  test("saying beside the statement what was not signed", async () => {
    const of = await bench();
    const { entry, statement } = await signAs(of.dir, of.run, of.ann, "finished");
    const { seq: _seq, utc: _utc, hash: _hash, ...again } = entry;
    const ledger = await openLedger(of.dir);
    const text = statementText({ ...statement, ledger: ledger.head() });
    ledger.close();
    const signature = signText(of.ann.pair.privateKey, text);
    await appendEntry(of.dir, { ...again, body: { ...again.body, statement: text, signature, meaning: "released" } });
    expect((await standing(of.dir, of.run)).faults[0]?.why).toMatch(/something else than what was signed/);
  });
});
