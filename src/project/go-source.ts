import { join } from 'node:path';
import { MACHINE_NAMES, MACHINES } from '../core/machines.ts';
import { directoryNames, readFileStart } from './project-file.ts';

/** Imports stand at the start of a file; cgo preambles are the longest thing before them. */
const HEAD_BYTES = 256 * 1024;
const MAX_FILES_OF_A_PACKAGE = 5_000;

/** What the go command builds for: Linux, with cgo. The architecture matters to file names such as `x_arm64.go`. */
const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const ARCHITECTURES: ReadonlySet<string | undefined> = new Set([
  ...MACHINE_NAMES.map((name) => MACHINES[name].oci?.architecture),
  'wasm',
]);

/** go/build/constraint, `maxSize`. */
const MAX_CONSTRAINT_TOKENS = 1000;

/** Sources that one search may read: those of the largest modules have half of it. */
export const MAX_SCANNED_CHARACTERS = 512 * 1024 * 1024;

/** How much more a search may read; shared by all packages that it looks at. */
export interface ScanBudget {
  left: number;
}

export interface GoPackage {
  /** Name in the package clause: `main`. */
  readonly name: string;
  readonly imports: readonly string[];
  /** A file of it has `import "C"`. */
  readonly usesCgo: boolean;
}

/** The Go package in a folder, as built for Linux; null when it holds no Go file that would be. */
export function readGoPackage(
  directory: string,
  architecture: string,
  budget: ScanBudget = { left: MAX_SCANNED_CHARACTERS },
): GoPackage | null {
  const names = directoryNames(directory).files.filter((name) => isBuilt(name, architecture));
  let packageName: string | null = null;
  const imports = new Set<string>();
  for (const name of names.slice(0, MAX_FILES_OF_A_PACKAGE)) {
    const text = readFileStart(join(directory, name), HEAD_BYTES);
    budget.left -= text.length;
    if (budget.left < 0) break;
    const file = parseGoHead(text, architecture);
    if (file === null) continue;
    packageName ??= file.packageName;
    for (const path of file.imports) imports.add(path);
  }
  if (packageName === null) return null;
  const usesCgo = imports.delete('C');
  return { name: packageName, imports: [...imports].toSorted(), usesCgo };
}

/** File names: go/build, "matchFile" and "goodOSArchFile". */
function isBuilt(name: string, architecture: string): boolean {
  if (!name.endsWith('.go') || name.endsWith('_test.go') || /^[._]/.test(name)) return false;
  const parts = name.slice(0, -'.go'.length).split('_').slice(1);
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (ARCHITECTURES.has(last)) return last === architecture && (!SYSTEMS.has(before) || before === 'linux');
  return !SYSTEMS.has(last) || last === 'linux';
}

export interface GoHead {
  readonly packageName: string;
  readonly imports: readonly string[];
}

/** Package clause and imports of a file; null when a build constraint leaves it out, or it is no Go. */
export function parseGoHead(text: string, architecture: string): GoHead | null {
  const code = withoutComments(text);
  const clause = /^\s*package\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(code);
  if (clause === null || !isConstraintMet(text, architecture)) return null;
  const afterClause = code.slice(clause[0].length);
  const end = /^(func|type|var|const)\b/m.exec(afterClause)?.index ?? afterClause.length;
  const imports: string[] = [];
  for (const text of importTexts(afterClause.slice(0, end)))
    for (const [quoted] of text.matchAll(/"[^"\n]*"|`[^`]*`/g)) imports.push(quoted.slice(1, -1));
  return { packageName: clause[1] ?? '', imports };
}

/** What each `import` names: one path, or all between its parentheses. An unclosed one is the last. */
function* importTexts(code: string): Generator<string> {
  const start = /\bimport\s*(?:(\()|(?:[\p{L}\p{N}_.]+\s*)?("[^"\n]*"|`[^`]*`))/gu;
  for (let match = start.exec(code); match !== null; match = start.exec(code)) {
    const [, parenthesis, single = ''] = match;
    if (parenthesis === undefined) yield single;
    else {
      const end = code.indexOf(')', start.lastIndex);
      if (end < 0) return;
      yield code.slice(start.lastIndex, end);
      start.lastIndex = end;
    }
  }
}

/** An unclosed string ends with its line: each character is read once. */
function withoutComments(text: string): string {
  return text.replaceAll(
    /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[^\n]?|[^"\\\n])*(?:"|$|(?=\n))|`[^`]*(?:`|$)/g,
    (token) => (token.startsWith('/') ? ' ' : token),
  );
}

/** `//go:build` before the package clause; a file without one is built. */
function isConstraintMet(text: string, architecture: string): boolean {
  const header = text.slice(0, /^package\s/m.exec(text)?.index ?? 0);
  const line = /^\/\/go:build[ \t]+(.+)$/m.exec(header)?.[1];
  return line === undefined || evaluateConstraint(line, architecture);
}

/** Expressions of `&&`, `||`, `!` and parentheses over tags. Exported for its tests. */
export function evaluateConstraint(expression: string, architecture: string): boolean {
  const tokens = expression.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  // Parentheses nest by recursion here; the go command refuses such lines as well.
  if (tokens.length > MAX_CONSTRAINT_TOKENS) return false;
  let position = 0;
  const next = (): string | undefined => tokens[position++];
  const or = (): boolean => {
    let value = and();
    while (tokens[position] === '||') {
      position++;
      const right = and();
      value ||= right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (tokens[position] === '&&') {
      position++;
      const right = not();
      value &&= right;
    }
    return value;
  };
  const not = (): boolean => {
    const token = next();
    if (token === undefined) return false;
    if (token === '!') return !not();
    if (token !== '(') return hasTag(token, architecture);
    const value = or();
    position++;
    return value;
  };
  return or();
}

function hasTag(tag: string, architecture: string): boolean {
  return ['linux', 'unix', 'cgo', 'gc', architecture].includes(tag) || /^go1(\.\d+)?$/.test(tag);
}
