export { compare, type CompareOptions } from './compare.ts';
export type { Comparison, ComparisonRow, Performance } from './comparison.ts';
