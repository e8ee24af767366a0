/**
 * Seeded randomness of the twin. Each use draws from a stream of its own, found by name, so that a new use or another
 * order of calls changes nothing elsewhere: the same seed is the same bench, adapter and noise.
 */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [-1, 1). */
  signed(): number;
  /** Gaussian, mean 0, standard deviation 1. */
  normal(): number;
}

/** FNV-1a, 32 bit, so that a name and a seed give a start value. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  // Final mix of MurmurHash3, because FNV alone leaves near names alike.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers that depends on seed and name only (mulberry32). */
export function randomOf(seed: number, name: string): Random {
  let state = hash(name, seed >>> 0);
  let spare: number | undefined;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { next, signed: () => 2 * next() - 1, normal };
}
