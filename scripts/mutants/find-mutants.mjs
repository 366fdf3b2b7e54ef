/** What can be wrong in a source file, one small fault at a time: positions by a real parser, each mutant as new text. */
import { parseAst } from 'rolldown/parseAst';

/**
 * @typedef {{ file: string, line: number, mutator: string, start: number, end: number, text: string, code: string }} Mutant
 *   `text` takes the place of [start, end); `code` is the line as it was, by which a reviewed mutant is known again
 * @typedef {{ mutator: string, start: number, end: number, text: string }} Change
 * @typedef {any} Node of ESTree, with `start` and `end`
 */

/** @param {string} file @param {string} source @returns {readonly Mutant[]} */
export function findMutants(file, source) {
  const program = parseAst(source, { lang: 'ts' }, file);
  return [...changesBelow(program, source)].map((change) => {
    const before = source.slice(0, change.start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const code = source.slice(lineStart).split('\n', 1)[0]?.trim() ?? '';
    return { file, line: before.split('\n').length, code, ...change };
  });
}

/** @param {Mutant} mutant @param {string} source */
export function mutate({ start, end, text }, source) {
  return source.slice(0, start) + text + source.slice(end);
}

/** @param {Node} node @param {string} source @returns {Generator<Change>} */
function* changesBelow(node, source) {
  if (isWithoutEffect(node)) return;
  yield* changesOf(node, source);
  for (const child of childrenOf(node)) yield* changesBelow(child, source);
}

/** Types are the compiler's to check, and names of modules and the texts of errors have tests of their own. */
function isWithoutEffect(/** @type {Node} */ node) {
  const { type } = node;
  if (type === 'ImportDeclaration' || type === 'ExportAllDeclaration') return true;
  if (type === 'NewExpression' && String(node.callee.name).endsWith('Error')) return true;
  return type.startsWith('TS') && !TRANSPARENT.has(type);
}

const TRANSPARENT = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

/** @param {Node} node @returns {readonly Node[]} */
function childrenOf(node) {
  return Object.entries(node).flatMap(([name, value]) => {
    if (name === 'key' && node.computed !== true) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.filter((one) => typeof one?.type === 'string');
  });
}

/** @type {Readonly<Record<string, (node: Node, source: string) => readonly Change[]>>} */
const MUTATORS = {
  FunctionDeclaration: bodyChanges,
  FunctionExpression: bodyChanges,
  ArrowFunctionExpression: bodyChanges,
  IfStatement: (node, source) => [negation(node.test, source), ...emptied(node.consequent, 'empty-block')],
  ConditionalExpression: (node, source) => [negation(node.test, source)],
  WhileStatement: (node) => [change('never-loop', node.test, 'false')],
  ForOfStatement: (node) => emptied(node.body, 'empty-block'),
  ExpressionStatement: (node, source) => removal(node, source),
  BinaryExpression: (node, source) => swap(node, source, 'swap-operator', OPERATORS),
  LogicalExpression: (node, source) => swap(node, source, 'swap-logical', LOGICAL),
  Literal: literalChanges,
  TemplateLiteral: (node) => (node.expressions.length > 0 ? [change('empty-text', node, "''")] : []),
};

/** @type {Readonly<Record<string, string>>} */
const OPERATORS = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '-': '+',
  '*': '/',
  '/': '*',
  '&': '|',
  '|': '&',
};
/** @type {Readonly<Record<string, string>>} */
const LOGICAL = { '&&': '||', '||': '&&' };

/** @param {Node} node @param {string} source */
function changesOf(node, source) {
  return MUTATORS[node.type]?.(node, source) ?? [];
}

/** @param {string} mutator @param {Node} node @param {string} text @returns {Change} */
function change(mutator, { start, end }, text) {
  return { mutator, start, end, text };
}

/** @param {Node} test @param {string} source */
function negation(test, source) {
  return change('negate-condition', test, `!(${source.slice(test.start, test.end)})`);
}

/** @param {Node} node @returns {readonly Change[]} */
function bodyChanges({ body }) {
  if (body?.type !== 'BlockStatement') return [];
  const start = body.start + 1;
  const thrown = { mutator: 'throw-at-start', start, end: start, text: " throw new Error('mutant');" };
  return [thrown, ...emptied(body, 'empty-function')];
}

/** @param {Node} body @param {string} mutator @returns {readonly Change[]} */
function emptied(body, mutator) {
  return body.type === 'BlockStatement' && body.body.length > 0 ? [change(mutator, body, '{}')] : [];
}

/** @param {Node} node @param {string} source @returns {readonly Change[]} */
function removal(node, source) {
  if (node.directive !== undefined && node.directive !== null) return [];
  // What a constructor must call first; without it nothing can be made at all.
  return source.startsWith('super(', node.start) ? [] : [change('remove-statement', node, ';')];
}

/** @param {Node} node @param {string} source @param {string} mutator @param {Readonly<Record<string, string>>} table */
function swap(node, source, mutator, table) {
  const operator = table[node.operator];
  if (operator === undefined) return [];
  const left = source.slice(node.start, node.left.end);
  const between = source.slice(node.left.end, node.right.start).replace(node.operator, operator);
  return [change(mutator, node, `${left}${between}${source.slice(node.right.start, node.end)}`)];
}

/** @param {Node} node @returns {readonly Change[]} */
function literalChanges(node) {
  const { value } = node;
  if (typeof value === 'boolean') return [change('flip-boolean', node, String(!value))];
  if (typeof value === 'number') return [change('other-number', node, `${value + 1}`)];
  if (typeof value === 'string') return [change('other-text', node, value === '' ? "'mutant'" : "''")];
  return [];
}
