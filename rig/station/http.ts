/**
 * What every request passes: host and origin, size, session, role, CSRF token; and the headers of every answer. GET never
 * changes anything but the list of actions. What is refused is written into the list of actions, and the bench is untouched.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Account, Accounts, Role } from "./accounts.ts";
import type { Guesses } from "./guesses.ts";
import { photoTypes } from "./image.ts";
import type { Pace } from "./pace.ts";
import type { Refusals } from "./refusals.ts";
import { type Session, type Sessions, sameToken } from "./sessions.ts";
import type { Throttle } from "./throttle.ts";
import { Busy, type Turns } from "./turns.ts";

/** Over TLS with the prefix that keeps other names of the same domain from setting it (RFC 6265bis, 4.1.3: UNVERIFIED). */
export const cookieOf = ({ secure }: Pick<Door, "secure">): string => (secure ? "__Host-rig_session" : "rig_session");
/** Largest body of a request, bytes; and of a photo, which is sent as it is. */
const body_most_bytes = 64 * 1024;
export const photo_most_bytes = 8 * 2 ** 20;
const photoPath = /^\/api\/runs\/\d{1,15}\/photo$/;

export interface Variables {
  readonly account: Account;
  readonly session: Session;
  /** What was refused of this request, for the list of actions. */
  readonly refused: Readonly<Record<string, Data>>;
}

export type App = Hono<{ Variables: Variables }>;
export type Ctx = Context<{ Variables: Variables }>;

export interface Door {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Of passwords, wherever they are asked for (reauth.ts), and of the one-time code. */
  readonly guesses: Guesses;
  readonly pace: Pace;
  /** Of what only who is logged in is asked for: the passphrase of a key. */
  readonly throttle: Throttle;
  readonly refusals: Refusals;
  /** Of hashing passwords: whoever asks can make the station do it. */
  readonly turns: Turns;
  /** `host:port` under which pages may call this station: what else a browser says is a trick (DNS rebinding). */
  readonly hosts: readonly string[];
  readonly secure: boolean;
}

/** No inline script or style, nothing from elsewhere, no frame around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = (secure: boolean): Readonly<Record<string, string>> => ({
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Cache-Control": "no-store",
  ...(secure ? { "Strict-Transport-Security": "max-age=31536000" } : {}),
});

type Refused = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 500 | 503;

/** How it stands in the list of actions where nothing more exact is said. */
const kinds: Readonly<Record<Refused, string>> = {
  400: "refused: request",
  401: "refused: not logged in",
  403: "refused: not allowed",
  404: "refused: no such page",
  405: "refused: method",
  409: "refused: request",
  413: "refused: too large",
  429: "refused: too many",
  500: "failed",
  503: "refused: too many",
};

/** One line and a remedy, never a stack. It is written into the list of actions; `said`: what else stands there. */
export function refusal(
  c: Ctx,
  status: Refused,
  message: string,
  remedy = "",
  said: Readonly<Record<string, Data>> = {},
) {
  c.set("refused", { what: kinds[status], why: message.slice(0, 200), ...said });
  return c.json({ error: message, remedy }, status);
}

export function guardDoor(app: App, door: Door): void {
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(headers(door.secure))) c.header(name, value);
    const response = entry(c, door);
    if (!response) await next();
    writeDown(c, door);
    return response;
  });
  const limit = bodyLimit({
    maxSize: body_most_bytes,
    onError: (c) => refusal(c as Ctx, 413, "the request is too large"),
  });
  app.use("/api/*", (c, next) => (photoPath.test(c.req.path) ? photoSize(c, next) : limit(c, next)));
  app.use("/api/*", sameOrigin(door));
  app.onError((thrown, c) => {
    // Whoever asked has gone away, or was cut off for being slow.
    if ("code" in thrown && thrown.code === "ECONNRESET")
      return refusal(c, 400, "the request ended before it was whole");
    if (thrown instanceof Busy) {
      c.header("Retry-After", String(thrown.wait_s));
      return refusal(c, 503, thrown.message);
    }
    const error = asRigError(thrown);
    const ours = error.kind === "usage";
    if (!ours) process.stderr.write(`station: ${error.message}\n`);
    // What is typed wrongly into a page has no command whose help would say more.
    return refusal(c, ours ? 400 : 500, error.message, error.code === "USAGE" ? "" : error.remedy);
  });
  app.notFound((c) => refusal(c, 404, "there is no such page"));
}

/** What is refused whoever asks: a name that is not the station's (DNS rebinding), and what is neither reading nor asking. */
function entry(c: Ctx, door: Door): Response | undefined {
  const host = c.req.header("host") ?? "";
  if (!door.hosts.includes(host)) {
    const what = "refused: foreign host";
    const message = `this station does not answer to the name ${host.slice(0, 80)}`;
    return refusal(c, 403, message, `Use ${door.hosts[0]}.`, { what });
  }
  const { method, path } = c.req;
  if (method === "GET" || method === "POST" || (method === "HEAD" && !path.startsWith("/api/"))) return undefined;
  return refusal(c, 405, `${method.slice(0, 20)} does nothing here`);
}

function writeDown(c: Ctx, door: Door): void {
  const refused = c.get("refused") as Variables["refused"] | undefined;
  const who = (c.get("account") as Account | undefined)?.name ?? "nobody";
  if (refused === undefined) return;
  // Every page asks at its beginning who is logged in.
  if (c.req.path === "/api/me" && refused["what"] === kinds[401]) return;
  const { what, ...said } = refused;
  const address = getConnInfo(c).remote.address ?? "?";
  door.refusals.note(who, String(what), { ...said, method: c.req.method, path: c.req.path.slice(0, 200), address });
}

/** Told by its length before a byte is read: nothing is held for who is not known yet. */
const photoSize: MiddlewareHandler<{ Variables: Variables }> = async (c, next) => {
  const length = c.req.header("content-length") ?? "";
  if (!/^\d+$/.test(length)) return refusal(c, 400, "a photo is sent with its length");
  if (Number(length) > photo_most_bytes) {
    return refusal(c, 413, `the photo is too large: at most ${photo_most_bytes / 2 ** 20} MB`, "Take it smaller.");
  }
  await next();
  return undefined;
};

/** A change comes from our own page: its origin, and JSON, which a foreign form cannot send. */
function sameOrigin(door: Door): MiddlewareHandler<{ Variables: Variables }> {
  return async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      const origin = c.req.header("origin");
      const origins = door.hosts.map((host) => `${door.secure ? "https" : "http"}://${host}`);
      if (origin === undefined || !origins.includes(origin)) {
        const said = { what: "refused: foreign origin", origin: (origin ?? "").slice(0, 200) };
        return refusal(c, 403, "this request does not come from the station's own page", "", said);
      }
      const type = c.req.header("content-type") ?? "";
      const photo = photoPath.test(c.req.path);
      // A foreign form can send neither.
      if (photo && !photoTypes.some((known) => type === known)) {
        return refusal(c, 400, "a photo is a JPEG or PNG file", "Take it as JPEG, not HEIC.");
      }
      if (!photo && !type.startsWith("application/json")) return refusal(c, 400, "the request is not JSON");
    }
    await next();
    return undefined;
  };
}

/** A network that was cut delivers what was pressed meanwhile; by then a person may think that nothing happened. */
const late_max_s = 20;

/** Only for a session of one of these roles, and, for a change, with its CSRF token. Empty: every role. */
export const only = (door: Door, ...roles: readonly Role[]) => entrance(door, roles, true);

/** Also for a session that nobody has touched for long: to stop must always be possible. */
export const always = (door: Door) => entrance(door, [], false);

function entrance(door: Door, roles: readonly Role[], awake: boolean): MiddlewareHandler<{ Variables: Variables }> {
  return async (c, next) => {
    const changes = c.req.method !== "GET" && c.req.method !== "HEAD";
    const session = door.sessions.find(getCookie(c, cookieOf(door)));
    const account = session && accountOf(door, session, !awake);
    if (!session || !account || account.disabled) {
      return refusal(c, 401, "nobody is logged in, or the session has expired", "Log in again.");
    }
    c.set("account", account);
    c.set("session", session);
    if (changes && awake && !door.sessions.touch(session)) {
      return refusal(c, 401, "nobody has touched this page for half an hour", "Log in again; the run goes on.");
    }
    if (changes && !sameToken(c.req.header("x-rig-csrf") ?? "", session.csrf)) {
      return refusal(c, 403, "the page is out of date", "Reload the page.", { what: "refused: wrong token" });
    }
    const late_s = (performance.now() - Number(c.req.header("x-rig-pressed") ?? Number.NaN)) / 1000;
    if (changes && awake && late_s > late_max_s) {
      const message = `this was pressed ${Math.round(late_s)} s before it came here: nothing was done`;
      return refusal(c, 409, message, "Look at what the page shows now, and press again.", { what: "refused: late" });
    }
    if (roles.length > 0 && !roles.includes(account.role)) {
      const said = { what: "refused: role", role: account.role };
      return refusal(c, 403, `${account.name} is ${account.role}: this is for ${roles.join(" or ")}`, "", said);
    }
    if (changes && awake) {
      const wait_s = door.pace.take(account.name);
      if (wait_s > 0) return tooFast(c, wait_s);
    }
    await next();
    return undefined;
  };
}

/** For what is only read and written down all the same: a file that was taken. */
export function paced({ pace }: Door): MiddlewareHandler<{ Variables: Variables }> {
  return async (c, next) => {
    const wait_s = pace.take(c.get("account").name);
    if (wait_s > 0) return tooFast(c, wait_s);
    await next();
    return undefined;
  };
}

export function tooFast(c: Ctx, wait_s: number) {
  c.header("Retry-After", String(wait_s));
  return refusal(c, 429, `too many requests of one person: nothing was done, wait ${wait_s} s`);
}

/** What is done whatever else is: to stop, to make safe. Too many of them are written down as refusals are. */
export function noteDone(c: Ctx, { accounts, pace, refusals }: Door, what: string, detail: Detail = {}): void {
  const { name } = c.get("account");
  if (pace.take(name) > 0) refusals.note(name, what, detail);
  else accounts.auditIfPossible(name, what, detail);
}

type Detail = Readonly<Record<string, Data>>;

/** Where the accounts cannot be read, `anyway` takes them as they were last: to watch and to stop must be possible then. */
function accountOf(door: Door, session: Session, anyway: boolean): Account | undefined {
  try {
    session.account = door.accounts.account(session.name);
  } catch (error) {
    if (!anyway || session.account === undefined) throw error;
  }
  return session.account;
}

/** Whether who opened this stream may still watch. */
export function isWelcome(door: Door, c: Ctx): boolean {
  const session = door.sessions.find(getCookie(c, cookieOf(door)));
  const account = session && accountOf(door, session, true);
  return account !== undefined && !account.disabled;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The body as an object. @throws RigError USAGE */
export async function bodyOf(c: Ctx): Promise<Readonly<Record<string, unknown>>> {
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(await c.req.arrayBuffer()));
  } catch (cause) {
    throw new RigError("USAGE", "the request is no JSON in UTF-8", {}, { cause });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new RigError("USAGE", "the request is no object");
  return body as Readonly<Record<string, unknown>>;
}

/** A text of the body, 1 to `most` characters. @throws RigError USAGE */
export function textIn(body: Readonly<Record<string, unknown>>, field: string, most = 200): string {
  const value = body[field];
  if (typeof value !== "string" || value.length === 0 || value.length > most || /\p{Cs}/u.test(value)) {
    throw new RigError("USAGE", `${field}: a text of 1 to ${most} characters`);
  }
  return value;
}
