import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { decodeName } from '../tar/index.ts';
import type { LayerEntry, LayerFile } from './layer-entry.ts';

/** Files under one `--add`; a mistyped `--add /:/` should be an error, not an hour of work. */
export const HOST_ENTRIES_LIMIT = 500_000;

export interface HostEntryOptions {
  readonly reason: string;
  /** For files; by default 0o755 where the owner may execute and 0o644 elsewhere, so that umask leaves no trace. */
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** What of a directory is left out, by its path on this machine. */
  readonly leaveOut?: ((path: string) => boolean) | undefined;
}

/**
 * What `--add SRC:DST` puts into the image: a file at DST, or a directory's whole content below DST. Symbolic links in
 * the directory stay links; SRC itself is followed. Directories are entries only where they are empty or need another
 * mode than 0755 (sticky `/tmp`), since engines make the others themselves.
 * Errors: NOT_FOUND, UNREADABLE, UNSUPPORTED (sockets, devices, pipes), LIMIT_EXCEEDED.
 */
export function entriesFromHost(
  source: string,
  destination: string,
  options: HostEntryOptions,
): LayerEntry[] {
  const stat = ask(source, (path) => statSync(path));
  if (stat.isFile()) return [hostFile(source, destination, stat, options)];
  if (!stat.isDirectory()) throw notAddable(source);
  return collect(Buffer.from(source), destination.replace(/\/+$/, ''), options);
}

/** One file of this machine, opened only when the layer is written. Errors: NOT_FOUND, UNREADABLE. */
export function entryFromFile(source: string, path: string, options: HostEntryOptions): LayerFile {
  const stat = ask(source, (path) => statSync(path));
  if (!stat.isFile()) {
    throw new MorselError('UNREADABLE', `${source} is not a regular file`, { hint: 'give a regular file' });
  }
  return hostFile(source, path, stat, options);
}

/** A directory that is being read. */
interface OpenDirectory {
  readonly source: Buffer;
  readonly path: string;
  readonly stat: Stats | null;
  readonly names: Iterator<Buffer>;
  readonly entriesBefore: number;
}

/** What is in a directory, inner directories behind what is in them; without recursion, since a tree may be deep. */
function collect(source: Buffer, path: string, options: HostEntryOptions): LayerEntry[] {
  const entries: LayerEntry[] = [];
  const open = [openDirectory(source, path, null, 0)];
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const next = directory.names.next();
    if (next.done === true) {
      open.pop();
      addDirectory(directory, options, entries);
      continue;
    }
    if (entries.length >= HOST_ENTRIES_LIMIT) throw tooManyFiles();
    const child = Buffer.concat([directory.source, Buffer.from('/'), next.value]);
    if (options.leaveOut?.(decodeName(child)) === true) continue;
    const childPath = `${directory.path}/${decodeName(next.value)}`;
    const stat = ask(child, (path) => lstatSync(path));
    if (stat.isDirectory()) open.push(openDirectory(child, childPath, stat, entries.length));
    else if (stat.isSymbolicLink()) {
      entries.push({
        kind: 'symlink',
        path: childPath,
        target: decodeName(ask(child, (link) => readlinkSync(link, 'buffer'))),
        ...owner(options),
      });
    } else if (stat.isFile()) entries.push(hostFile(child, childPath, stat, options));
    else throw notAddable(childPath);
  }
  return entries;
}

function openDirectory(
  source: Buffer,
  path: string,
  stat: Stats | null,
  entriesBefore: number,
): OpenDirectory {
  const names = ask(source, (folder) => readdirSync(folder, 'buffer'))
    .sort(Buffer.compare)
    .values();
  return { source, path, stat, names, entriesBefore };
}

function addDirectory(directory: OpenDirectory, options: HostEntryOptions, entries: LayerEntry[]): void {
  const { path, stat, entriesBefore } = directory;
  // That of `--add` itself is nobody's entry.
  if (stat === null) return;
  // The sticky bit is a decision (a shared /tmp); group and other bits are mostly the umask's.
  const isSticky = (stat.mode & 0o1000) !== 0;
  if (isSticky || entries.length === entriesBefore) {
    entries.push({ kind: 'directory', path, mode: isSticky ? 0o1777 : 0o755, ...owner(options) });
  }
}

function tooManyFiles(): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `more than ${HOST_ENTRIES_LIMIT} files are to be added to the image`,
    { hint: 'add a smaller directory' },
  );
}

/** @param source a name that need not be UTF-8, or what the user typed. */
function hostFile(source: string | Buffer, path: string, stat: Stats, options: HostEntryOptions): LayerFile {
  const name = typeof source === 'string' ? source : decodeName(source);
  return {
    kind: 'file',
    path,
    mode: options.mode ?? ((stat.mode & 0o100) !== 0 ? 0o755 : 0o644),
    sizeBytes: stat.size,
    open: () => openByteSource(name, { bytes: Buffer.from(source) }),
    ...owner(options),
  };
}

function owner(options: HostEntryOptions): { reason: string; uid?: number; gid?: number } {
  return {
    reason: options.reason,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  };
}

function ask<T>(path: string | Buffer, question: (path: string | Buffer) => T): T {
  try {
    return question(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const name = typeof path === 'string' ? path : decodeName(path);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MorselError('NOT_FOUND', `${name}: no such file or directory`, {
        cause,
        hint: CHECK_PATH_HINT,
      });
    }
    throw new MorselError('UNREADABLE', `${name} cannot be read (${code})`, {
      cause,
      hint: 'give yourself permission to read it, or add another path',
    });
  }
}

function notAddable(path: string): MorselError {
  return new MorselError(
    'UNSUPPORTED',
    `${path} is a socket, pipe or device: it cannot be put into an image`,
    { hint: 'add the files beside it one by one' },
  );
}
