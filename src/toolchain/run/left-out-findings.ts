import { openByteSource } from '../../core/byte-source.ts';
import type { Finding } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { leftOutFile } from '../left-out-words.ts';
import type { CompilePlan } from '../plan.ts';

/** A build can write there whatever it likes. */
const READ_BYTES = 64 * 1024;
const MAX_WORD = 80;
const NAMED_LIMIT = 8;

/** Which words of the project's flags the generated compilers took away while the plan was performed. */
export function leftOutFindings({ workDirectory, toolchain }: CompilePlan): readonly Finding[] {
  const lines = startOf(leftOutFile(workDirectory)).split('\n').slice(0, -1);
  const words = [...new Set(lines)].filter((line) => line !== '' && line.length <= MAX_WORD).toSorted();
  if (words.length === 0) return [];
  const named = listNames(words, NAMED_LIMIT);
  const message = `flags of the project that ${toolchain} does not take were left out: ${named}`;
  return [{ level: 'info', message, hint: null }];
}

function startOf(path: string): string {
  try {
    const source = openByteSource(path);
    try {
      return source.read(0, Math.min(source.sizeBytes, READ_BYTES)).toString('utf8');
    } finally {
      source.close();
    }
  } catch {
    return '';
  }
}
