import { resolve } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { foreignFormat } from '../core/file-format.ts';
import { interpreterName, readShebang, type Shebang } from '../core/shebang.ts';
import { factsOf, glibcNeeds, hardeningOf, isElf, openElf } from '../elf/index.ts';
import { type Closure, findClosure } from '../loader/index.ts';
import { judgeBases, type JudgeRequest, type Verdict } from '../base/index.ts';
import { findClosureNeeds, findNeeds } from '../needs/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import type { FileClosure, FileReport } from './report.ts';

/** Verdicts beside those on the known bases. */
export type JudgeMore = (program: JudgeRequest) => readonly Verdict[];

/**
 * What the bytes of one file of this machine say; nothing is executed. It is judged on the known bases, after what
 * `judgeMore` says. Errors: NOT_FOUND, UNREADABLE, ELF_INVALID.
 */
export function inspectFile(path: string, judgeMore: JudgeMore = () => []): FileReport {
  const source = openByteSource(path);
  try {
    return isElf(source) ? inspectElf(path, source, judgeMore) : inspectOther(path, source);
  } finally {
    source.close();
  }
}

function inspectElf(path: string, source: ByteSource, judgeMore: JudgeMore): FileReport {
  const elf = openElf(source);
  const facts = factsOf(elf);
  const closure =
    facts.interpreter === null
      ? null
      : findClosure({ tree: directoryTree('/'), path: resolve(path), cwd: process.cwd() });
  const needs =
    closure === null
      ? findNeeds({ facts, source, elf })
      : findClosureNeeds(closure, {}, { facts, source, elf });
  return {
    path,
    kind: 'elf',
    format: null,
    sizeBytes: source.sizeBytes,
    machine: facts.machine,
    link: facts.link,
    libc: facts.libc,
    libcEvidence: facts.libcEvidence,
    interpreter: facts.interpreter,
    needed: facts.needed,
    languages: facts.languages,
    minimumGlibc: facts.minimumGlibc,
    minimumGlibcSymbols: glibcNeeds(elf)[0]?.symbols ?? [],
    stripped: facts.stripped,
    needs,
    verdicts: [...judgeMore({ facts, needs, elf }), ...judgeBases({ facts, needs, elf })],
    hardening: hardeningOf(elf, facts),
    closure: closure === null ? null : filesOf(closure),
    facts,
  };
}

/** Of a loader whose rules are not known here, nothing is. */
function filesOf({ loader, interpreter, libraries, missing }: Closure): FileClosure | null {
  if (loader === 'other') return null;
  const loaderFile = interpreter?.file ?? null;
  const found = loaderFile === null ? libraries : [loaderFile, ...libraries];
  const files = new Map<string, FileClosure['files'][number]>();
  for (const { path, realPath, sizeBytes } of found) {
    if (!files.has(realPath)) files.set(realPath, { path, sizeBytes });
  }
  const absent = loaderFile === null && interpreter !== null ? [interpreter.path] : [];
  return {
    files: [...files.values()],
    missing: [...new Set([...absent, ...missing.map(({ name }) => name)])],
    sizeBytes: [...files.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function inspectOther(path: string, source: ByteSource): FileReport {
  const shebang = readShebang(source);
  return {
    path,
    kind: shebang === null ? 'other' : 'script',
    format: formatOf(source, shebang),
    sizeBytes: source.sizeBytes,
    machine: null,
    link: null,
    libc: null,
    libcEvidence: null,
    interpreter: shebang === null ? null : interpreterName(shebang),
    needed: [],
    languages: [],
    minimumGlibc: null,
    minimumGlibcSymbols: [],
    stripped: null,
    needs: [],
    verdicts: [],
    hardening: null,
    closure: null,
    facts: null,
  };
}

function formatOf(source: ByteSource, shebang: Shebang | null): string | null {
  if (source.sizeBytes === 0) return 'empty';
  if (shebang === null) return foreignFormat(source).name;
  const hasWindowsEnd = (shebang.argument ?? shebang.interpreter).endsWith('\r');
  return hasWindowsEnd ? 'a script whose first line ends in a carriage return, as on Windows' : null;
}
