import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Where the quick run takes its sample: programs, libraries, start files and objects of several architectures. */
const QUICK_FOLDERS = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-musl',
  '/usr/lib/gcc/x86_64-linux-gnu/12',
  '/usr/aarch64-linux-gnu/lib',
  '/usr/lib/diet/lib-x86_64',
  '/usr/libexec/valgrind',
];

/** `MORSEL_TEST_ALL=1`: every ELF file below /usr (minutes). */
export const TEST_ALL = process.env['MORSEL_TEST_ALL'] === '1';

/** ELF files of this machine, sorted, so that each run takes the same ones; `limit` of them, evenly spread. */
export function elfFiles(limit: number): readonly string[] {
  const files = TEST_ALL ? elfFilesBelow('/usr') : QUICK_FOLDERS.flatMap((folder) => elfFilesIn(folder));
  if (TEST_ALL || files.length <= limit) return files;
  return Array.from(
    { length: limit },
    (_value, index) => files[Math.floor((index * files.length) / limit)] ?? '',
  );
}

/** ELF files in a folder and all below it; links are not followed. */
export function elfFilesBelow(root: string): readonly string[] {
  const here = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...elfFilesIn(root), ...here.flatMap((entry) => elfFilesBelow(join(root, entry.name)))];
}

function elfFilesIn(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .map((name) => join(folder, name))
    .filter(isElfFile)
    .sort();
}

function isElfFile(path: string): boolean {
  try {
    if (!lstatSync(path).isFile()) return false;
    const fd = openSync(path, 'r');
    const bytes = Buffer.alloc(4);
    readSync(fd, bytes, 0, 4, 0);
    closeSync(fd);
    return bytes.equals(Buffer.from('\x7fELF', 'latin1'));
  } catch {
    return false;
  }
}
