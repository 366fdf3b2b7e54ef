/** Order by code unit, the same everywhere: a locale must not change an image. */
export const compareBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
