/**
 * Bundles the CLI so that a command loads what it uses and nothing else: `dist/cli.cjs` answers `--version` alone, and each
 * command's part of the library is a chunk beside it (docs/decisions/0002).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './run.mjs';

/**
 * What every command that reads a program uses: a chunk of its own each would cost a start a millisecond. What only some
 * ask of an ELF file (its texts, its functions, a form without section headers) is in theirs.
 */
const BASE_MODULES =
  /\/src\/(elf\/(?!drop-section-headers|find-strings|glibc-needs|go-function-names|symbols\.)|core\/(errors|exit-codes|byte-source|version|events|printable|machines|machine-abis)\.ts|rootfs\/(directory-tree|resolve-path)\.ts|oci\/image-layout\.ts|layers\/compression-kind\.ts)/;

/** What `build` writes an archive with; `--load` and layouts use parts of it. */
const WRITE_MODULES =
  /\/src\/places\/(open-destination|pump-blob|destination|write-image|archive\/archive-destination)\.ts/;

const LIBRARY = join(ROOT, 'src/index.ts');

/**
 * @param {string} out directory
 * @returns {Promise<string[]>} the names of the npm packages whose code is in the bundle
 */
export async function bundleCli(out) {
  const commandLine = await bundle(out, 'command-line', {
    plugins: [libraryParts(), withoutSubprograms()],
    output: {
      entryFileNames: 'cli/[name]-[hash].cjs',
      chunkFileNames: 'cli/[name]-[hash].cjs',
      codeSplitting: {
        groups: [
          { name: 'base', test: BASE_MODULES },
          { name: 'write-image', test: WRITE_MODULES, includeDependenciesRecursively: false },
        ],
      },
    },
  });
  // A bundle of its own: the entry loads that chunk itself, from the code cache.
  const entry = await bundle(out, 'main', {
    define: { MORSEL_COMMAND_LINE_CHUNK: JSON.stringify(basename(commandLine[0].fileName)) },
    output: { entryFileNames: 'cli.cjs', banner: '#!/usr/bin/env node' },
  });
  const modules = [...commandLine, ...entry].flatMap((file) =>
    file.type === 'chunk' ? Object.keys(file.modules) : [],
  );
  return [
    ...new Set(modules.flatMap((id) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? [])),
  ].sort();
}

/**
 * @param {string} out directory
 * @param {string} name of the module of src/cli that is the entry
 * @param {{ plugins?: import('rolldown').Plugin[], define?: Record<string, string>, output: import('rolldown').OutputOptions }} options
 */
async function bundle(out, name, { plugins, define, output }) {
  const { rolldown } = await import('rolldown');
  const entry = join(ROOT, `src/cli/${name}.ts`);
  const made = await rolldown({
    input: { [name]: entry },
    cwd: ROOT,
    platform: 'node',
    // jsonc-parser's other form asks for its parts by names that no bundler sees.
    resolve: { mainFields: ['module', 'main'] },
    preserveEntrySignatures: 'allow-extension',
    plugins,
    // Nothing but the entry does anything when it is loaded, here and in the packages that we bundle.
    treeshake: { moduleSideEffects: (id) => id === entry },
    transform: { target: 'node20.19', define },
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(`bundling the CLI: ${log.message}`);
    },
  });
  const written = await made.write({
    dir: out,
    format: 'cjs',
    // Names stay as they are, so that the stack of an internal error can be read.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    ...output,
  });
  await made.close();
  return written.output;
}

const LAZY_PART = /\(await import\('(\.\/[a-z]+\/index\.ts)'\)\)\.(\w+)\(/g;

/**
 * Each function of src/index.ts loads its folder when it is called: `(await import('./inspect/index.ts')).ldd(…)`. The chunk
 * of a folder would hold all that its index exports; so the import becomes one of a module that has this name only, and
 * `ldd` does not load what `inspect` needs.
 * @returns {import('rolldown').Plugin}
 */
function libraryParts() {
  return {
    name: 'library-parts',
    transform(code, id) {
      if (id !== LIBRARY) return null;
      const changed = code.replace(
        LAZY_PART,
        (_all, index, name) => `(await import('part:${index}:${name}')).${name}(`,
      );
      if (/import\('\.\//.test(changed)) {
        throw new Error(
          "src/index.ts: write (await import('./folder/index.ts')).name(…), so that only this part is loaded",
        );
      }
      return { code: changed, map: null };
    },
    resolveId(id) {
      return id.startsWith('part:') ? { id: `\0${id}`, moduleSideEffects: false } : null;
    },
    load(id) {
      if (!id.startsWith('\0part:')) return null;
      const [, index = '', name = ''] = id.split(':');
      return `export { ${name} } from ${JSON.stringify(join(ROOT, 'src', index))};`;
    },
  };
}

/**
 * commander loads node:child_process (9 ms) for subcommands that are programs of their own; morsel has none.
 * @returns {import('rolldown').Plugin}
 */
function withoutSubprograms() {
  return {
    name: 'without-subprograms',
    resolveId(id, importer) {
      const isCommanders = id === 'node:child_process' && importer?.includes('/node_modules/commander/');
      return isCommanders ? { id: '\0no-subprograms' } : null;
    },
    load(id) {
      return id === '\0no-subprograms'
        ? 'export function spawn() { throw new Error("no subprograms"); }'
        : null;
    },
  };
}

/**
 * The licence texts of what is bundled: MIT and BSD ask for them wherever their code goes.
 * @param {readonly string[]} names of packages
 */
export function licencesOf(names) {
  const texts = names.map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `dist/cli.cjs and dist/cli/ contain code of these packages.\n\n${texts.join('\n---\n\n')}`;
}
