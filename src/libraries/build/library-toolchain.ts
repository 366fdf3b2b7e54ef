import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { CToolchain } from '../../toolchain/c/c-toolchain.ts';
import type { Tools } from '../../toolchain/index.ts';
import { sha256OfFile } from '../sources/download-store.ts';
import { statOrNull } from '../../core/stat-path.ts';

/** A compiler for libraries, and the other tools of the machine. */
export interface LibraryToolchain {
  readonly c: CToolchain;
  readonly tools: Tools;
}

/**
 * What objects of a compiler depend on, as a digest: its words and version, its target, and the C library whose headers
 * they were made with.
 */
export function toolchainDigest({ c }: LibraryToolchain): string {
  const libc = c.libraryDirectory === null ? null : join(c.libraryDirectory, 'libc.a');
  const facts = [
    c.label,
    c.family,
    c.triple,
    c.libc,
    ...c.cc.map(realPath),
    libc !== null && statOrNull(libc)?.isFile() === true ? sha256OfFile(libc) : 'no libc.a',
  ];
  return createHash('sha256').update(facts.join('\0')).digest('hex');
}

function realPath(word: string): string {
  try {
    return word.startsWith('/') ? realpathSync(word) : word;
  } catch {
    return word;
  }
}
