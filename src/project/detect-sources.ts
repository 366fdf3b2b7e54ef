import { accessSync, constants, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { detectBinary } from './binary.ts';
import { buildSystemsOf, detectCFolder, detectCSource, detectCTree, languageOfFile, MAKEFILES } from './c.ts';
import type { DetectOptions } from './detect-project.ts';
import { detectGo } from './go.ts';
import { directoryNames } from './project-file.ts';
import type { CProject, Project } from './project.ts';
import { detectRust } from './rust.ts';

type Manifest = 'rust' | 'go' | Exclude<CProject['buildSystem'], 'single'>;

/** Files that say what a directory is; naming one of them chooses it. */
const MANIFESTS: ReadonlyMap<string, Manifest> = new Map<string, Manifest>([
  ['Cargo.toml', 'rust'],
  ['go.mod', 'go'],
  ['CMakeLists.txt', 'cmake'],
  ['meson.build', 'meson'],
  ['configure.ac', 'autotools'],
  ['configure.in', 'autotools'],
  ['configure', 'autotools'],
  ...MAKEFILES.map((name) => [name, 'make'] as const),
]);

/**
 * The project of a directory or of a file that is no ELF file, or the error that says what the file is. Where a tree has several manifests, a
 * language's own one (Cargo.toml, go.mod) wins over a general one (its Makefile mostly calls cargo), and CMake, Meson,
 * autotools, make win in this order; naming the file (`morsel build ./Makefile`) chooses otherwise.
 */
export function detectSources(absolute: string, stat: Stats, options: DetectOptions): Project {
  if (stat.isDirectory()) return detectDirectory(absolute, options);
  const manifest = MANIFESTS.get(basename(absolute));
  if (manifest !== undefined) return detectBy(manifest, dirname(absolute), options);
  const language = languageOfFile(absolute);
  if (language !== null && stat.size > 0) return detectCSource(absolute, dirname(absolute), language);
  if (/\.(rs|go)$/.test(absolute)) throw lonelySource(absolute);
  return detectBinary(absolute);
}

function detectDirectory(directory: string, options: DetectOptions): Project {
  checkReadable(directory);
  const names = directoryNames(directory);
  const languages = (['rust', 'go'] as const).filter((kind) =>
    names.files.includes(kind === 'rust' ? 'Cargo.toml' : 'go.mod'),
  );
  if (languages.length > 1) {
    throw new MorselError(
      'AMBIGUOUS_PROJECT',
      `${directory} is both a Rust and a Go project: Cargo.toml, go.mod`,
      {
        hint: 'name the one to build, as in: morsel build ./Cargo.toml',
        details: { candidates: ['Cargo.toml', 'go.mod'] },
      },
    );
  }
  // A package of a Go module has no go.mod of its own.
  const isGoPackage = languages.length === 0 && names.files.some((name) => name.endsWith('.go'));
  const goPackage = isGoPackage ? detectGo(directory, { binary: options.bin }) : null;
  if (goPackage !== null) return goPackage;
  const [buildSystem] = buildSystemsOf(directory, names);
  const manifest = languages[0] ?? buildSystem;
  if (manifest !== undefined && manifest !== 'single') return detectBy(manifest, directory, options);
  return detectCFolder(directory, names, options.bin ?? null) ?? noProject(directory);
}

function checkReadable(directory: string): void {
  try {
    accessSync(directory, constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw new MorselError(
      'UNREADABLE',
      `${directory} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    );
  }
}

function detectBy(manifest: Manifest, directory: string, options: DetectOptions): Project {
  const found =
    manifest === 'rust'
      ? detectRust(directory, { binary: options.bin })
      : manifest === 'go'
        ? detectGo(directory, { binary: options.bin })
        : detectCTree(directory, manifest, options.bin ?? null);
  return found ?? noProject(directory);
}

function noProject(directory: string): never {
  throw new MorselError('NO_PROJECT', `${directory} is not a project that morsel knows`, {
    hint: `looked for ${[...MANIFESTS.keys()].join(', ')}, or one C or C++ file; name the project's directory, a source file or a program`,
  });
}

function lonelySource(path: string): MorselError {
  const [language, manifest] = path.endsWith('.rs') ? ['Rust', 'Cargo.toml'] : ['Go', 'go.mod'];
  return new MorselError('NO_PROJECT', `${path} is a single ${language} file`, {
    hint: `name the directory that holds its ${manifest}`,
  });
}
