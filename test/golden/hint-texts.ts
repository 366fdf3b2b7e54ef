import { parseSync } from 'rolldown/utils';

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

/** Every text of one source file, and those that say what to do now. */
export interface SourceTexts {
  readonly all: readonly string[];
  readonly hints: readonly string[];
}

/** By the name of a function, which of its parameters is the hint; -1: none. */
type HintParameters = ReadonlyMap<string, number>;

/**
 * The texts of sources, by path. A hint is what a property, variable, parameter or function of that name holds; what is
 * put into a template is shown as `…`.
 */
export function readTexts(sources: Readonly<Record<string, string>>): Readonly<Record<string, SourceTexts>> {
  const programs = Object.entries(sources).map(([path, source]) => [path, parse(path, source)] as const);
  const exported = programs.flatMap(([, nodes]) => hintParameters(nodes.flatMap(exportedDeclaration)));
  return Object.fromEntries(
    programs.map(([path, nodes]) => {
      const parameters = new Map([...exported, ...hintParameters(nodes)]);
      const hints = nodes.flatMap((node) => hintValues(node, parameters)).flatMap(textsIn);
      return [path, { all: nodes.flatMap(ownText), hints: [...new Set(hints)] }];
    }),
  );
}

function parse(path: string, source: string): readonly Node[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return nodesIn(program);
}

function nodesIn(value: unknown): readonly Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(nodesIn);
  return isNode(value) ? [value, ...below] : below;
}

function isNode(value: object): value is Node {
  return 'type' in value && typeof value.type === 'string';
}

function exportedDeclaration(node: Node): readonly Node[] {
  return node.type === 'ExportNamedDeclaration' ? [node['declaration'] as Node | null].flatMap((one) => one ?? []) : [];
}

function hintParameters(nodes: readonly Node[]): readonly (readonly [string, number])[] {
  return nodes
    .filter(({ type }) => type === 'FunctionDeclaration')
    .map((node) => {
      const parameters = node['params'] as readonly unknown[];
      return [nameOf(node['id']) ?? '', parameters.findIndex((one) => isHintName(nameOf(one)))] as const;
    });
}

function hintValues(node: Node, parameters: HintParameters): readonly unknown[] {
  switch (node.type) {
    case 'Property':
      return isHintName(nameOf(node['key'])) ? [node['value']] : [];
    case 'VariableDeclarator':
      return isHintName(nameOf(node['id'])) ? [node['init']] : [];
    case 'FunctionDeclaration':
      return isHintName(nameOf(node['id'])) ? [node['body']] : [];
    case 'AssignmentPattern':
      return isHintName(nameOf(node['left'])) ? [node['right']] : [];
    case 'CallExpression': {
      const index = parameters.get(nameOf(node['callee']) ?? '');
      return index === undefined ? [] : [(node['arguments'] as readonly unknown[])[index]];
    }
    default:
      return [];
  }
}

function nameOf(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !isNode(node)) return null;
  if (node.type === 'AssignmentPattern') return nameOf(node['left']);
  return node.type === 'Identifier' ? (node['name'] as string) : null;
}

/** `hint`, `HINTS`, `CACHE_HINT`, `missingTargetHint`; `fix` and `fixes`, which verdicts, needs and causes have. */
function isHintName(name: string | null): boolean {
  return name !== null && /hints?$/i.test(name) ? true : /(?:^f|F)ix(?:es)?$|(?:^|_)FIX(?:ES)?$/.test(name ?? '');
}

function textsIn(value: unknown): readonly string[] {
  return nodesIn(value).flatMap(ownText);
}

function ownText(node: Node): readonly string[] {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  if (node.type !== 'TemplateLiteral') return [];
  const quasis = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return [quasis.map(({ value }) => value.cooked).join('…')];
}
