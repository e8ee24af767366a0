/** History and decisions at the station: what each may read, sign and dispose of; what is refused leaves the ledger as it was. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encrypted } from "../../../rig/cli/keyFile.ts";
import { openLedger } from "../../../rig/ledger/ledger.ts";
import type {
  AuditView,
  CompareView,
  RunList,
  RunView,
  SeriesView,
  TrendView,
} from "../../../rig/station/reviewTypes.ts";
import { addRun, person, type Signer } from "../evidence/fixture.ts";
import { as, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

const passphrase = "long enough words";
const hostile = '=cmd()|"<img src=x>\u202e';
let station: TestStation;
let tina: Visitor;
let egon: Visitor;
let quinn: Visitor;
let root: Visitor;
let qa: Signer;
let technician: Signer;

const fail = { verdict: "fail", ending: "completed", firstCause: "pole is loose" } as const;

beforeAll(async () => {
  station = await TestStation.open(["Tina", "Egon", "Queenie"]);
  const { dir } = station;
  await addRun(dir, { simulated: true, operator: "Tina" });
  await addRun(dir, { simulated: true, operator: "Tina", serial: "SN-2", outcome: fail });
  await addRun(dir, { simulated: true, operator: "Tina", serial: hostile.slice(0, 20) });
  await addRun(dir, { simulated: true, operator: "Queenie", serial: "SN-4", outcome: fail });
  await addRun(dir, { simulated: true, operator: "Tina" });
  technician = await person(dir, "Egon", "technician");
  qa = await person(dir, "Queenie", "qa");
  const other = await person(dir, "Somebody Else", "qa");
  mkdirSync(join(dir, "keys"), { mode: 0o700 });
  for (const { key, pair } of [technician, qa, other]) {
    writeFileSync(join(dir, "keys", `${key}.key.pem`), encrypted(pair.privateKey, passphrase), { mode: 0o600 });
  }
  foreign = other.key;
  await later();
});
afterAll(() => station.close());
let foreign = "";

/** Nobody is slowed down any more, and everybody is logged in anew. */
async function later(): Promise<void> {
  station.now_ms += 901_000;
  [tina, egon] = [await station.login("Tina"), await station.login("Egon")];
  [quinn, root] = [await station.login("Queenie"), await station.login("Root")];
}

async function read<R>(path: string, who: Visitor = quinn): Promise<R> {
  const answer = await station.ask(path, { headers: as(who) });
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return (await answer.json()) as R;
}

const statusOf = async (path: string, who: Visitor = quinn): Promise<number> =>
  (await station.ask(path, { headers: as(who) })).status;

async function said(answer: Promise<Response>): Promise<{ readonly status: number; readonly error: string }> {
  const got = await answer;
  const { error } = (await got.json()) as { readonly error?: string };
  return { status: got.status, error: error ?? "" };
}

async function entries(): Promise<number> {
  const ledger = await openLedger(station.dir);
  const { entries } = ledger.head();
  ledger.close();
  return entries;
}

async function request(run: number, meaning: string, signer: Signer, secret: string) {
  const { standing } = await read<RunView>(`/api/runs/${run}`);
  return { meaning, reason: "seen and agreed", passphrase, secret, key: signer.key, seen: standing.seen };
}

describe("what is read", () => {
  test("runs by filter, with their count, what is open of them, and a place for the next page", async () => {
    const all = await read<RunList>("/api/runs", tina);
    expect(all.rows.map(({ run }) => run)).toEqual([5, 4, 3, 2, 1]);
    expect(all).toMatchObject({ count: 5, more: false });
    const open = await read<RunList>("/api/runs?open=1");
    expect(open.rows.map(({ run, openFails }) => [run, openFails])).toEqual([
      [4, ["R000004"]],
      [2, ["R000002"]],
    ]);
    const rest = await read<RunList>(`/api/runs?after=4&started=${all.rows[1]?.started}`);
    expect(rest.rows.map(({ run }) => run)).toEqual([3, 2, 1]);
    expect(rest.count).toBe(5);
    expect((await read<RunList>("/api/runs?serial=SN-*&verdict=pass&operator=Tina")).rows).toHaveLength(2);
    expect((await read<RunList>(`/api/runs?serial=${encodeURIComponent("' OR 1=1 --")}`)).rows).toEqual([]);
  });

  test.each([
    "/api/runs?verdict=DROP",
    "/api/runs?since=yesterday",
    "/api/runs?after=x&started=2026",
    `/api/runs?serial=${"A".repeat(100)}`,
    "/api/runs/0",
    "/api/runs/..%2f1",
    "/api/runs/1/series?name=..%2f..%2fetc%2fpasswd",
    "/api/runs/1/series?name=thermal%2Fev.DC%2B&from=x",
    "/api/runs/99",
    "/api/compare?baseline=1&run=1",
    "/api/compare?baseline=1",
    "/api/trend?id=nothing",
    "/api/audit?list=secrets",
    "/api/audit?before=-1",
  ])("%s is refused in one line", async (path) => {
    const { status, error } = await said(station.ask(path, { headers: as(quinn) }));
    expect(status).toBe(400);
    expect(error).not.toMatch(/\n|\.ts:/);
  });

  test("one run with everything that was judged and decided, and who may say what of it", async () => {
    const view = await read<RunView>("/api/runs/2");
    expect(view).toMatchObject({ id: "R000002", words: "FAIL", firstCause: "pole is loose", simulated: true });
    expect(view.steps[0]?.judged[0]).toMatchObject({ id: "pe.resistance", verdict: "fail", value: "12.0" });
    expect(view.standing).toMatchObject({ state: "unsigned", edition: 1, openFails: ["R000002"] });
    const why = Object.fromEntries(view.standing.may.map((one) => [one.meaning, one.why]));
    expect(why["finished"]).toBeUndefined();
    expect(why["released"]).toMatch(/no technician has finished/);
    expect(view.standing.keys).toMatchObject([{ key: qa.key, role: "qa", here: true }]);
    // Who ran it neither rejects it nor disposes of it.
    const own = await read<RunView>("/api/runs/4");
    expect(own.standing.may.find(({ meaning }) => meaning === "rejected")?.why).toMatch(/another person of QA/);
    expect(own.standing.notDisposed).toMatch(/who ran the test/);
  });

  test("points for a screen, all of them for a file, under a harmless name", async () => {
    const name = encodeURIComponent("thermal/ev.DC+");
    const view = await read<SeriesView>(`/api/runs/1/series?name=${name}&from=10&to=19.5`);
    expect(view).toMatchObject({ unit: "degC", total: 40, inside: 10, first_s: 0, last_s: 39 });
    const file = await station.ask(`/api/runs/1/series.csv?name=${name}`, { headers: as(tina) });
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="run-1.thermal-ev-DC-.csv"');
    const lines = (await file.text()).split("\r\n");
    expect([lines[0], lines[1], lines.length]).toEqual(["bench time [s],value [degC]", "0,20", 42]);
  });

  test("a measurement over runs, and two runs side by side", async () => {
    const trend = await read<TrendView>("/api/trend?id=pe.resistance");
    expect(trend.points.map(({ run, verdict }) => [run, verdict])).toContainEqual([2, "fail"]);
    expect(trend.points.map(({ serial }) => serial)).toContain("SN-2");
    expect((await read<TrendView>("/api/trend?id=pe.resistance&serial=SN-2")).points).toHaveLength(1);
    const compared = await read<CompareView>("/api/compare?baseline=1&run=5");
    expect(compared.notable.length + compared.others.length).toBe(1);
    expect(compared.basis.join()).toMatch(/Scatter: .*uncertainties alone/);
  });
});

describe("what is refused", () => {
  const post = (path: string, body: unknown, who: Visitor, address?: string) =>
    said(station.post(path, body, as(who), address));

  test("a signature by a wrong role, with a wrong password, passphrase or key, or over an open network", async () => {
    await later();
    const before = await entries();
    const good = await request(1, "rejected", qa, secretOf("Queenie"));
    const path = "/api/runs/1/sign";
    const tries: readonly (readonly [() => Visitor, object, number, RegExp])[] = [
      [() => tina, good, 403, /rejected" is for qa/],
      [() => root, good, 403, /this is for technician or engineer or qa/],
      [() => quinn, { ...good, meaning: "finished" }, 403, /for technician or engineer/],
      [() => quinn, { ...good, meaning: "pass" }, 400, /one of finished/],
      [() => quinn, { ...good, secret: "not mine" }, 403, /the password is wrong/],
      [() => quinn, { ...good, reason: "two\nlines" }, 400, /one line/],
      [() => quinn, { ...good, reason: "" }, 400, /reason/],
      [() => quinn, { ...good, key: "../../../etc/pa" }, 400, /no key was chosen/],
      [() => quinn, { ...good, pem: "x" }, 400, /one of them/],
      [() => quinn, { ...good, key: foreign }, 400, /belongs to Somebody Else/],
      [() => quinn, { ...good, key: technician.key }, 400, /belongs to Egon/],
      [() => quinn, { ...good, passphrase: "wrong passphrase" }, 400, /wrong passphrase/],
      [() => quinn, { ...good, seen: { ...good.seen, hash: "0".repeat(64) } }, 400, /look at it again/],
      [() => quinn, { ...good, seen: undefined }, 400, /seen/],
    ];
    for (const [who, body, status, error] of tries) {
      const answer = await post(path, body, who());
      expect({ body, ...answer }).toMatchObject({ status, error: expect.stringMatching(error) });
      expect(answer.error).not.toMatch(/\n|long enough words|quality first/);
    }
    expect(await post(path, good, quinn, "10.0.0.7")).toMatchObject({ status: 403, error: /TLS/ });
    expect((await station.post(path, good, { cookie: quinn.cookie })).status).toBe(403);
    expect((await station.ask(path, { headers: as(quinn) })).status).toBe(404);
    expect(await entries()).toBe(before);
    const written = JSON.stringify(station.accounts.actions(100));
    expect(written).not.toMatch(/long enough words|wrong passphrase"|quality first|not mine/);
    expect(station.written()).toContain("Queenie: refused: signing");
    expect(station.written()).toContain("Queenie: refused: password given again");
  });

  test("guessing the password or the passphrase again and again is slowed down", async () => {
    const good = await request(1, "rejected", qa, secretOf("Queenie"));
    for (const wrong of [{ secret: "not mine" }, { passphrase: "wrong passphrase" }]) {
      const answers = [];
      for (let i = 0; i < 6; i += 1)
        answers.push((await post("/api/runs/1/sign", { ...good, ...wrong }, quinn)).status);
      expect(answers.at(-1)).toBe(429);
      // The right one waits too.
      expect((await post("/api/runs/1/sign", good, quinn)).status).toBe(429);
      await later();
    }
  });

  test("a disposition by anybody but QA, by who ran the test, or of a run that did not fail", async () => {
    const before = await entries();
    const good = { decision: "rework", reason: "contact renewed", secret: secretOf("Queenie") };
    expect((await post("/api/runs/2/dispose", { ...good, secret: secretOf("Egon") }, egon)).status).toBe(403);
    expect((await post("/api/runs/2/dispose", { ...good, decision: "forget" }, quinn)).status).toBe(400);
    expect((await post("/api/runs/2/dispose", { ...good, secret: "not mine" }, quinn)).status).toBe(403);
    expect(await post("/api/runs/4/dispose", good, quinn)).toMatchObject({ status: 400, error: /another person/ });
    expect(await post("/api/runs/1/dispose", good, quinn)).toMatchObject({ status: 400, error: /only a fail/ });
    expect(await entries()).toBe(before);
  });
});

describe("what is decided", () => {
  test("a technician finishes and QA releases; the same requests sent again sign nothing", async () => {
    const finish = await request(1, "finished", technician, secretOf("Egon"));
    expect((await station.post("/api/runs/1/sign", finish, as(egon))).status).toBe(200);
    const release = await request(1, "released", qa, secretOf("Queenie"));
    const answer = await station.post("/api/runs/1/sign", release, as(quinn));
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { waived: [expect.stringMatching(/clock/)] },
    });
    const before = await entries();
    for (const [body, who] of [
      [finish, egon],
      [release, quinn],
    ] as const) {
      const again = await said(station.post("/api/runs/1/sign", body, as(who)));
      expect(again).toMatchObject({ status: 400, error: /look at it again/ });
    }
    expect(await entries()).toBe(before);
    const { standing } = await read<RunView>("/api/runs/1");
    expect(standing.state).toBe("released");
    expect(standing.signed.map(({ name, meaning }) => [name, meaning])).toEqual([
      ["Egon", "finished"],
      ["Queenie", "released"],
    ]);
  });

  test("a key file that the person brings signs as one that lies here", async () => {
    const body = await request(2, "rejected", qa, secretOf("Queenie"));
    const { key: _key, ...rest } = body;
    const pem = encrypted(qa.pair.privateKey, passphrase);
    expect((await station.post("/api/runs/2/sign", { ...rest, pem }, as(quinn))).status).toBe(200);
    expect((await read<RunView>("/api/runs/2")).standing.state).toBe("rejected");
  });

  test("a fail is disposed of once and for all", async () => {
    const body = { decision: "rework", reason: "contact renewed", secret: secretOf("Queenie") };
    const first = await station.post("/api/runs/2/dispose", body, as(quinn));
    expect(await first.json()).toEqual({ number: "D-000001" });
    expect(await said(station.post("/api/runs/2/dispose", body, as(quinn)))).toMatchObject({ status: 400 });
    const { standing } = await read<RunView>("/api/runs/2");
    expect(standing.disposition).toMatchObject({ decision: "rework", by: "Queenie" });
    expect((await read<RunList>("/api/runs?open=1")).rows.map(({ run }) => run)).toEqual([4]);
  });
});

describe("the audit trail", () => {
  test("is for QA and administrators, filtered, page by page, with its chain", async () => {
    expect(await statusOf("/api/audit", tina)).toBe(403);
    expect(await statusOf("/api/audit/file/csv", egon)).toBe(403);
    expect(await statusOf("/api/audit", root)).toBe(200);
    const signed = await read<AuditView>("/api/audit?who=queenie&what=RUN%20SIGNED");
    expect(signed.entries.map(({ detail }) => detail).join()).toMatch(/meaning: rejected.*meaning: released/);
    expect(signed.chain?.fault).toBeUndefined();
    const decisions = await read<AuditView>("/api/audit?list=decisions&what=disposition");
    expect(decisions.entries).toMatchObject([{ who: "Queenie", what: "disposition SN-2" }]);
    expect((await read<AuditView>("/api/audit?list=bench")).entries).toEqual([]);
  });

  test("leaves the station as files that no spreadsheet runs and every reader of JSON reads, whole", async () => {
    for (let i = 0; i < 1100; i += 1) station.accounts.audit(hostile, `=1+${i}`, { i });
    const csv = await (await station.ask("/api/audit/file/csv", { headers: as(quinn) })).text();
    expect(csv).toContain(`'=1+17,`);
    expect(csv).not.toMatch(/\u202e|,=/);
    const json = JSON.parse(await (await station.ask("/api/audit/file/json", { headers: as(quinn) })).text());
    const seqs = (json.entries as { readonly seq: number }[]).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => seqs.length - i));
    expect(json.chain.entries).toBeGreaterThan(1100);
    const page = await read<AuditView>(`/api/audit?before=${seqs.length - 99}`);
    expect([page.entries[0]?.seq, page.entries.length, page.more]).toEqual([seqs.length - 100, 100, true]);
  });

  test("that was changed behind the program's back says so", async () => {
    const db = new DatabaseSync(join(station.dir, "station.sqlite"));
    db.exec("DROP TRIGGER action_sealed; UPDATE action SET text = text || ' ' WHERE seq = 9");
    db.close();
    expect((await read<AuditView>("/api/audit")).chain?.fault).toMatch(/action \d+ was changed/);
  });
});
