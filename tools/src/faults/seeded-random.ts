import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Numbers from 0 to below 1, the same for the same seed: a fault that is drawn can be drawn again. */
export function seededRandom(seed: number): () => number {
  // Not xoroshiro128plus: its first number is 1, near enough, for every small seed.
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
}
