import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { isElf, readElf } from '../elf/index.ts';
import { findClosure } from '../loader/index.ts';
import { findNeeds, judgeBases, type Need, type NeedSubject } from '../needs/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { resolve } from 'node:path';
import type { FileReport } from './report.ts';

/** The kernel reads no more of a script's first line: BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h. */
const SHEBANG_LIMIT_BYTES = 256;

/**
 * What the bytes of one file of this machine say; nothing is executed. Errors: NOT_FOUND, UNREADABLE, ELF_INVALID.
 */
export function inspectFile(path: string): FileReport {
  const source = openByteSource(path);
  try {
    return isElf(source) ? inspectElf(path, source) : inspectOther(path, source);
  } finally {
    source.close();
  }
}

function inspectElf(path: string, source: ByteSource): FileReport {
  const facts = readElf(source);
  const needs =
    facts.interpreter === null ? findNeeds({ facts, source }) : needsWithLibraries(path, source, facts);
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
    stripped: facts.stripped,
    needs,
    verdicts: judgeBases({ facts, needs, source }),
    facts,
  };
}

/** A library's imports count as `possible` needs, where this machine has the library. */
function needsWithLibraries(path: string, source: ByteSource, facts: NeedSubject['facts']): readonly Need[] {
  const { libraries } = findClosure({ tree: directoryTree('/'), path: resolve(path) });
  const subjects = libraries.map((library) => ({
    facts: library.facts,
    source: openByteSource(library.realPath),
  }));
  try {
    return findNeeds({ facts, source, libraries: subjects });
  } finally {
    for (const subject of subjects) subject.source.close();
  }
}

function inspectOther(path: string, source: ByteSource): FileReport {
  const interpreter = shebangOf(source);
  return {
    path,
    kind: interpreter === null ? 'other' : 'script',
    sizeBytes: source.sizeBytes,
    machine: null,
    link: null,
    libc: null,
    libcEvidence: null,
    interpreter,
    needed: [],
    languages: [],
    minimumGlibc: null,
    stripped: null,
    needs: [],
    verdicts: [],
    facts: null,
  };
}

/** execve(2), "Interpreter scripts". */
function shebangOf(source: ByteSource): string | null {
  const text = source.read(0, SHEBANG_LIMIT_BYTES).toString('utf8');
  return /^#![ \t]*([^\s]+)/.exec(text)?.[1] ?? null;
}
