/** What the door lets in: each attack below is refused, written down, and the bench is untouched. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Accounts } from "../../../rig/station/accounts.ts";
import { as, job, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

let station: TestStation;
let tina: Visitor;
let queenie: Visitor;
let root: Visitor;

beforeAll(async () => {
  station = await TestStation.open(["Tina", "Queenie"]);
  [tina, queenie, root] = [await login("Tina"), await login("Queenie"), await login("Root")];
});

afterAll(() => station.close());

const login: TestStation["login"] = (name) => station.login(name);
const ask: TestStation["ask"] = (...of) => station.ask(...of);
const post: TestStation["post"] = (...of) => station.post(...of);

test("a weak password does not use up the one-time code, and wrong codes are slowed down", async () => {
  const other = mkdtempSync(join(tmpdir(), "rig-station-first-"));
  const fresh = await Accounts.open(other);
  try {
    const code = fresh.setupCode ?? "";
    await expect(fresh.setUp(code, "Root", "short")).rejects.toThrow(/8 to 200 characters/);
    await expect(fresh.setUp("WRONGCOD", "Root", secretOf("Root"))).rejects.toThrow(/wrong or used/);
    expect((await fresh.setUp(code, "Root", secretOf("Root"))).role).toBe("administrator");
    await expect(fresh.setUp(code, "Eve", secretOf("Root"))).rejects.toThrow(/wrong or used/);
  } finally {
    fresh.close();
    rmSync(other, { recursive: true, force: true });
  }
  const tries = [];
  for (let i = 0; i < 7; i += 1)
    tries.push((await post("/api/first", { code: "WRONGCOD", name: "E", secret: "x" })).status);
  expect([tries[0], tries.at(-1)]).toEqual([400, 429]);
});

test("a stranger reads nothing and changes nothing", async () => {
  for (const path of [
    "/api/me",
    "/api/catalogue",
    "/api/runs",
    "/api/live",
    "/api/accounts",
    "/api/runs/1",
    "/api/runs/1/series?name=x",
    "/api/runs/1/series.csv?name=x",
    "/api/choices",
    "/api/measurements",
    "/api/trend?id=x",
    "/api/compare?baseline=1&run=2",
    "/api/audit",
    "/api/audit/file/csv",
    "/api/runs/1/report/html",
  ]) {
    expect({ path, status: (await ask(path)).status }).toEqual({ path, status: 401 });
  }
  const changes = ["/api/start", "/api/stop", "/api/safe", "/api/answer", "/api/accounts", "/api/logout"];
  for (const path of [...changes, "/api/runs/1/sign", "/api/runs/1/dispose"]) {
    expect({ path, status: (await post(path, job)).status }).toEqual({ path, status: 401 });
  }
  expect(station.started).toEqual([]);
});

test("a serial number that no program could be given is refused before one is started", async () => {
  for (const serial of ["SN\u0000-1", "SN\n-1", "SN\u202e-1"]) {
    expect((await post("/api/start", { ...job, serial }, as(tina))).status).toBe(400);
    expect((await post("/api/prepare", { ...job, serial }, as(tina))).status).toBe(400);
  }
  expect(station.started).toEqual([]);
});

test("a foreign page cannot act with the cookie of somebody who is logged in", async () => {
  const tries: Record<string, Record<string, string>> = {
    "another origin": { ...as(tina), origin: "http://evil.example" },
    "no origin": { ...as(tina), origin: "" },
    "origin null": { ...as(tina), origin: "null" },
    "no token": { cookie: tina.cookie },
    "another's token": { cookie: tina.cookie, "x-rig-csrf": "A".repeat(43) },
    "a name that was rebound": { ...as(tina), host: "evil.example:8420" },
  };
  for (const [name, headers] of Object.entries(tries)) {
    expect({ name, status: (await post("/api/start", job, headers)).status }).toEqual({ name, status: 403 });
  }
  expect((await post("/api/start", job, { ...as(tina), "content-type": "text/plain" })).status).toBe(400);
  expect(station.started).toEqual([]);
  expect(station.accounts.actions(20).map(({ what }) => what)).toContain("refused: foreign origin");
});

test("nothing changes by GET", async () => {
  for (const path of ["/api/start", "/api/stop", "/api/safe", "/api/answer", "/api/logout", "/api/secret"]) {
    expect({ path, status: (await ask(path, { headers: as(tina) })).status }).toEqual({ path, status: 404 });
  }
  expect((await ask("/api/me", { headers: as(tina) })).status).toBe(200);
});

test("roles are held: QA starts nothing, a technician makes no accounts; both are written down", async () => {
  expect((await post("/api/start", job, as(queenie))).status).toBe(403);
  expect(
    (await post("/api/accounts", { name: "X", role: "administrator", secret: "12345678a" }, as(tina))).status,
  ).toBe(403);
  expect(station.started).toEqual([]);
  expect(station.accounts.list().map(({ name }) => name)).toEqual(["Queenie", "Root", "Tina"]);
  expect(station.accounts.actions(2).map(({ who, what }) => [who, what])).toEqual([
    ["Tina", "refused: role"],
    ["Queenie", "refused: role"],
  ]);
});

test.each([
  ["no JSON", "{", 400],
  ["a list", "[]", 400],
  ["a field missing", { procedure: "incoming", adapter: "generic-a-pass" }, 400],
  ["an unknown procedure", { ...job, procedure: "--store=/etc" }, 400],
  ["an adapter that is a path", { ...job, adapter: "../../etc/passwd.yaml" }, 400],
  ["an option for a serial number", { ...job, serial: "" }, 400],
  ["a body of 1 MB", { ...job, serial: "A".repeat(1_000_000) }, 413],
])("a start with %s is refused with one line", async (_, body, status) => {
  const answer = await post("/api/start", body, as(tina));
  expect(answer.status).toBe(status);
  const { error, remedy } = (await answer.json()) as { error: string; remedy: string };
  expect(error).not.toMatch(/\n|at .*\.ts/);
  // Of a command, which nobody on a page has typed.
  expect(remedy).not.toMatch(/--help/);
  expect(station.started).toEqual([]);
});

test.each([
  "/../package.json",
  "/%2e%2e/package.json",
  "/..%2f..%2fetc/passwd",
  "/api/runs/1/report/../../x",
  "/api/runs/1%00/report/html",
])("%s leads nowhere", async (path) => {
  expect([400, 404]).toContain((await ask(path, { headers: as(tina) })).status);
});

test("guessing is slowed down, for the account and for the address, and a right password waits too", async () => {
  const known = await Promise.all(
    Array.from({ length: 5 }, () => post("/api/login", { name: "Tina", secret: "wrong one" })),
  );
  expect(known.map(({ status }) => status)).toContain(401);
  const late = await post("/api/login", { name: "Tina", secret: secretOf("Tina") });
  expect({ status: late.status, wait: Number(late.headers.get("retry-after")) > 0 }).toEqual({
    status: 429,
    wait: true,
  });
  station.now_ms += 901_000;
  tina = await login("Tina");
});

test("a password of a real station is kept by scrypt at the cost that OWASP advises", async () => {
  const dir = mkdtempSync(join(tmpdir(), "rig-station-cost-"));
  const real = await Accounts.open(dir);
  try {
    await real.setUp(real.setupCode ?? "", "Root", secretOf("Root"));
    expect((await real.verify("root", secretOf("Root")))?.name).toBe("Root");
  } finally {
    real.close();
  }
  expect(readFileSync(join(dir, "station.sqlite")).includes("scrypt$131072$8$1$")).toBe(true);
  rmSync(dir, { recursive: true, force: true });
});

test("an unknown name and a wrong password look alike", async () => {
  const [one, other] = [
    await post("/api/login", { name: "Nobody", secret: "x" }),
    await post("/api/login", { name: "Root", secret: "x" }),
  ];
  expect([one.status, await one.text()]).toEqual([other.status, await other.text()]);
  station.now_ms += 901_000;
});

test("a session that nobody touched for half an hour may watch and stop, and nothing else", async () => {
  expect((await post("/api/start", job, as(tina))).status).toBe(200);
  expect(station.started).toEqual([["run", "incoming"]]);
  station.now_ms += 31 * 60_000;
  expect((await ask("/api/me", { headers: as(tina) })).status).toBe(200);
  expect((await post("/api/answer", { number: 1, answer: true }, as(tina))).status).toBe(401);
  expect((await post("/api/stop", {}, as(tina))).status).toBe(200);
  expect(station.stops).toBe(1);
  station.now_ms += 12 * 3600_000;
  expect((await ask("/api/me", { headers: as(tina) })).status).toBe(401);
});

test("a token that was logged out is dead, and so are the sessions of an account that was disabled", async () => {
  const tina = await login("Tina");
  const again = await login("Tina");
  expect((await post("/api/logout", {}, as(tina))).status).toBe(200);
  expect((await ask("/api/me", { headers: as(tina) })).status).toBe(401);
  root = await login("Root");
  expect((await post("/api/accounts/change", { name: "tina", disabled: true }, as(root))).status).toBe(200);
  expect((await ask("/api/me", { headers: as(again) })).status).toBe(401);
  expect((await post("/api/login", { name: "Tina", secret: secretOf("Tina") })).status).toBe(401);
  expect((await post("/api/accounts/change", { name: "Root", disabled: true }, as(root))).status).toBe(400);
});

test("every answer forbids inline script, frames and guessing of types", async () => {
  for (const path of ["/", "/api/me", "/nothing"]) {
    const { headers } = await ask(path);
    expect(headers.get("content-security-policy")).toMatch(/script-src 'self'; style-src 'self'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe/);
    expect(headers.get("content-security-policy")).toMatch(/frame-ancestors 'none'/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("what was pressed long before it came is refused, but for STOP and making safe", async () => {
  const now = await login("Root");
  const pressed = (s: number) => ({ ...as(now), "x-rig-pressed": String(performance.now() - 1000 * s) });
  const body = { name: "Late", role: "qa", secret: "12345678a" };
  const late = await post("/api/accounts", body, pressed(25));
  expect([late.status, ((await late.json()) as { error: string }).error]).toEqual([
    409,
    "this was pressed 25 s before it came here: nothing was done",
  ]);
  expect(station.accounts.account("Late")).toBeUndefined();
  expect((await post("/api/accounts", body, pressed(1))).status).toBe(200);
  expect((await post("/api/stop", {}, pressed(25))).status).not.toBe(409);
  expect((await post("/api/safe", {}, pressed(25))).status).not.toBe(409);
});
