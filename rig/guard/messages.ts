/** The messages of the controller to the guard, checked by hand: the guard loads nothing it can do without. */
import type { JsonObject } from "../../drivers/gpio/jsonLines.ts";
import type { PortAddress } from "../../drivers/port/open.ts";
import type { SafeRecipe, SafeStep } from "../kinds/kinds.ts";
import { canonical, type Data } from "../model/data.ts";

export type Message =
  | { readonly do: "hello"; readonly id: number; readonly pid: number }
  | { readonly do: "arm"; readonly id: number; readonly recipes: readonly Recipe[] }
  | { readonly do: "enable"; readonly id: number; readonly on: boolean }
  | { readonly do: "release"; readonly id: number }
  | { readonly do: "beat" };

/** A recipe in bytes, its port checked. */
export interface Recipe {
  readonly name: string;
  readonly address: PortAddress;
  /** Equal for recipes on one line. */
  readonly key: string;
  readonly quiet_ms: number;
  readonly poison: Uint8Array;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly rank: 1 | 2 | 3 | 4;
  readonly send: Uint8Array;
  readonly expect: Uint8Array | undefined;
  readonly deadline_ms: number;
}

const RECIPES_max = 64;
const STEPS_max = 64;
const FRAME_max_bytes = 4096;
const QUIET_max_ms = 1000;
const STEP_max_ms = 5000;

/** A refusal: what is wrong, in words. */
export class Refused extends Error {
  override readonly name = "Refused";
}

function refuse(why: string): never {
  throw new Refused(why);
}

/** @throws Refused for anything that is not exactly a known message. */
export function parseMessage(object: JsonObject): Message {
  const what = object["do"];
  if (what === "beat") return { do: "beat" };
  const id = object["id"];
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return refuse("a message needs a whole number as id");
  switch (what) {
    case "hello": {
      const pid = object["pid"];
      if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 2) return refuse(`${String(pid)} is no pid`);
      return { do: "hello", id, pid };
    }
    case "arm":
      return { do: "arm", id, recipes: parseRecipes(object["recipes"]) };
    case "enable": {
      const on = object["on"];
      return typeof on === "boolean" ? { do: "enable", id, on } : refuse("enable needs on: true or false");
    }
    case "release":
      return { do: "release", id };
    default:
      return refuse(`unknown message ${JSON.stringify(what)?.slice(0, 40)}`);
  }
}

export function parseRecipes(value: unknown): readonly Recipe[] {
  if (!Array.isArray(value)) return refuse("recipes must be a list");
  if (value.length > RECIPES_max) return refuse(`more than ${RECIPES_max} recipes`);
  return value.map((entry, index) => parseRecipe(entry, index));
}

function parseRecipe(value: unknown, index: number): Recipe {
  const recipe = fields(value, `recipe ${index}`) as Partial<SafeRecipe>;
  const name = typeof recipe.name === "string" ? recipe.name.slice(0, 80) : `recipe ${index}`;
  if (!Array.isArray(recipe.steps) || recipe.steps.length === 0) return refuse(`${name}: it has no steps`);
  if (recipe.steps.length > STEPS_max) return refuse(`${name}: more than ${STEPS_max} steps`);
  const address = parseAddress(recipe.port, name);
  return {
    name,
    address,
    key: canonical(address as unknown as Data),
    quiet_ms: within(recipe.quiet_ms, 0, QUIET_max_ms, `${name}: quiet_ms`),
    poison: parseHex(recipe.poison_hex, `${name}: poison_hex`, true),
    steps: recipe.steps.map((step, at) => parseStep(step, `${name}, step ${at}`)),
  };
}

function parseStep(value: unknown, where: string): Step {
  const step = fields(value, where) as Partial<SafeStep>;
  const { rank } = step;
  if (rank !== 1 && rank !== 2 && rank !== 3 && rank !== 4) return refuse(`${where}: rank must be 1, 2, 3 or 4`);
  return {
    rank,
    send: parseHex(step.send_hex, `${where}: send_hex`, false),
    expect: step.expect_hex === undefined ? undefined : parseHex(step.expect_hex, `${where}: expect_hex`, false),
    deadline_ms: within(step.deadline_ms, 1, STEP_max_ms, `${where}: deadline_ms`),
  };
}

function fields(value: unknown, where: string): object {
  return typeof value === "object" && value !== null ? value : refuse(`${where} is no object`);
}

function within(value: unknown, min: number, max: number, where: string): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  return refuse(`${where} must be a number from ${min} to ${max}`);
}

function parseHex(value: unknown, where: string, mayBeEmpty: boolean): Uint8Array {
  if (typeof value !== "string" || !/^(?:[0-9a-fA-F]{2})*$/.test(value)) return refuse(`${where} is not hexadecimal`);
  if (value === "" && !mayBeEmpty) return refuse(`${where} is empty`);
  if (value.length > 2 * FRAME_max_bytes) return refuse(`${where} has more than ${FRAME_max_bytes} bytes`);
  return Uint8Array.from(Buffer.from(value, "hex"));
}

/** Only the known fields are taken over: nothing else reaches the operating system. */
function parseAddress(value: unknown, name: string): PortAddress {
  const port = fields(value, `${name}: port`) as Readonly<Record<string, unknown>>;
  if (port["kind"] === "tcp") {
    const { host, port: number } = port;
    if (typeof host === "string" && typeof number === "number") return { kind: "tcp", host, port: number };
  }
  if (port["kind"] === "serial") {
    const { path, baud, parity, stopBits } = port;
    if (typeof path === "string" && typeof baud === "number") {
      return {
        kind: "serial",
        path,
        baud,
        ...(parity === "none" || parity === "even" || parity === "odd" ? { parity } : {}),
        ...(stopBits === 1 || stopBits === 2 ? { stopBits } : {}),
      };
    }
  }
  return refuse(`${name}: port is neither a serial line nor a TCP address`);
}
