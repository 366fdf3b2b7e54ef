/**
 * The linter's own rule for this repository: it executes `scripts/import-table.json`.
 * One folder of `src/` is one concept; the table says which folders it may import. Type imports count too: a type is
 * knowledge. Test files may import what they like.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const src = resolve(root, 'src');

/** @type {Readonly<Record<string, readonly string[]>>} */
const table = JSON.parse(readFileSync(resolve(root, 'scripts/import-table.json'), 'utf8'));

/** Run-time npm libraries of the library; docs/decisions/0004 says what each replaces. */
const LIBRARY_PACKAGES = [
  'valibot',
  'jsonc-parser',
  'smol-toml',
  'zstddec',
  're2js',
  'shlex',
  'hpagent',
  'proxy-from-env',
  'dns-packet',
  'node-forge',
  'yaml',
];
/** Bundled into dist/cli.cjs, so not a dependency of the package. */
const CLI_PACKAGES = ['commander'];

/** @param {string} file absolute */
function folderOf(file) {
  const inside = relative(src, file);
  if (inside.startsWith('..')) return undefined;
  const parts = inside.split(sep);
  return parts.length === 1 ? '' : parts[0];
}

/**
 * What is wrong with one import, in words that teach; undefined when nothing is.
 * @param {{ file: string, specifier: string, typeOnly: boolean }} found `file` is absolute
 * @returns {string | undefined}
 */
export function importProblem({ file, specifier, typeOnly }) {
  const folder = folderOf(file);
  if (folder === undefined || file.endsWith('.test.ts')) return undefined;
  if (specifier.startsWith('node:')) return undefined;
  if (!specifier.startsWith('.')) return packageProblem(folder, specifier);
  const target = resolve(dirname(file), specifier);
  const targetFolder = folderOf(target);
  if (targetFolder === undefined) return `${specifier} is outside src/: the package would not contain it`;
  if (folder === '' || folder === targetFolder) return undefined;
  return folderProblem(folder, targetFolder, target, typeOnly);
}

/** @param {string} folder @param {string} specifier */
function packageProblem(folder, specifier) {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const allowed = folder === 'cli' ? [...LIBRARY_PACKAGES, ...CLI_PACKAGES] : LIBRARY_PACKAGES;
  if (allowed.includes(name)) return undefined;
  return `the package ${name} may not be imported here (allowed: node:*, ${allowed.join(', ')}); a new dependency needs a line in docs/decisions/ and in scripts/lint-plugin.mjs`;
}

/** @param {string} folder @param {string} targetFolder @param {string} target @param {boolean} typeOnly */
function folderProblem(folder, targetFolder, target, typeOnly) {
  if (folder === 'cli') {
    if (targetFolder === 'core' || target === resolve(src, 'index.ts')) return undefined;
    return 'cli/ is the first customer of the library: it may import only src/index.ts and core/';
  }
  const allowed = table[folder];
  if (allowed === undefined)
    return `${folder}/ is not in scripts/import-table.json: decide there what it may import`;
  if (!allowed.includes(targetFolder)) {
    const list =
      allowed.length === 0 ? 'nothing of ours' : `only ${allowed.map((name) => `${name}/`).join(', ')}`;
    const leaf = allowed.length <= 1 ? ' is a leaf: it' : '';
    return `${folder}/${leaf} may import ${list} (scripts/import-table.json), not ${targetFolder === '' ? 'src/index.ts' : `${targetFolder}/`}`;
  }
  if (targetFolder === 'core' || typeOnly || target === resolve(src, targetFolder, 'index.ts'))
    return undefined;
  return `import values of ${targetFolder}/ from its index.ts; its other files are its own business (types may come from any file)`;
}

/** @param {any} node */
function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every((/** @type {any} */ one) => one.importKind === 'type');
}

const importTable = {
  meta: { type: 'problem' },
  /** @param {any} context */
  create(context) {
    /** @param {any} node */
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = importProblem({ file: context.filename, specifier, typeOnly: isTypeOnly(node) });
      if (message !== undefined) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { meta: { name: 'morsel' }, rules: { 'import-table': importTable } };
