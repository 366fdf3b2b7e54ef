import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Something declared in a file; or a name that the file only hands on. */
interface Name {
  readonly file: string;
  readonly name: string;
}

export interface Declaration extends Name {
  /** Without comments; functions have one text for all overloads. */
  readonly text: string;
}

/** What tsc has written for one file. */
interface DeclarationFile {
  readonly declared: ReadonlyMap<string, string>;
  /** Names that stand for something of another file: imported, or exported from there. */
  readonly foreign: ReadonlyMap<string, Name>;
  readonly exported: readonly string[];
}

/** Reads declaration files, each once. */
export class Declarations {
  readonly #files = new Map<string, DeclarationFile>();

  /** By the names under which a file exports them. */
  exportsOf(file: string): ReadonlyMap<string, Declaration> {
    const found = this.#file(file).exported.map((name) => [name, this.#find({ file, name })] as const);
    return new Map(found.filter((pair): pair is readonly [string, Declaration] => pair[1] !== null));
  }

  /** Of all that these speak of, at any remove, what is declared in files of ours. */
  reachedFrom(declarations: Iterable<Declaration>): readonly Declaration[] {
    const reached = new Set(declarations);
    for (const declaration of reached)
      for (const name of spokenOf(declaration, this.#file(declaration.file))) {
        const next = this.#find(name);
        if (next !== null) reached.add(next);
      }
    return [...reached];
  }

  readonly #found = new Map<string, Declaration>();

  /** Where it is declared; null for what is not ours. */
  #find({ file, name }: Name): Declaration | null {
    const { declared, foreign } = this.#file(file);
    const text = declared.get(name);
    const elsewhere = foreign.get(name);
    if (text === undefined) return elsewhere === undefined ? null : this.#find(elsewhere);
    const key = `${file} ${name}`;
    const declaration = this.#found.get(key) ?? { file, name, text };
    this.#found.set(key, declaration);
    return declaration;
  }

  #file(path: string): DeclarationFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const parsed = parseFile(path);
    this.#files.set(path, parsed);
    return parsed;
  }
}

function parseFile(path: string): DeclarationFile {
  const declared = new Map<string, string>();
  const foreign = new Map<string, Name>();
  const exported: string[] = [];
  for (const statement of statementsOf(readFileSync(path, 'utf8'))) {
    const isExport = statement.startsWith('export ');
    const name = DECLARED.exec(statement)?.[1];
    if (name !== undefined) {
      const text = statement.replace(/^(export )?(declare )?/, '');
      declared.set(name, [...(declared.has(name) ? [declared.get(name)] : []), text].join('\n'));
      if (isExport) exported.push(name);
      continue;
    }
    for (const { outer, inner, from } of handedOn(statement)) {
      if (from !== null)
        foreign.set(isExport ? outer : inner, { file: fileOf(path, from), name: isExport ? inner : outer });
      if (isExport) exported.push(outer);
    }
  }
  return { declared, foreign, exported };
}

const DECLARED =
  /^(?:export )?(?:declare )?(?:abstract )?(?:function|class|const|let|interface|type|enum) (\w+)/;

/** tsc begins each statement in the first column, and puts what belongs to it behind that. */
function statementsOf(text: string): readonly string[] {
  const code = text.replaceAll(/^ *\/\*\*[^]*?\*\/\n/gm, '').replaceAll(/^\/\/.*\n/gm, '');
  return code.split(/\n(?=[^\s}])/).map((statement) => statement.trimEnd());
}

interface HandedOn {
  /** As the list has it first, and after `as`. */
  readonly inner: string;
  readonly outer: string;
  readonly from: string | null;
}

/** `import { A as B } from './x.ts';` and `export { A as B } from './x.ts'`; other packages' are not ours. */
function handedOn(statement: string): readonly HandedOn[] {
  const [, list = '', from = null] =
    /^(?:import|export)(?: type)? \{(.*)\}(?: from '(\..+)')?;$/.exec(statement) ?? [];
  return list.split(',').flatMap((item) => {
    const [inner = '', outer = inner] = item
      .trim()
      .replace(/^type /, '')
      .split(' as ');
    return inner === '' ? [] : [{ inner, outer, from }];
  });
}

function fileOf(importer: string, specifier: string): string {
  return join(dirname(importer), specifier.replace(/\.[jt]s$/, '.d.ts'));
}

/** The names in a declaration that are not names of fields, methods and parameters. */
function spokenOf(
  { file, name, text }: Declaration,
  { declared, foreign }: DeclarationFile,
): readonly Name[] {
  const imported = [...text.matchAll(/import\("(\.[^"]+)"\)\.(\w+)/g)].map(([, from = '', one = '']) => {
    return { file: fileOf(file, from), name: one };
  });
  const words = text.replaceAll(/"[^"]*"|'[^']*'/g, '').matchAll(/[A-Za-z_$][\w$]*(?!\w|\??:|\()/g);
  const names = new Set([...words].map(([word]) => word));
  names.delete(name);
  const own = [...names].filter((word) => declared.has(word) || foreign.has(word));
  return [...imported, ...own.map((word) => ({ file, name: word }))];
}
