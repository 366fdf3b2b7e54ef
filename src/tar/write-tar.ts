import { MorselError } from '../core/errors.ts';
import { paddingBytes, tarHeaderBlocks } from './header-writer.ts';
import { TAR_BLOCK_BYTES } from './limits.ts';
import type { TarEntry, TarFileEntry } from './tar-entry.ts';

/** What is read from a file at a time: large enough for the disk, small enough for memory. */
const READ_BYTES = 256 * 1024;

/**
 * The archive as a stream of chunks (512 bytes to 256 KiB), which need not be blocks. Members come in the order given;
 * sorting is the caller's. The same entries always give the same bytes. Ends with two zero blocks and nothing more.
 * Errors: UNREADABLE when a file is not the size that its entry says (it changed while it was read).
 */
export function* writeTar(entries: Iterable<TarEntry>): Generator<Buffer, void, undefined> {
  for (const entry of entries) {
    yield tarHeaderBlocks(entry);
    if (entry.kind === 'file') yield* fileContent(entry);
  }
  yield tarEnd();
}

/** The end of archive: two zero blocks; without them GNU tar says "Unexpected EOF" or "A lone zero block". */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK_BYTES);
}

/** Exact size of what `writeTar` gives. */
export function tarSizeBytes(entries: Iterable<TarEntry>): number {
  let size = 2 * TAR_BLOCK_BYTES;
  for (const entry of entries) {
    size += tarHeaderBlocks(entry).length;
    if (entry.kind === 'file') size += entry.sizeBytes + paddingBytes(entry.sizeBytes);
  }
  return size;
}

function* fileContent(entry: TarFileEntry): Generator<Buffer, void, undefined> {
  const source = entry.open();
  try {
    let offset = 0;
    while (offset < entry.sizeBytes) {
      const chunk = source.read(offset, Math.min(READ_BYTES, entry.sizeBytes - offset));
      if (chunk.length === 0) throw changed(entry, `ended after ${offset} of ${entry.sizeBytes} bytes`);
      offset += chunk.length;
      yield chunk;
    }
    if (source.read(offset, 1).length > 0) throw changed(entry, `is longer than ${entry.sizeBytes} bytes`);
  } finally {
    source.close();
  }
  const padding = paddingBytes(entry.sizeBytes);
  if (padding > 0) yield Buffer.alloc(padding);
}

function changed(entry: TarFileEntry, what: string): MorselError {
  return new MorselError('UNREADABLE', `/${entry.path} ${what}: the file changed while it was read`, {
    hint: 'wait until nothing writes to it, then build again',
  });
}
