import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { syntaxProblem } from './syntax-problem.ts';
import type { FieldPath, Problem } from './problem.ts';

/** Both count from 1; columns in UTF-16 units, as editors show them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A JSON text that somebody wrote: its value, what is wrong with the text itself, and where each part of it stands. */
export interface WrittenJson {
  /** Objects have no prototype: a field `constructor` is one that was written. Undefined where the text is no JSON. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where a value stands, or the name of the last field of the path; of what is not there: of what it is missing in. */
  offsetOf(path: FieldPath, part: 'name' | 'value'): number;
  positionAt(offset: number): Position;
}

/** What people write is five deep: `rungs.static-musl.c.link[0]`. */
export const NESTING_LIMIT = 32;

/** Comments, and a comma after the last element, are allowed as in tsconfig.json; for the rest it is RFC 8259. Throws nothing. */
export function parseWrittenJson(text: string): WrittenJson {
  const starts = lineStarts(text);
  const positionAt = (offset: number): Position => positionIn(starts, offset);
  const tooDeep = offsetTooDeep(text);
  if (tooDeep !== null) {
    const problem = { path: [], message: `is nested more than ${NESTING_LIMIT} deep`, offset: tooDeep };
    return { value: undefined, problems: [problem], offsetOf: () => tooDeep, positionAt };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (root === undefined || errors.length > 0) {
    const problem = syntaxProblem(errors[0], text);
    return { value: undefined, problems: [problem], offsetOf: () => problem.offset, positionAt };
  }
  const problems: Problem[] = [];
  const value = valueOf(root, [], problems);
  return { value, problems, offsetOf: (path, part) => offsetIn(root, path, part), positionAt };
}

const CLOSED_BY: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/**
 * The parser calls itself, and a mebibyte of `[` is a million deep: asked of its scanner, which does not. What closes
 * something else closes nothing, as the parser sees it.
 */
function offsetTooDeep(text: string): number | null {
  const scanner = createScanner(text, true);
  const open: string[] = [];
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    // The end, which has a length of its own where a comment ran past it.
    if (offset >= text.length) return null;
    const token = text[offset] ?? '';
    const closing = CLOSED_BY[token];
    if (closing !== undefined) open.push(closing);
    else if (token === open.at(-1)) open.pop();
    if (open.length > NESTING_LIMIT) return offset;
  }
}

/** Valibot leaves such names out of a map without a word. */
const RESERVED_NAME = 'is what every object of JavaScript has: no field and no name may be called so';

/** A name that stands twice is a mistake of whoever wrote it: JSON.parse would take the last one without a word. */
function valueOf(node: Node, path: FieldPath, problems: Problem[]): unknown {
  const { children = [] } = node;
  if (node.type === 'array')
    return children.map((child, index) => valueOf(child, [...path, index], problems));
  if (node.type !== 'object') return node.value as unknown;
  const object = Object.create(null) as Record<string, unknown>;
  for (const { children: [key, value] = [] } of children) {
    if (key === undefined || value === undefined) continue;
    const name = key.value as string;
    const here = [...path, name];
    const { offset } = key;
    if (name in object) problems.push({ path: here, message: 'stands twice', offset });
    if (name in Object.prototype) problems.push({ path: here, message: RESERVED_NAME, offset });
    object[name] = valueOf(value, here, problems);
  }
  return object;
}

function offsetIn(root: Node, path: FieldPath, part: 'name' | 'value'): number {
  let offset = root.offset;
  let node = root;
  for (const key of path) {
    const child =
      typeof key === 'number' && node.type === 'array'
        ? { name: node.children?.[key], value: node.children?.[key] }
        : fieldOf(node, String(key));
    if (child?.name === undefined || child.value === undefined) return offset;
    node = child.value;
    offset = part === 'name' ? child.name.offset : node.offset;
  }
  return offset;
}

function fieldOf({ type, children = [] }: Node, key: string) {
  if (type !== 'object') return undefined;
  const found = children.findLast(({ children: [name] = [] }) => name?.value === key);
  return { name: found?.children?.[0], value: found?.children?.[1] };
}

/** A line ends with \n, \r\n or \r alone. */
function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|[\n\r]/g)].map(({ index, 0: end }) => index + end.length)];
}

function positionIn(starts: readonly number[], offset: number): Position {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
