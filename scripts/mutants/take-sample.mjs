/** @typedef {import('./find-mutants.mjs').Mutant} Mutant */

/**
 * The same ones for a seed, and of each kind as many, however many texts there are beside a few conditions.
 * @param {readonly Mutant[]} mutants @param {number} count @param {number} seed @returns {readonly Mutant[]}
 */
export function takeSample(mutants, count, seed) {
  if (count >= mutants.length) return mutants;
  const random = mulberry32(seed);
  const shuffled = mutants
    .map((mutant) => ({ mutant, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ mutant }) => mutant);
  /** @type {Map<string, number>} */
  const taken = new Map();
  const ranked = shuffled.map((mutant) => {
    const rank = taken.get(mutant.mutator) ?? 0;
    taken.set(mutant.mutator, rank + 1);
    return { mutant, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** @param {number} seed */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
