import { type GoDeclaration, type GoText, readGoText } from './go-declarations.ts';
import type { ListedPackage } from './list-packages.ts';
import type { CgoLoss } from '../../project/project.ts';

type Packages = ReadonlyMap<string, ListedPackage>;

/** What a program would be without cgo. */
export interface WithoutCgo {
  /** null: nothing is known that it would lose. */
  readonly loss: CgoLoss | null;
  /** Packages whose C code is replaced by Go code, or not needed. */
  readonly replaced: readonly string[];
}

/** Names of which uses are searched; a package that has more is taken as used. */
const MAX_NAMES = 2_000;

/** Functions between a stub and what other packages call. */
const MAX_CALLS = 32;

/**
 * Whether CGO_ENABLED=0 gives the same program: the go command has said which packages and files it takes with cgo and
 * without. That a package compiles says nothing: go-sqlite3 has a stub whose every call is an error. Of each package with C
 * code, and of each that imports one under cgo alone, the files that take their place decide:
 * - none can be built (`excluded`), or what only cgo declares is used elsewhere (`missing`): it does not compile;
 * - none has functions or registers something (`func init`, a blank import), and the code that is left out does: `left-out`;
 * - their functions do nothing but fail, and the program mentions one on a way that leads there: a `stub`;
 * - else the package has a variant in Go, as the standard library's net and os/user.
 * A mention counts as a use, so that the doubt is on the side of cgo. `read` gives the text of a file, '' where there is
 * none. Pure but for it.
 */
export function compareWithoutCgo(
  withCgo: Packages,
  withoutCgo: Packages,
  read: (path: string) => string,
): WithoutCgo {
  const context: Context = { withCgo, withoutCgo, text: cached((path) => readGoText(read(path))) };
  const users = [...withCgo.values()].filter((one) => one.cgoFiles.length > 0);
  const replaced: string[] = [];
  const lost = new Map<CgoLoss['how'], string[]>();
  for (const one of users) {
    const how = lossOf(context, one);
    if (how === null) replaced.push(one.path);
    else lost.set(how, [...(lost.get(how) ?? []), one.path]);
  }
  for (const how of LOSSES) {
    const packages = lost.get(how);
    if (packages !== undefined) return { loss: { how, packages: packages.toSorted() }, replaced };
  }
  return { loss: null, replaced: replaced.toSorted() };
}

/** The surest first. */
const LOSSES: readonly CgoLoss['how'][] = ['excluded', 'missing', 'stub', 'left-out'];

interface Context {
  readonly withCgo: Packages;
  readonly withoutCgo: Packages;
  /** By path. */
  readonly text: (path: string) => GoText;
}

function lossOf(context: Context, cgo: ListedPackage): CgoLoss['how'] | null {
  const pure = context.withoutCgo.get(cgo.path);
  if (pure !== undefined) return pure.error === null ? lossIn(context, cgo, pure) : 'excluded';
  // It is imported by files alone that only cgo builds.
  for (const importer of importersOf(context.withCgo, cgo.path)) {
    const left = context.withoutCgo.get(importer.path);
    const how = left === undefined ? null : lossIn(context, importer, left);
    if (how !== null) return how;
  }
  return null;
}

/** What a package that is built both ways loses. */
function lossIn(context: Context, cgo: ListedPackage, pure: ListedPackage): CgoLoss['how'] | null {
  if (pure.error !== null) return 'excluded';
  const before = [...cgo.goFiles, ...cgo.cgoFiles];
  const texts = (names: readonly string[]): readonly GoText[] =>
    names.map((name) => context.text(`${pure.directory}/${name}`));
  const instead = texts(pure.goFiles.filter((name) => !before.includes(name)));
  const gone = texts(before.filter((name) => !pure.goFiles.includes(name)));
  const functions = functionsOf(instead);
  if (functions.length === 0) {
    if (isMissed(context, pure, gone)) return 'missing';
    return gone.some(registers) && !instead.some(registers) ? 'left-out' : null;
  }
  return isStub(instead) && isReached(context, pure, functions, instead) ? 'stub' : null;
}

function functionsOf(texts: readonly GoText[]): readonly GoDeclaration[] {
  return texts
    .flatMap(({ declarations }) => declarations)
    .filter(({ kind, names }) => kind === 'method' || (kind === 'func' && names[0] !== 'init'));
}

/** `func init` and blank imports change what other packages find: a database driver, a codec. */
function registers({ declarations, head }: GoText): boolean {
  return declarations.some(isInit) || /(?:^|[\s(;])_\s+"[^"/\s]*\.[^"\s]*"/.test(head);
}

function isInit({ kind, names }: GoDeclaration): boolean {
  return kind === 'func' && names[0] === 'init';
}

/** Some fail and none works; or they say themselves that cgo is what is missing. */
function isStub(texts: readonly GoText[]): boolean {
  const functions = functionsOf(texts);
  const isWorking = functions.some(({ does }) => does === 'work');
  if (!isWorking && functions.some(({ does }) => does === 'fails')) return true;
  return texts.some(saysCgo);
}

function saysCgo({ strings }: GoText): boolean {
  return strings.some((text) => /\bcgo\b|CGO_ENABLED/i.test(text));
}

/** Whether what only cgo declares is named by what stays: then it does not compile. */
function isMissed(context: Context, pure: ListedPackage, gone: readonly GoText[]): boolean {
  const names = new Set(
    gone
      .flatMap(({ declarations }) => declarations)
      .filter(({ kind, names: [name] }) => kind !== 'method' && name !== 'init')
      .flatMap(({ names: own }) => own.filter((name) => name !== '_')),
  );
  if (names.size === 0) return false;
  const own = pure.goFiles.flatMap((name) => context.text(`${pure.directory}/${name}`).declarations);
  return own.some(({ code }) => mentions(code, names)) || isUsedByImporters(context, pure, names);
}

/** Whether the program gets to a function that fails: what mentions one does so as well. */
function isReached(
  context: Context,
  pure: ListedPackage,
  functions: readonly GoDeclaration[],
  instead: readonly GoText[],
): boolean {
  // Where a text says that cgo is missing, any of them may print it.
  const start = instead.some(saysCgo) ? functions : functions.filter(({ does }) => does !== 'work');
  // Methods are called through interfaces, what registers itself through others.
  if (start.some(({ kind }) => kind === 'method') || instead.some(registers)) return true;
  const reaching = new Set(start.flatMap(({ names }) => names));
  const declarations = pure.goFiles.flatMap((name) => context.text(`${pure.directory}/${name}`).declarations);
  for (let calls = 0, size = -1; size !== reaching.size; calls++) {
    size = reaching.size;
    if (size > MAX_NAMES || calls > MAX_CALLS) return true;
    for (const one of declarations) {
      if (one.names.every((name) => reaching.has(name)) || !mentions(withoutOwnName(one), reaching)) continue;
      // A variable is set before main, a type has methods.
      if (one.kind !== 'func' || ['init', 'main'].includes(one.names[0] ?? '')) return true;
      for (const name of one.names) reaching.add(name);
    }
  }
  return isUsedByImporters(context, pure, reaching);
}

function withoutOwnName({ code, kind }: GoDeclaration): string {
  return kind === 'func' ? code.replace(/^func\s*[\p{L}\p{N}_]+/u, '') : code;
}

function mentions(code: string, names: ReadonlySet<string>): boolean {
  for (const [word] of code.matchAll(/(?<![\p{L}\p{N}_.])[\p{L}_][\p{L}\p{N}_]*/gu))
    if (names.has(word)) return true;
  return false;
}

/** Whether a package that imports it mentions one of its exported names. */
function isUsedByImporters(context: Context, pure: ListedPackage, names: ReadonlySet<string>): boolean {
  return importersOf(context.withoutCgo, pure.path).some((importer) =>
    importer.goFiles.some((file) => {
      const { head, declarations } = context.text(`${importer.directory}/${file}`);
      const name = importedAs(head, pure);
      if (name === null || name === '_') return false;
      return declarations.some(
        ({ code }) => name === '.' || usesOf(code, name).some((used) => names.has(used)),
      );
    }),
  );
}

/** The name under which a file imports a package; null where it does not. */
function importedAs(head: string, { path, name }: ListedPackage): string | null {
  const at = head.indexOf(`"${path}"`);
  if (at < 0) return null;
  const before = /([\p{L}_.][\p{L}\p{N}_]*)[ \t]+$/u.exec(head.slice(Math.max(0, at - 200), at))?.[1];
  return before === undefined || before === 'import' ? name : before;
}

/** X of each `name.X`. */
function usesOf(code: string, name: string): readonly string[] {
  return [
    ...code.matchAll(/(?<![\p{L}\p{N}_.])([\p{L}_][\p{L}\p{N}_]*)\s*\.\s*([\p{L}_][\p{L}\p{N}_]*)/gu),
  ].flatMap(([, before, used = '']) => (before === name ? [used] : []));
}

function importersOf(packages: Packages, path: string): readonly ListedPackage[] {
  return [...packages.values()].filter(({ imports }) => imports.includes(path));
}

function cached<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
