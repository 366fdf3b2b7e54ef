/** Characters; a name that is longer is none of ours misspelt. */
const LONGEST_NAME = 40;

/** The known name that is meant, if only a few letters are wrong (a third of it, at most three); null: none is like it. */
export function didYouMean(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME) return null;
  const nearest = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps)
    .at(0);
  if (nearest === undefined) return null;
  const allowed = Math.min(3, Math.ceil(nearest.candidate.length / 3));
  return nearest.steps <= allowed && nearest.steps < name.length ? nearest.candidate : null;
}

/** Letters to change, to leave out, to add or to swap with their neighbour (Damerau and Levenshtein, restricted). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    before = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
