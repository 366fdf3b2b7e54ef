import { type Dir, opendirSync } from 'node:fs';

/** Names of a directory that are read at a time. */
const NAMES_AT_ONCE = 1_000;

/** Some at a time, however many there are: a program may have made a million. None of what cannot be read. */
export function* namesIn(path: string): Generator<string> {
  const directory = openOrNull(path);
  if (directory === null) return;
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
  } finally {
    directory.closeSync();
  }
}

function openOrNull(path: string): Dir | null {
  try {
    return opendirSync(path, { bufferSize: NAMES_AT_ONCE });
  } catch {
    return null;
  }
}
