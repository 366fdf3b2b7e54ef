import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
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
  const stat = hostStat(source, statSync);
  if (stat.isFile()) return [hostFile(source, destination, stat, options)];
  if (!stat.isDirectory()) throw notAddable(source);
  const entries: LayerEntry[] = [];
  collect(Buffer.from(source), destination.replace(/\/+$/, ''), options, entries);
  return entries;
}

/** One file of this machine, opened only when the layer is written. Errors: NOT_FOUND, UNREADABLE. */
export function entryFromFile(source: string, path: string, options: HostEntryOptions): LayerFile {
  const stat = hostStat(source, statSync);
  if (!stat.isFile()) throw new MorselError('UNREADABLE', `${source} is not a regular file`);
  return hostFile(source, path, stat, options);
}

function collect(source: Buffer, path: string, options: HostEntryOptions, entries: LayerEntry[]): void {
  const names = readdirSync(source, 'buffer').sort(Buffer.compare);
  for (const name of names) {
    if (entries.length >= HOST_ENTRIES_LIMIT) {
      throw new MorselError(
        'LIMIT_EXCEEDED',
        `more than ${HOST_ENTRIES_LIMIT} files are to be added to the image`,
      );
    }
    const child = Buffer.concat([source, Buffer.from('/'), name]);
    const childPath = `${path}/${decodeName(name)}`;
    const stat = hostStat(child, lstatSync);
    if (stat.isDirectory()) collectDirectory(child, childPath, stat, options, entries);
    else if (stat.isSymbolicLink()) {
      entries.push({
        kind: 'symlink',
        path: childPath,
        target: decodeName(readlinkSync(child, 'buffer')),
        ...owner(options),
      });
    } else if (stat.isFile()) entries.push(hostFile(child, childPath, stat, options));
    else throw notAddable(childPath);
  }
}

function collectDirectory(
  source: Buffer,
  path: string,
  stat: Stats,
  options: HostEntryOptions,
  entries: LayerEntry[],
): void {
  const before = entries.length;
  collect(source, path, options, entries);
  // The sticky bit is a decision (a shared /tmp); group and other bits are mostly the umask's.
  const isSticky = (stat.mode & 0o1000) !== 0;
  if (isSticky || entries.length === before) {
    entries.push({ kind: 'directory', path, mode: isSticky ? 0o1777 : 0o755, ...owner(options) });
  }
}

function hostFile(source: string | Buffer, path: string, stat: Stats, options: HostEntryOptions): LayerFile {
  const name = typeof source === 'string' ? source : decodeName(source);
  return {
    kind: 'file',
    path,
    mode: options.mode ?? ((stat.mode & 0o100) !== 0 ? 0o755 : 0o644),
    sizeBytes: stat.size,
    open: () => openByteSource(name),
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

function hostStat(path: string | Buffer, stat: (path: string | Buffer) => Stats): Stats {
  try {
    return stat(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const name = typeof path === 'string' ? path : decodeName(path);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MorselError('NOT_FOUND', `${name}: no such file or directory`, {
        cause,
        hint: 'check the path',
      });
    }
    throw new MorselError('UNREADABLE', `${name} cannot be read (${code})`, { cause });
  }
}

function notAddable(path: string): MorselError {
  return new MorselError(
    'UNSUPPORTED',
    `${path} is a socket, pipe or device: it cannot be put into an image`,
  );
}
