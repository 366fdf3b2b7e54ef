import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { isAtOrBelow } from '../../core/is-below.ts';
import { isDirectory } from '../../core/stat-path.ts';
import type { LibraryRow } from '../rows/library-row.ts';
import type { LibraryFolders } from './build-folders.ts';
import { moduleText } from './module-file.ts';

/** Texts that name places: of pkg-config, CMake, and the scripts that libraries bring for their users. */
const TEXT_LIMIT_BYTES = 1024 * 1024;

/**
 * Makes of what was installed what a build uses: headers, archives, and what says where they are. Programs, manuals and
 * libtool's files, which hold absolute paths, go. Answers the folder, which has `usr` in it. Error: LIBRARY_BUILD_FAILED.
 */
export function collectLibrary(
  row: LibraryRow,
  version: string,
  directory: string,
  folders: LibraryFolders,
): string {
  const { recipe } = row;
  const from = join(folders.installed, 'usr');
  const result = join(folders.work, 'result');
  const to = join(result, 'usr');
  for (const folder of ['lib/pkgconfig', 'include']) mkdirSync(join(to, folder), { recursive: true });
  for (const [source, place] of recipe.install ?? [])
    installFile(join(directory, source), join(from, place), row);
  keepTree(join(from, 'include'), join(to, 'include'));
  for (const lib of ['lib', 'lib64', 'share']) keepLibraries(join(from, lib), join(to, 'lib'));
  keepScripts(join(from, 'bin'), join(to, 'bin'));
  for (const folder of recipe.headerFolders ?? []) {
    const link = join(to, 'include', folder);
    if (!existsSync(link)) symlinkSync('.', link);
  }
  for (const [alias, archive] of recipe.aliases ?? []) {
    const place = join(to, 'lib', `lib${alias}.a`);
    if (!existsSync(place)) copyFileSync(join(to, 'lib', `lib${archive}.a`), place);
  }
  for (const module of recipe.modules ?? []) {
    const place = join(to, 'lib/pkgconfig', `${module.name}.pc`);
    if (!existsSync(place)) writeFileSync(place, moduleText(module, version));
  }
  for (const path of filesOf(to)) if (isText(path)) relocate(path, folders);
  for (const lib of row.provides.libs)
    if (!existsSync(join(to, 'lib', `lib${lib}.a`))) throw lacks(row, `lib${lib}.a`);
  return result;
}

function installFile(from: string, to: string, row: LibraryRow): void {
  if (!existsSync(from) || !isOwn(from, dirname(from))) throw lacks(row, basename(from));
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function keepTree(from: string, to: string): void {
  if (isDirectory(from))
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => isOwn(path, from) });
}

/** The build is code of others: a link of its that leads to a file of this machine is none of the library. */
function isOwn(path: string, folder: string): boolean {
  if (!lstatSync(path).isSymbolicLink()) return true;
  try {
    return isAtOrBelow(realpathSync(path), realpathSync(folder));
  } catch {
    return false; // it leads nowhere
  }
}

/** Archives, modules of pkg-config and configurations of CMake; headers that are made for a machine lie beside them. */
function keepLibraries(from: string, to: string): void {
  if (!isDirectory(from)) return;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    const path = join(from, name);
    if (name.endsWith('.a') && isOwn(path, from) && statSync(path).isFile())
      copyFileSync(path, join(to, name));
    else if (entry.isDirectory() && (name === 'pkgconfig' || name === 'cmake'))
      keepTree(path, join(to, name));
  }
}

/** `pcre2-config` and its like: their prefix becomes where they are. */
function keepScripts(from: string, to: string): void {
  if (!isDirectory(from)) return;
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (!name.endsWith('-config') || !lstatSync(path).isFile() || statSync(path).size > TEXT_LIMIT_BYTES)
      continue;
    const text = readFileSync(path, 'utf8');
    if (!text.startsWith('#!')) continue;
    mkdirSync(to, { recursive: true });
    const here = '$(cd "$(dirname "$0")/.." && pwd)';
    writeFileSync(join(to, name), text.replace(/^(\s*prefix=)["']?\/usr["']?\s*$/m, `$1"${here}"`), {
      mode: 0o755,
    });
  }
}

function isText(path: string): boolean {
  return /\.(?:pc|cmake)$|-config$/.test(path) && statSync(path).size <= TEXT_LIMIT_BYTES;
}

/** What was found in the folders of this build is found by its user where that has it. */
function relocate(path: string, { sysroot, installed }: LibraryFolders): void {
  const text = readFileSync(path, 'utf8');
  const clean = text
    .replaceAll(`-L${sysroot}/usr/lib`, '')
    .replaceAll(`-I${sysroot}/usr/include`, '')
    .replaceAll(sysroot, '')
    .replaceAll(installed, '');
  if (clean !== text) writeFileSync(path, clean);
}

export function* filesOf(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile()) yield path;
  }
}

/** After a failure, too, the next build begins with nothing. */
export function clearFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
}

export function moveFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function lacks(row: LibraryRow, file: string): MorselError {
  return new MorselError('LIBRARY_BUILD_FAILED', `the build of ${row.name} made no ${file}`, {
    hint: 'its sources are of a version that the recipe does not know: name those of another one with "source"',
  });
}
