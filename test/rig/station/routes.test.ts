/** Every route of the station against everything that is not allowed: refused, written down, and the bench untouched. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Pace } from "../../../rig/station/pace.ts";
import { as, host, job, origin, type Person, TestStation, type Visitor } from "./doorFixture.ts";
import { allParts, type Entry, table } from "./routeTable.ts";

const everybody = ["Root", "Tina", "Egon", "Queenie"] as const;
const roleOf = { Root: "administrator", Tina: "technician", Egon: "engineer", Queenie: "qa" } as const;

let station: TestStation;
let visitors: Record<Person, Visitor>;
/** What reached anything behind the door. */
let effects: string[];

beforeAll(fresh);
afterAll(() => station.close());
beforeEach(() => effects.splice(0));

/** A station that nobody has used. */
async function fresh(): Promise<void> {
  effects = [];
  // Nobody is as fast as these tests (pace.test.ts).
  const pace = new Pace(() => 0, 1_000_000);
  station = await TestStation.open(everybody, { ...allParts(effects), pace });
  const [Root, Tina, Egon, Queenie] = [
    await station.login("Root"),
    await station.login("Tina"),
    await station.login("Egon"),
    await station.login("Queenie"),
  ];
  visitors = { Root, Tina, Egon, Queenie };
}

async function anew(): Promise<void> {
  station.close();
  await fresh();
}

interface Route extends Entry {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
}

const routes: readonly Route[] = Object.entries(table).map(([name, entry]) => {
  const [method = "", path = ""] = name.split(" ");
  const real = path.replace(":run", "1").replace(":format", "html").replace(/:\w+/g, "x");
  return { ...entry, name, method: method as "GET" | "POST", path: real };
});
const closed = routes.filter(({ open }) => !open);
const changing = closed.filter(({ method }) => method === "POST");

const mayUse = ({ roles }: Route, person: Person): boolean => roles === undefined || roles.includes(roleOf[person]);
const somebody = (route: Route): Person => everybody.find((one) => mayUse(route, one)) ?? "Root";

/** As the page would ask, but for `headers`; of a stream only the beginning. */
async function ask(route: Route, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer> = "{}") {
  const type = route.type ?? "application/json";
  const size = route.type ? { "content-length": String(body.length) } : {};
  const init =
    route.method === "GET"
      ? { headers }
      : { method: "POST", body, headers: { origin, "content-type": type, ...size, ...headers } };
  const answer = await station.ask(route.path, init);
  const text = answer.headers.get("content-type") === "text/event-stream" ? "" : await answer.text();
  if (text === "") await answer.body?.cancel();
  return { status: answer.status, text };
}

const untouched = () =>
  expect({ effects, started: station.started, stops: station.stops }).toEqual({ effects: [], started: [], stops: 0 });

test("every route stands in the table with who may use it, and nothing else does", () => {
  const real = station.app.routes
    .filter(({ method, path }) => method !== "ALL" && !path.endsWith("*"))
    .map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(real)].sort()).toEqual(Object.keys(table).sort());
});

describe.each(closed)("$name", (route) => {
  test("is closed to who is not logged in, has an invented session, or the session of a disabled account", async () => {
    expect((await ask(route, {})).status).toBe(401);
    expect((await ask(route, { cookie: `rig_session=${"A".repeat(43)}` })).status).toBe(401);
    expect((await ask(route, { cookie: "rig_session=; __proto__=1", "x-rig-csrf": "" })).status).toBe(401);
    const person = somebody(route);
    if (person !== "Root") station.accounts.change("Root", person, { disabled: true });
    if (person !== "Root") expect((await ask(route, as(visitors[person]))).status).toBe(401);
    station.accounts.change("Root", person, { disabled: false });
    untouched();
  });

  test("lets in exactly its roles", async () => {
    for (const person of everybody) {
      const { status } = await ask(route, as(visitors[person]));
      if (mayUse(route, person))
        expect({ person, refused: status === 401 || status === 403 }).toEqual({ person, refused: false });
      else expect({ person, status }).toEqual({ person, status: 403 });
    }
    if (route.name === "POST /api/logout") await anew();
  });
});

describe.each(changing)("$name", (route) => {
  test("takes nothing from another page, and no token but that of this very session", async () => {
    const person = somebody(route);
    const mine = visitors[person];
    const again = await station.login(person);
    const other = visitors[everybody.find((one) => one !== person) ?? "Root"];
    const gone = await station.login(person);
    await station.post("/api/logout", {}, as(gone));
    const tries: Record<string, readonly [Record<string, string>, number]> = {
      "another origin": [{ ...as(mine), origin: "http://evil.example" }, 403],
      "an origin that begins alike": [{ ...as(mine), origin: `${origin}.evil.example` }, 403],
      "another port": [{ ...as(mine), origin: "http://127.0.0.1:1" }, 403],
      "https for http": [{ ...as(mine), origin: origin.replace("http:", "https:") }, 403],
      "no origin": [{ ...as(mine), origin: "" }, 403],
      "origin null": [{ ...as(mine), origin: "null" }, 403],
      "a rebound name": [{ ...as(mine), host: "evil.example:8420" }, 403],
      "no token": [{ cookie: mine.cookie }, 403],
      "an empty token": [{ cookie: mine.cookie, "x-rig-csrf": "" }, 403],
      "the token of another person": [{ cookie: mine.cookie, "x-rig-csrf": other.csrf }, 403],
      "the token of an earlier session of the same person": [{ cookie: again.cookie, "x-rig-csrf": mine.csrf }, 403],
      "a session that was logged out, with its token": [as(gone), 401],
      "a token in place of the cookie": [{ cookie: `rig_session=${mine.csrf}`, "x-rig-csrf": mine.csrf }, 401],
      "another type": [{ ...as(mine), "content-type": "text/plain" }, 400],
      "a form": [{ ...as(mine), "content-type": "application/x-www-form-urlencoded" }, 400],
    };
    for (const [name, [headers, status]] of Object.entries(tries)) {
      expect({ name, status: (await ask(route, headers)).status }).toEqual({ name, status });
    }
    untouched();
    // An account has so many sessions (sessions.test.ts); its first one is the next test's.
    await station.post("/api/logout", {}, as(again));
  });

  test("is not reached by any other method, nor by GET with a word for one", async () => {
    const headers = { ...as(visitors[somebody(route)]), origin, "content-type": "application/json" };
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"]) {
      const { status } = await station.ask(route.path, { method, headers });
      expect({ method, status }).toEqual({ method, status: 405 });
    }
    const { status } = await station.ask(`${route.path}?_method=POST`, {
      headers: { ...headers, "x-http-method-override": "POST", "x-http-method": "POST" },
    });
    const alsoRead = Object.hasOwn(table, route.name.replace("POST", "GET"));
    if (!alsoRead) expect([400, 404]).toContain(status);
    untouched();
  });
});

const deep = (n: number): string => `${'{"a":'.repeat(n)}1${"}".repeat(n)}`;
const hostile: Record<string, string | Uint8Array<ArrayBuffer>> = {
  "nothing at all": "",
  "half of JSON": '{"name": "x"',
  "a list": "[]",
  "a number": "1",
  null: "null",
  "a text": '"x"',
  "bytes that are no UTF-8": new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  "NUL bytes": new Uint8Array(64),
  "9,000 levels": deep(9000),
  "9,000 lists": `${"[".repeat(9000)}${"]".repeat(9000)}`,
  __proto__of: '{"__proto__": {"name": "Root", "role": "administrator", "serial": "x", "answer": true}}',
  "constructor.prototype": '{"constructor": {"prototype": {"role": "administrator"}}}',
  "huge numbers": '{"number": 1e999, "answer": -1e999, "name": 1e308, "before": 1e999, "wanted": 1e999}',
  "objects for texts":
    '{"name": {}, "secret": [], "role": {}, "procedure": {}, "adapter": [], "serial": {}, "text": {}}',
  "lone halves of characters":
    '{"name": "\\ud800", "secret": "\\udfff\\udfff12345678", "serial": "\\ud800", "text": "\\ud800"}',
  "64 kB and more": JSON.stringify({ name: "x".repeat(70_000) }),
};

describe.each(routes.filter(({ method, bare, type }) => method === "POST" && !bare && !type))("$name", (route) => {
  test.each(Object.entries(hostile))("refuses %s with one line", async (_, body) => {
    const headers = route.open ? {} : as(visitors[somebody(route)]);
    const { status, text } = await ask(route, headers, body);
    expect(route.open ? [400, 401, 413, 429] : [400, 413]).toContain(status);
    const { error } = JSON.parse(text) as { readonly error: string };
    expect(error).not.toMatch(/\n|\bat .*\.ts/);
    untouched();
  });
});

describe("a path", () => {
  const traps = [
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2f..%2fetc%2fpasswd",
    "/%252e%252e%252fetc%252fpasswd",
    "/..\\..\\etc\\passwd",
    "/..%5c..%5cetc%5cpasswd",
    "/assets/%00",
    "//etc/passwd",
    "/api/../etc/passwd",
    "/%c0%ae%c0%ae/etc/passwd",
    "/station.sqlite",
    "/api",
    "/api/",
    "/API/me",
    "/api/runs/1/report/..%2f..%2fstation.sqlite",
    "/api/runs/1%00/report/html",
    "/api/runs/-1/report/html",
    "/api/runs/1e3/report/html",
    "/api/runs/1.5/report/html",
    `/api/runs/${"9".repeat(400)}/report/html`,
    "/api/runs/0x1/after",
    "/api/runs/NaN/after",
    "/api/runs/%2e%2e/label",
  ];
  test.each(traps)("%s leads nowhere", async (path) => {
    const answer = await station.ask(path, { headers: as(visitors.Root) });
    expect([400, 404]).toContain(answer.status);
    expect(await answer.text()).not.toMatch(/root:|sqlite format|\bat .*\.ts/i);
    expect(effects).toEqual([]);
  });

  test.each([
    "/api/runs?before=1e999",
    "/api/runs?before=-1",
    "/api/runs?before=1;DROP TABLE run",
    "/api/runs?verdict=__proto__",
    "/api/runs?verdict=pass%00",
    `/api/label?text=${"x".repeat(5000)}`,
    "/api/label?text=%00",
    "/api/label",
  ])("%s is refused", async (path) => {
    expect((await station.ask(path, { headers: as(visitors.Tina) })).status).toBe(400);
  });
});

describe("the list of actions", () => {
  beforeEach(anew);

  test("has every kind of refusal, with who, from where and what it was about", async () => {
    const { Tina } = visitors;
    await station.ask("/api/runs", {}, "10.0.0.9");
    await station.post("/api/start", job, as(visitors.Queenie));
    await station.post("/api/start", job, { ...as(Tina), origin: "http://evil.example" });
    await station.post("/api/start", job, { cookie: Tina.cookie });
    await station.ask("/api/me", { headers: { host: "evil.example" } });
    await station.ask("/..%2fetc", { headers: as(Tina) });
    await station.ask("/api/me", { method: "DELETE" });
    await station.post("/api/start", "{", as(Tina));
    await station.post("/api/start", "x".repeat(70_000), as(Tina));
    await station.post("/api/login", { name: "Root", secret: "guess-4711" });
    for (let i = 0; i < 6; i += 1) await station.post("/api/login", { name: "Egon", secret: "guess-4711" });
    expect(new Set(station.written(50).filter((line) => /refused|failed/.test(line)))).toEqual(
      new Set([
        "nobody: refused: not logged in",
        "Queenie: refused: role",
        "nobody: refused: foreign origin",
        "Tina: refused: wrong token",
        "nobody: refused: foreign host",
        "nobody: refused: no such page",
        "nobody: refused: method",
        "Tina: refused: request",
        "nobody: refused: too large",
        "nobody: login failed",
        "nobody: refused: too many",
      ]),
    );
    const stranger = station.accounts.actions(50).find(({ what }) => what === "refused: not logged in");
    expect(stranger?.detail).toMatchObject({ address: "10.0.0.9", method: "GET", path: "/api/runs" });
    const guess = station.accounts.actions(50).find(({ what }) => what === "login failed");
    expect(JSON.stringify(guess)).not.toContain("4711");
  });

  test("does not grow with an attack: the first ones stand there in full, then the number of those left out", async () => {
    for (let i = 0; i < 3000; i += 1) await station.ask(`/api/runs?try=${i}`, { headers: { host } });
    expect(station.written(5000).filter((line) => line === "nobody: refused: not logged in")).toHaveLength(20);
    station.now_ms += 5 * 60_000;
    await station.ask("/api/runs", {});
    const [last] = station.accounts.actions(1);
    expect(last).toMatchObject({ what: "refused: not logged in", detail: { left_out: 2980 } });
  });
});

describe("a session", () => {
  beforeEach(anew);

  test("is given by the station only: a token that came before the login is worth nothing after it", async () => {
    const planted = `rig_session=${"B".repeat(43)}`;
    const answer = await station.post("/api/login", { name: "Tina", secret: "87654321" }, { cookie: planted });
    const set = answer.headers.get("set-cookie") ?? "";
    expect(set).not.toContain("BBBB");
    expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Strict/);
    expect(set).not.toMatch(/Domain=|Max-Age|Expires/);
    expect((await station.ask("/api/me", { headers: { cookie: planted } })).status).toBe(401);
  });

  test("of whoever used the browser before ends with the next login in it", async () => {
    const { Tina } = visitors;
    await station.post("/api/login", { name: "Egon", secret: "engineer-1" }, { cookie: Tina.cookie });
    expect((await station.ask("/api/me", { headers: { cookie: Tina.cookie } })).status).toBe(401);
  });
});

describe("guessing", () => {
  beforeEach(anew);

  test("of many accounts from one address is slowed down, and one's own password in between does not help", async () => {
    let waited = 0;
    for (let i = 0; i < 40; i += 1) {
      await station.post("/api/login", { name: `Person ${i}`, secret: "12345678" }, {}, "10.0.0.9");
      const own = await station.post("/api/login", { name: "Tina", secret: "87654321" }, {}, "10.0.0.9");
      if (own.status === 429) waited += 1;
    }
    expect(waited).toBeGreaterThan(15);
    expect((await station.post("/api/login", { name: "Tina", secret: "87654321" }, {}, "10.0.0.7")).status).toBe(200);
  });

  test("is forgotten after a quarter of an hour without any", async () => {
    for (let i = 0; i < 8; i += 1) await station.post("/api/login", { name: "Tina", secret: "12345678" });
    station.now_ms += 2 * 900_000;
    const tries = [];
    for (let i = 0; i < 4; i += 1) tries.push((await station.post("/api/login", { name: "Tina", secret: "x" })).status);
    expect(tries).toEqual([401, 401, 401, 401]);
  });
});
