import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { Turns } from '../core/turns.ts';

/** st_blocks counts in these, whatever the file system's own are: stat(2). */
const BLOCK_BYTES = 512;

/**
 * What a folder takes on its disk, as `du -s` counts it, without following links: a build has made what is in it. What
 * cannot be looked at counts nothing; a file with several names counts once. Error: INTERRUPTED.
 */
export async function diskUsage(directory: string, signal: AbortSignal | undefined): Promise<number> {
  const turns = new Turns(signal, `measuring ${directory}`);
  const counted = new Set<string>();
  const open = [directory];
  let bytes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    await turns.take();
    for (const entry of entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      bytes += sizeOnce(path, counted);
    }
  }
  return bytes;
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return []; // it has gone, or is closed
  }
}

function sizeOnce(path: string, counted: Set<string>): number {
  try {
    const { blocks, nlink, dev, ino } = lstatSync(path);
    if (nlink > 1) {
      const key = `${dev}:${ino}`;
      if (counted.has(key)) return 0;
      counted.add(key);
    }
    return blocks * BLOCK_BYTES;
  } catch {
    return 0;
  }
}
