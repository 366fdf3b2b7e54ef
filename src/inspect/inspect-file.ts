import { resolve } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { foreignFormat } from '../core/file-format.ts';
import { interpreterName, readShebang, type Shebang } from '../core/shebang.ts';
import { factsOf, glibcNeeds, isElf, openElf } from '../elf/index.ts';
import { findClosure } from '../loader/index.ts';
import { judgeBases, type JudgeRequest, type Verdict } from '../base/index.ts';
import { findClosureNeeds, findNeeds } from '../needs/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import type { FileReport } from './report.ts';

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
  const needs =
    facts.interpreter === null
      ? findNeeds({ facts, source, elf })
      : findClosureNeeds(
          findClosure({ tree: directoryTree('/'), path: resolve(path), cwd: process.cwd() }),
          {},
          { facts, source, elf },
        );
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
    facts,
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
    facts: null,
  };
}

function formatOf(source: ByteSource, shebang: Shebang | null): string | null {
  if (source.sizeBytes === 0) return 'empty';
  if (shebang === null) return foreignFormat(source).name;
  const hasWindowsEnd = (shebang.argument ?? shebang.interpreter).endsWith('\r');
  return hasWindowsEnd ? 'a script whose first line ends in a carriage return, as on Windows' : null;
}
