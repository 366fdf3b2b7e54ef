import { basename, join } from 'node:path';
import { type ByteSource, openByteSource } from '../../core/byte-source.ts';
import { planSectionDrop, sectionlessView } from '../../elf/index.ts';

const COMPARED_BYTES = 1024 * 1024;

/** Programs of one name that are compared, each with the first of its kind. */
const MAX_OF_A_NAME = 16;

/**
 * The programs of a build folder without second copies: `zstd` and `programs/zstd`, `app` and `obj/app`, what a POST_BUILD
 * command puts elsewhere. Two are one when they have the same name and the same bytes, but for what strip takes away. Of
 * each, the one with the most symbols stays, then the one nearest to the top. Sorted as they were.
 */
export function withoutTwins(root: string, programs: readonly string[]): readonly string[] {
  const byName = new Map<string, string[]>();
  for (const path of programs) {
    const sameName = byName.get(basename(path));
    if (sameName === undefined) byName.set(basename(path), [path]);
    else sameName.push(path);
  }
  const kept = new Set([...byName.values()].flatMap((paths) => distinct(root, paths)));
  return programs.filter((path) => kept.has(path));
}

function distinct(root: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 1 || paths.length > MAX_OF_A_NAME) return paths;
  const kept: string[] = [];
  for (const path of byWorth(root, paths)) {
    if (!kept.some((other) => isSameProgram(join(root, other), join(root, path)))) kept.push(path);
  }
  return kept;
}

function byWorth(root: string, paths: readonly string[]): readonly string[] {
  const sized = paths.map((path) => ({
    path,
    depth: path.split('/').length,
    sizeBytes: sizeOf(join(root, path)),
  }));
  return sized.toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.depth - b.depth).map(({ path }) => path);
}

function sizeOf(path: string): number {
  const source = openByteSource(path);
  source.close();
  return source.sizeBytes;
}

/** Whether two executables load the same bytes: what comes after their segments is symbols and debug information. */
export function isSameProgram(first: string, second: string): boolean {
  const [a, b] = [openByteSource(first), openByteSource(second)];
  try {
    return hasSameBytes(a, b) || hasSameBytes(loaded(a), loaded(b));
  } finally {
    a.close();
    b.close();
  }
}

function loaded(source: ByteSource): ByteSource {
  return sectionlessView(source, planSectionDrop(source));
}

function hasSameBytes(a: ByteSource, b: ByteSource): boolean {
  if (a.sizeBytes !== b.sizeBytes) return false;
  for (let offset = 0; offset < a.sizeBytes; offset += COMPARED_BYTES) {
    if (!a.read(offset, COMPARED_BYTES).equals(b.read(offset, COMPARED_BYTES))) return false;
  }
  return true;
}
