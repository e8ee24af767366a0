/** First start, login, logout, accounts. Nothing has a default password; failures are slowed down and written down. */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { RigError } from "../model/errors.ts";
import { isRole } from "./accounts.ts";
import { fromOf } from "./address.ts";
import { type App, always, bodyOf, type Ctx, cookieOf, type Door, only, refusal, textIn, tooFast } from "./http.ts";
import { mustWait, provedAgain, tryPassword } from "./reauth.ts";
import { sessions_of_account_max } from "./sessions.ts";

/** No name: it has a control character. */
const first = "\u0000first";

export function loginRoutes(app: App, door: Door): void {
  const { accounts, sessions, guesses, turns } = door;

  const enter = (c: Ctx, name: string) => {
    // Whoever used this browser before is logged out; a token from elsewhere is never taken over.
    const before = sessions.find(getCookie(c, cookieOf(door)));
    if (before) sessions.end(before);
    const oldest = sessions.oldestTooMany(name);
    if (oldest) {
      const why = `more than ${sessions_of_account_max} at once: the oldest one`;
      accounts.audit(name, "session ended", { why, since: new Date(oldest.from_ms).toISOString() });
      sessions.end(oldest);
    }
    const { token, session } = sessions.start(name);
    setCookie(c, cookieOf(door), token, { httpOnly: true, sameSite: "Strict", secure: door.secure, path: "/" });
    const account = accounts.account(name);
    return c.json({ name: account?.name, role: account?.role, csrf: session.csrf });
  };

  /** Whether the first administrator is still to be made; nothing more for who is not logged in. */
  app.get("/api/first", (c) => c.json({ first: accounts.setupCode !== undefined }));

  app.post("/api/first", async (c) => {
    const body = await bodyOf(c);
    const from = fromOf(c);
    const wait_s = guesses.wait_s(first, from);
    if (wait_s > 0) return refusal(c, 429, `too many wrong codes: wait ${wait_s} s`);
    const [code, name, secret] = [textIn(body, "code"), textIn(body, "name"), textIn(body, "secret")];
    const inTurn = turns.take(from.own);
    guesses.failed(first, from);
    const account = await inTurn(() => accounts.setUp(code, name, secret));
    guesses.succeeded(first, from);
    return enter(c, account.name);
  });

  app.post("/api/login", async (c) => {
    const body = await bodyOf(c);
    const name = textIn(body, "name", 64);
    const secret = textIn(body, "secret");
    const tried = await tryPassword(c, door, name, secret);
    if ("wait_s" in tried) return mustWait(c, tried.wait_s);
    if ("wrong" in tried) {
      return refusal(c, 401, "name or password is wrong", "", { what: "login failed", name });
    }
    const { account } = tried;
    const wait_s = door.pace.take(account.name);
    if (wait_s > 0) return tooFast(c, wait_s);
    accounts.audit(account.name, "login");
    return enter(c, account.name);
  });

  app.get("/api/me", only(door), (c) => {
    const { name, role } = c.get("account");
    return c.json({ name, role, csrf: c.get("session").csrf });
  });

  app.post("/api/logout", always(door), (c) => {
    sessions.end(c.get("session"));
    accounts.auditIfPossible(c.get("account").name, "logout");
    deleteCookie(c, cookieOf(door), { path: "/", secure: door.secure });
    return c.json({});
  });

  app.get("/api/accounts", only(door, "administrator"), (c) => c.json(accounts.list()));

  app.post("/api/accounts", only(door, "administrator"), async (c) => {
    const body = await bodyOf(c);
    const role = body["role"];
    if (!isRole(role)) throw new RigError("USAGE", "role: technician, engineer, qa or administrator");
    const [by, name, secret] = [c.get("account").name, textIn(body, "name"), textIn(body, "secret")];
    return c.json(await turns.take(fromOf(c).own)(() => accounts.create(by, name, role, secret)));
  });

  app.post("/api/accounts/change", only(door, "administrator"), async (c) => {
    const body = await bodyOf(c);
    const { role, disabled } = body;
    if (role !== undefined && !isRole(role))
      throw new RigError("USAGE", "role: technician, engineer, qa or administrator");
    if (disabled !== undefined && typeof disabled !== "boolean") throw new RigError("USAGE", "disabled: true or false");
    const name = textIn(body, "name");
    accounts.change(c.get("account").name, name, {
      ...(role === undefined ? {} : { role }),
      ...(disabled === undefined ? {} : { disabled }),
    });
    if (disabled === true) sessions.endAllOf(accounts.account(name)?.name ?? name);
    return c.json(accounts.account(name));
  });

  /** One's own; asks for the old one. Every other session of the account ends. */
  app.post("/api/secret", only(door), async (c) => {
    const body = await bodyOf(c);
    const { name } = c.get("account");
    const no = await provedAgain(c, door, textIn(body, "old"), "password change");
    if (no) return no;
    const secret = textIn(body, "secret");
    await turns.take(fromOf(c).own)(() => accounts.setSecret(name, name, secret));
    sessions.endAllOf(name);
    guesses.changed(name, fromOf(c));
    return enter(c, name);
  });
}
