/**
 * Sets of relays as keys: one bit a relay of the bench, so that two sets have the same key only when they are the same.
 * What follows from a pattern is worked out once; a screening has some hundred patterns, a coverage run asks for them a
 * million times.
 */
import type { Bench } from "../model/bench.ts";

const bits_max = 30;

interface Places {
  readonly of: ReadonlyMap<string, number>;
  readonly words: Int32Array;
  /** Keys of sets that have been asked about: the same ones come before a change, after it and at the next. */
  readonly keys: WeakMap<ReadonlySet<string>, string>;
}

const known = new WeakMap<Bench, Places>();

function placesOf(bench: Bench): Places {
  const found = known.get(bench);
  if (found) return found;
  const ids = Object.keys(bench.relays);
  const words = new Int32Array(Math.ceil(ids.length / bits_max));
  const made: Places = { of: new Map(ids.map((id, n) => [id, n])), words, keys: new WeakMap() };
  known.set(bench, made);
  return made;
}

/** Relays that the bench does not have are named. The set must not change afterwards. */
export function keyOf(bench: Bench, relays: ReadonlySet<string>): string {
  const places = placesOf(bench);
  const known = places.keys.get(relays);
  if (known !== undefined) return known;
  const made = keyMade(places, relays);
  places.keys.set(relays, made);
  return made;
}

function keyMade({ of, words }: Places, relays: ReadonlySet<string>): string {
  words.fill(0);
  let others = "";
  for (const id of relays) {
    const place = of.get(id);
    if (place === undefined) others += ` ${id}`;
    else {
      const word = Math.floor(place / bits_max);
      words[word] = (words[word] as number) | (1 << (place % bits_max));
    }
  }
  return `${words.join(" ")}${others}`;
}
