export { compare, type CompareOptions } from './compare.ts';
export type { Comparison, ComparisonRow } from './comparison.ts';
