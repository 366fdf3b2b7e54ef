/** Which tests see a source file: first those that load it, the nearest before others, then those that run the built CLI. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** @typedef {(file: string) => readonly string[]} RelatedTests paths relative to the root */

/** @param {string} root @param {readonly string[]} folders with the sources and the tests @returns {RelatedTests} */
export function relatedTests(root, folders) {
  const importers = readImporters(root, folders);
  return (file) => {
    /** @type {Set<string>} */
    const seen = new Set([file]);
    // A set keeps the order in which it is filled while it is walked: nearest first.
    for (const path of seen) for (const importer of importers.get(path) ?? []) seen.add(importer);
    const commands = sourcesBelow(root, COMMANDS);
    return [...seen, ...commands].filter((path) => path.endsWith('.test.ts'));
  };
}

/** One file a command: the quickest way through all of it. */
const COMMANDS = 'test/commands';

/** @param {string} test */
export function runsBuiltCli(test) {
  return test.startsWith(COMMANDS);
}

/** @param {string} root @param {readonly string[]} folders */
function readImporters(root, folders) {
  /** @type {Map<string, Set<string>>} */
  const importers = new Map();
  for (const file of folders.flatMap((folder) => sourcesBelow(root, folder))) {
    for (const imported of importsOf(root, file)) {
      const known = importers.get(imported) ?? new Set();
      importers.set(imported, known.add(file));
    }
  }
  return importers;
}

/** @param {string} root @param {string} folder @returns {readonly string[]} */
export function sourcesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** What it loads when it runs, at its start or later. @param {string} root @param {string} file */
function importsOf(root, file) {
  const source = readFileSync(join(root, file), 'utf8');
  const { body } = parseAst(source, { lang: 'ts' }, file);
  const named = body.flatMap((/** @type {any} */ node) =>
    node.source && node.importKind !== 'type' && node.exportKind !== 'type' ? [node.source.value] : [],
  );
  const lazy = [...source.matchAll(/\bimport\('(\.[^']+)'\)/g)].map((match) => match[1] ?? '');
  return [...named, ...lazy]
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, join(root, dirname(file), name)))
    .filter((path) => existsSync(join(root, path)));
}
