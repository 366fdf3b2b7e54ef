import { closeSync, openSync, writeSync } from 'node:fs';
import { openByteSource } from '../../core/byte-source.ts';
import { archiveMembers } from './archive-members.ts';

/** Time, owner and group of a member, and its mode, as `ar D` writes them. */
const FIELDS = [
  { offset: 16, text: '0'.padEnd(12) },
  { offset: 28, text: '0'.padEnd(6) },
  { offset: 34, text: '0'.padEnd(6) },
  { offset: 40, text: '644'.padEnd(8) },
] as const;
const MODE_OFFSET = 40;

/** Takes out of an archive when and by whom it was made: not every ar is told to, and not every one does by itself. */
export function normaliseArchive(path: string): void {
  const source = openByteSource(path);
  const members = archiveMembers(source);
  source.close();
  const fd = openSync(path, 'r+');
  try {
    for (const { name, headerOffset } of members) {
      // The table of long names has nothing but blanks there.
      if (name === '//') continue;
      for (const { offset, text } of FIELDS) {
        if (name === '/' && offset === MODE_OFFSET) continue;
        writeSync(fd, text, headerOffset + offset, 'latin1');
      }
    }
  } finally {
    closeSync(fd);
  }
}
