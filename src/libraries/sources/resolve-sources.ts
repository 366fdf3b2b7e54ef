import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { type EventSink, ignoreEvents } from '../../core/events.ts';
import { isDirectory } from '../../core/stat-path.ts';
import type { LibraryLock, LockedFile, LockedLibrary } from '../lock/library-lock.ts';
import type { Candidate, IndexOptions } from './debian-index.ts';
import { findDebianSources } from './debian-index.ts';
import { sha256OfFile } from './download-store.ts';
import { digestOfTree } from './digest-of-tree.ts';
import { NotOnMirror } from './http-get.ts';
import type { WantedLibrary } from './library-request.ts';

/** Sources of one library, whole and verified, on this machine. */
export interface LibrarySources {
  readonly version: string;
  /** For a reader: `debian:zlib`, a URL, a path. */
  readonly source: string;
  /** Of all files: `sha256:…`. */
  readonly digest: string;
  /** `3.0 (quilt)` … of Debian; null: one tarball, or a folder. */
  readonly format: string | null;
  readonly files: readonly { readonly name: string; readonly path: string }[];
  /** What a lock says of them; null for what is on this machine anyway. */
  readonly locked: LockedLibrary | null;
}

export interface ResolveOptions extends IndexOptions {
  readonly lock: LibraryLock;
  readonly onEvent?: EventSink | undefined;
}

/**
 * The sources of these libraries: those that the lock names, else the newest. Errors: of the index and the store, and
 * NOT_FOUND for a package that Debian does not have.
 */
export async function resolveSources(
  wanted: readonly WantedLibrary[],
  options: ResolveOptions,
): Promise<ReadonlyMap<string, LibrarySources>> {
  const unlocked = wanted.flatMap(({ row, origin }) =>
    origin.kind === 'debian' && lockedFor(row.name, `debian:${origin.package}`, options.lock) === null
      ? [origin.package]
      : [],
  );
  const index =
    unlocked.length === 0
      ? new Map<string, readonly Candidate[]>()
      : await findDebianSources(new Set(unlocked), options);
  const resolved = new Map<string, LibrarySources>();
  for (const { row, origin } of wanted) {
    const name = row.name;
    switch (origin.kind) {
      case 'debian': {
        const source = `debian:${origin.package}`;
        const locked = lockedFor(name, source, options.lock);
        resolved.set(
          name,
          await (locked === null ? newest(origin.package, index, options) : fetchLocked(locked, options)),
        );
        break;
      }
      case 'url':
        resolved.set(name, await fetchUrl(origin, options));
        break;
      case 'path':
        resolved.set(name, localSources(origin.path));
        break;
    }
  }
  return resolved;
}

function lockedFor(name: string, source: string, lock: LibraryLock): LockedLibrary | null {
  const locked = Object.hasOwn(lock.libraries, name) ? lock.libraries[name] : undefined;
  return locked?.source === source && locked.debian !== undefined ? locked : null;
}

async function newest(
  name: string,
  index: ReadonlyMap<string, readonly Candidate[]>,
  options: ResolveOptions,
): Promise<LibrarySources> {
  const candidates = index.get(name) ?? [];
  let missing: NotOnMirror | null = null;
  for (const candidate of candidates) {
    const { source, archive } = candidate;
    const locked: LockedLibrary = {
      source: `debian:${name}`,
      version: source.version,
      debian: {
        format: source.format,
        archive: archive === options.mirrors.security ? 'security' : 'main',
        directory: source.directory,
      },
      files: source.files,
    };
    try {
      const found = await fetchLocked(locked, options);
      if (missing !== null && source.version !== candidates[0]?.source.version)
        tellOlder(candidates, candidate, missing, options.onEvent ?? ignoreEvents);
      return found;
    } catch (error) {
      if (!(error instanceof NotOnMirror)) throw error;
      missing ??= error;
    }
  }
  if (missing !== null) throw missing;
  throw new MorselError('NOT_FOUND', `Debian has no source package ${JSON.stringify(name)}`, {
    hint: 'check the name (on Debian: apt-cache showsrc NAME); or give a URL with "sha256", or a path',
  });
}

function tellOlder(
  all: readonly Candidate[],
  taken: Candidate,
  missing: NotOnMirror,
  onEvent: EventSink,
): void {
  onEvent({
    kind: 'finding',
    level: 'warning',
    message: `${taken.source.package} is built of ${taken.source.version}: the mirror lacks the files of ${all[0]?.source.version}, which its index names`,
    hint: `${missing.message}; another mirror may have them: MORSEL_DEBIAN_MIRROR=http://HOST/debian`,
  });
}

async function fetchLocked(locked: LockedLibrary, options: ResolveOptions): Promise<LibrarySources> {
  const { debian } = locked;
  if (debian === undefined) throw new Error('not of Debian');
  const base = `${options.mirrors[debian.archive]}/${debian.directory}`;
  const files: { readonly name: string; readonly path: string }[] = [];
  for (const { name, sha256, sizeBytes } of locked.files) {
    const path = await options.store.get({ url: `${base}/${name}`, sha256, sizeBytes }, options);
    files.push({ name, path });
  }
  return {
    version: locked.version,
    source: locked.source,
    digest: digestOfFiles(locked.files),
    format: debian.format,
    files,
    locked,
  };
}

async function fetchUrl(
  origin: { readonly url: string; readonly sha256: string },
  options: ResolveOptions,
): Promise<LibrarySources> {
  const { url, sha256 } = origin;
  const path = await options.store.get({ url, sha256, sizeBytes: null }, options);
  const name = basename(new URL(url).pathname);
  const { size } = await import('node:fs').then((fs) => fs.statSync(path));
  const files: readonly LockedFile[] = [{ name, sha256, sizeBytes: size }];
  const version = versionIn(name);
  return {
    version,
    source: url,
    digest: digestOfFiles(files),
    format: null,
    files: [{ name, path }],
    locked: { source: url, version, files },
  };
}

function localSources(path: string): LibrarySources {
  const digest = isDirectory(path) ? digestOfTree(path) : `sha256:${sha256OfFile(path)}`;
  const name = basename(path);
  return {
    version: versionIn(name),
    source: path,
    digest,
    format: null,
    files: [{ name, path }],
    locked: null,
  };
}

/** `libfoo-1.2.3.tar.gz` is 1.2.3. */
function versionIn(name: string): string {
  return /[-_]v?(\d[\w.+~]*?)(?:\.orig)?(?:\.tar)?(?:\.(?:t?gz|t?xz|t?bz2))?$/.exec(name)?.[1] ?? 'unknown';
}

function digestOfFiles(files: readonly LockedFile[]): string {
  const lines = files.map(({ name, sha256 }) => `${sha256} ${name}\n`).toSorted();
  return `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
}
