/**
 * The station's own file is full, locked, gone, read-only or damaged: what cannot be written down is not done, and is said in one
 * line; to stop, to make safe and to log out always work.
 */
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Accounts } from "../../../rig/station/accounts.ts";
import { as, job, secretOf, TestStation, type Visitor } from "./doorFixture.ts";
import { allParts, table } from "./routeTable.ts";

let station: TestStation;
let effects: string[];
let tina: Visitor;
let root: Visitor;
let said: string;
let mend: () => void;

beforeEach(async () => {
  effects = [];
  mend = () => undefined;
  station = await TestStation.open(["Tina"], allParts(effects));
  [tina, root] = [await station.login("Tina"), await station.login("Root")];
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  mend();
  vi.restoreAllMocks();
  station.close();
});

const file = (): string => join(station.dir, "station.sqlite");
interface Database {
  exec(sql: string): void;
  close(): void;
}
const own = (): Database => (station.accounts as unknown as { db: Database }).db;

const faults: readonly (readonly [string, () => void])[] = [
  [
    "full",
    () => {
      // As on a full disk: no page more.
      own().exec(`PRAGMA wal_checkpoint(TRUNCATE); PRAGMA max_page_count = ${statSync(file()).size / 4096}`);
      for (const size of [200, 50, 1])
        for (let i = 0; i < 40; i += 1) station.accounts.auditIfPossible("x", "y".repeat(size));
    },
  ],
  ["read-only", () => own().exec("PRAGMA query_only = 1")],
  [
    "locked by another program",
    () => {
      // By the same copy of SQLite: two copies in one process do not see each other's locks.
      const Connection = own().constructor as new (path: string) => Database;
      const other = new Connection(file());
      other.exec("BEGIN IMMEDIATE");
      mend = () => other.close();
    },
  ],
  [
    "moved away",
    () => {
      renameSync(file(), `${file()}.old`);
      mend = () => renameSync(`${file()}.old`, file());
    },
  ],
];

describe.each(faults)("a station.sqlite that is %s", (_, fail) => {
  test("refuses every action with one line, and nothing of it is done", async () => {
    fail();
    const actions: readonly (readonly [string, unknown, Visitor])[] = [
      ["/api/start", job, tina],
      ["/api/accounts", { name: "Eve", role: "administrator", secret: "12345678a" }, root],
      ["/api/accounts/change", { name: "Tina", disabled: true }, root],
      ["/api/secret", { old: secretOf("Tina"), secret: "new-87654321" }, tina],
      ["/api/login", { name: "Tina", secret: secretOf("Tina") }, { cookie: "", csrf: "" }],
      ["/api/note", { text: "hello" }, tina],
    ];
    for (const [path, body, who] of actions) {
      const answer = await station.post(path, body, as(who));
      const { error } = (await answer.json()) as { readonly error: string };
      expect({ path, status: answer.status }).toEqual({ path, status: 500 });
      expect(error).toMatch(/station\.sqlite/);
      expect(error).not.toMatch(/\n|\bat .*\.ts/);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect([station.started, effects]).toEqual([[], []]);
    mend();
    mend = () => undefined;
    expect(station.accounts.list().map(({ name, disabled }) => [name, disabled])).toEqual([
      ["Root", false],
      ["Tina", false],
    ]);
    expect((await station.accounts.verify("Tina", secretOf("Tina")))?.name).toBe("Tina");
  });

  test("stops a run, makes the bench safe and logs out all the same, and says that it is not written down", async () => {
    expect((await station.post("/api/start", job, as(tina))).status).toBe(200);
    fail();
    said = "";
    expect((await station.post("/api/stop", {}, as(tina))).status).toBe(200);
    expect(station.stops).toBe(1);
    expect(said).toMatch(/^station: done but not written down: stop asked by Tina: .*station\.sqlite.*\n$/);
    expect((await station.post("/api/logout", {}, as(root))).status).toBe(200);
    expect((await station.ask("/api/me", { headers: as(root) })).status).toBe(401);
  });

  test("stays refused what is refused, and is complained of once, not at each try", async () => {
    fail();
    said = "";
    for (let i = 0; i < 3; i += 1)
      expect((await station.post("/api/start", job, { cookie: tina.cookie })).status).toBe(403);
    expect(said.match(/could not be written down/g)).toHaveLength(1);
  });
});

test("where not even the accounts can be read, who is logged in can stop; nothing else goes", async () => {
  await station.post("/api/start", job, as(tina));
  vi.spyOn(station.accounts, "account").mockImplementation(() => {
    throw new Error("database disk image is malformed");
  });
  expect((await station.post("/api/stop", {}, as(tina))).status).toBe(200);
  expect(station.stops).toBe(1);
  for (const [name, { open, bare }] of Object.entries(table)) {
    const [method = "", path = ""] = name.split(" ");
    if (open || bare || name === "POST /api/manual/alive") continue;
    const real = path.replace(":run", "1").replace(/:\w+/g, "x");
    const headers = { ...as(tina), "content-type": path.endsWith("photo") ? "image/png" : "application/json" };
    const answer = method === "GET" ? await station.ask(real, { headers }) : await station.post(real, {}, headers);
    expect({ name, refused: answer.status >= 400 }).toEqual({ name, refused: true });
  }
});

describe("at the start", () => {
  const opened = async (spoil: (path: string) => void) => {
    const dir = mkdtempSync(join(tmpdir(), "rig-station-bad-"));
    try {
      const accounts = await Accounts.open(dir, { N: 16, r: 8, p: 1 });
      await accounts.setUp(accounts.setupCode ?? "", "Root", secretOf("Root"));
      for (let i = 0; i < 100; i += 1) accounts.audit("x", "y");
      accounts.close();
      spoil(join(dir, "station.sqlite"));
      await Accounts.open(dir);
      return "opened";
    } catch (error) {
      return (error as Error).message;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };

  test.each<[string, (path: string) => void]>([
    ["another file", (path) => writeFileSync(path, "hello, this is no database at all".repeat(200))],
    ["one that was cut off", (path) => truncateSync(path, 6000)],
  ])("%s in its place is refused with one line that names it: nobody becomes administrator anew", async (_, spoil) => {
    const why = await opened(spoil);
    expect(why).toMatch(/station\.sqlite/);
    expect(why).not.toContain("\n");
  });
});
