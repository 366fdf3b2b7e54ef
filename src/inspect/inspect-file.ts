import { closeSync, fstatSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { isElf, minimumGlibcSymbols, openElf, readElf } from '../elf/index.ts';
import { findClosure } from '../loader/index.ts';
import { findNeeds, judgeBases } from '../needs/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import type { FileReport } from './report.ts';

/** A script's first line, as the kernel reads it: BINPRM_BUF_SIZE of include/uapi/linux/binfmts.h. */
const SHEBANG_LIMIT_BYTES = 256;

/**
 * What the bytes of one file say: nothing is executed. `tree` is where its libraries would be looked for. Errors:
 * NOT_FOUND, UNREADABLE, ELF_INVALID.
 */
export function inspectFile(path: string, tree: FileTree): FileReport {
  const source = openByteSource(path);
  try {
    if (isElf(source)) return inspectElf(path, source, tree);
    const interpreter = shebangOf(source);
    return { ...nothingKnown(path, source), kind: interpreter === null ? 'other' : 'script', interpreter };
  } finally {
    source.close();
  }
}

function inspectElf(path: string, source: ByteSource, tree: FileTree): FileReport {
  const facts = readElf(source);
  const needs = findNeeds({
    facts,
    source,
    libraries: librarySubjects(path, tree, facts.interpreter !== null),
  });
  return {
    path,
    kind: 'elf',
    sizeBytes: source.sizeBytes,
    machine: facts.machine,
    link: facts.link,
    libc: facts.libc,
    libcEvidence: facts.libcEvidence,
    interpreter: facts.interpreter,
    needed: facts.needed,
    languages: facts.languages,
    minimumGlibc: facts.minimumGlibc,
    minimumGlibcSymbols: facts.minimumGlibc === null ? [] : minimumGlibcSymbols(openElf(source)),
    stripped: facts.stripped,
    needs,
    verdicts: judgeBases({ facts, needs }),
    facts,
  };
}
