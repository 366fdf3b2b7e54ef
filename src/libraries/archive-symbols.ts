import { openByteSource } from '../core/byte-source.ts';
import { archiveMembers } from './build/archive-members.ts';

/** Of the largest static library here, ICU's, it has 2 MiB. */
const TABLE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Names that an archive gives to others, by its own table (ar(5), `/`): a count and that many offsets, of 32 bits each and
 * the highest byte first, then the names, each ended by a NUL. null where it has no such table. Error: LIBRARY_BUILD_FAILED.
 */
export function archiveSymbols(path: string): ReadonlySet<string> | null {
  const source = openByteSource(path);
  try {
    const table = archiveMembers(source).find(({ name }) => name === '/');
    if (table === undefined || table.sizeBytes < 4 || table.sizeBytes > TABLE_LIMIT_BYTES) return null;
    const bytes = source.read(table.offset, table.sizeBytes);
    const start = 4 + bytes.readUInt32BE(0) * 4;
    if (start > bytes.length) return null;
    const names = bytes.toString('latin1', start).split('\0');
    return new Set(names.filter((name) => name !== ''));
  } finally {
    source.close();
  }
}
