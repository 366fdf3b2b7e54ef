import { join } from 'node:path';
import { readFileStart } from './project-file.ts';

const NAMES = ['VERSION', 'VERSION.txt', 'version.txt', '.version'];

/** A longer file says more than a version. */
const READ_BYTES = 256;

/** The version in a file of its own, as many projects keep it: one line, `1.2.3`, `v1.2.3` or in quotes; null elsewhere. */
export function readVersionFile(directory: string): string | null {
  for (const name of NAMES) {
    const text = readFileStart(join(directory, name), READ_BYTES).trim();
    const version = /^["']?v?(\d{1,9}(?:\.\d{1,9}){1,4}[\w.+~-]{0,60})["']?$/.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}
