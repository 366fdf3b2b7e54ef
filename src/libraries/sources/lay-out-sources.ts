import { cpSync, readFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findTool } from '../../core/find-tool.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { isDirectory } from '../../core/stat-path.ts';
import { attempt } from '../../core/write-error.ts';
import { CACHE_HINT } from './download-store.ts';
import { decompressFile } from './decompress-file.ts';
import { LEFT_OUT } from './digest-of-tree.ts';
import type { LibrarySources } from './resolve-sources.ts';
import { unpackTarball } from './unpack-tarball.ts';

const PATCH_LIMIT_BYTES = 256 * 1024 * 1024;
const PATCH_TIMEOUT_MS = 60_000;

export interface LayOutOptions {
  readonly skipPatches: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the tree of a library's sources in a new folder: as `dpkg-source -x` would, with Debian's patches. Errors: those of
 * unpacking, TOOLCHAIN_MISSING, LIBRARY_BUILD_FAILED where a patch does not fit.
 */
export async function layOutSources(
  sources: LibrarySources,
  folder: string,
  options: LayOutOptions,
): Promise<void> {
  const [first] = sources.files;
  if (first === undefined) throw new Error('sources without a file');
  if (sources.format === null && isDirectory(first.path)) return copyTree(first.path, folder);
  if (sources.format === null) return unpackTarball(first.path, first.name, folder);
  await layOutDebian(sources, folder, options);
}

function copyTree(from: string, to: string): void {
  attempt(
    to,
    () =>
      cpSync(from, to, {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
        filter: (path) => !LEFT_OUT.has(basename(path)),
      }),
    CACHE_HINT,
  );
}

async function layOutDebian(
  { files }: LibrarySources,
  folder: string,
  options: LayOutOptions,
): Promise<void> {
  const native = files.find(({ name }) => /\.tar\.\w+$/.test(name) && !/\.(?:orig|debian)[.-]/.test(name));
  const original = files.find(({ name }) => /\.orig\.tar\.\w+$/.test(name)) ?? native;
  if (original === undefined) throw unknownFormat(files.map(({ name }) => name));
  await unpackTarball(original.path, original.name, folder);
  for (const { name, path } of files) {
    const component = /\.orig-([A-Za-z0-9-]+)\.tar\.\w+$/.exec(name)?.[1];
    if (component === undefined) continue;
    removeTree(join(folder, component));
    await unpackTarball(path, name, join(folder, component));
  }
  const debian = files.find(({ name }) => /\.debian\.tar\.\w+$/.test(name));
  if (debian !== undefined) {
    removeTree(join(folder, 'debian'));
    await unpackDebian(debian, folder);
  }
  const diff = files.find(({ name }) => name.endsWith('.diff.gz'));
  if (diff !== undefined) await applyPatch(await textOf(diff), diff.name, folder, options);
  for (const patch of seriesOf(folder)) {
    if (options.skipPatches.includes(patch)) continue;
    const path = join(folder, 'debian/patches', patch);
    await applyPatch(readFileSync(path), patch, folder, options);
  }
}

/** Its one folder is `debian` itself, which `unpackTarball` takes for the root. */
async function unpackDebian(
  file: { readonly name: string; readonly path: string },
  folder: string,
): Promise<void> {
  await unpackTarball(file.path, file.name, join(folder, 'debian'));
}

async function textOf({ path, name }: { readonly path: string; readonly name: string }): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of decompressFile(path, name, PATCH_LIMIT_BYTES)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function seriesOf(folder: string): readonly string[] {
  const series = join(folder, 'debian/patches/series');
  if (!existsSync(series)) return [];
  return readFileSync(series, 'utf8')
    .split('\n')
    .map(
      (line) =>
        line
          .replace(/(?:^|\s)#.*$/, '')
          .trim()
          .split(/\s+/, 1)[0] ?? '',
    )
    .filter((name) => /^[\w][\w./+~-]*$/.test(name) && !name.split('/').includes('..'));
}

/** The words that dpkg-source gives to patch(1), which refuses by itself to write outside of the folder. */
async function applyPatch(
  text: Buffer,
  name: string,
  folder: string,
  { signal }: LayOutOptions,
): Promise<void> {
  const patch = findTool('patch');
  if (patch === null)
    throw new MorselError('TOOLCHAIN_MISSING', 'patch, which applies Debian’s patches, is not installed', {
      hint: 'install it (on Debian: apt-get install patch)',
    });
  const args = ['-s', '-p1', '-F0', '-N', '-E', '-u', '-V', 'never', '-f'];
  const result = await runCommand(
    { program: patch, args, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC0' }, purpose: `apply ${name}` },
    { signal, stdin: text, timeoutMs: PATCH_TIMEOUT_MS },
  );
  if (result.exitCode === 0) return;
  throw new MorselError(
    'LIBRARY_BUILD_FAILED',
    `Debian’s patch ${name} does not fit its own sources: ${(result.stdout + result.stderr).trim().split('\n', 1)[0]}`,
    {
      hint: 'remove the cached downloads with `morsel cache prune --all`, and try again',
    },
  );
}

function unknownFormat(names: readonly string[]): MorselError {
  return new MorselError('UNSUPPORTED', `no tarball of sources is among ${names.join(', ')}`, {
    hint: 'give the sources as a URL with "sha256", or as a path',
  });
}
