import { openByteSource } from '../../core/byte-source.ts';
import type { Finding } from '../../core/finding.ts';
import { openElf, symbolTableFunctions } from '../../elf/index.ts';
import type { Program } from '../candidates/candidate.ts';

/** What glibc gives where RLIMIT_STACK is as Linux sets it. */
const GLIBC_BYTES = 8 * 1024 * 1024;

/** musl takes the stacks of threads from the file; of one that was linked here, what was written there. */
export function threadStackFindings({ facts, toolchain, linkedPath }: Program): readonly Finding[] {
  const { libc, stackSizeBytes, go, languages } = facts;
  const isOfC = libc === 'musl' && go === null && !languages.includes('rust');
  if (!isOfC || toolchain === null || stackSizeBytes === 0 || !startsThreads(linkedPath)) return [];
  const compared = stackSizeBytes === GLIBC_BYTES ? 'as with glibc' : `${GLIBC_BYTES} with glibc`;
  return [
    {
      level: 'info',
      message: `threads have ${stackSizeBytes} bytes of stack (${compared}): musl alone gives them 131072`,
      hint: 'another size: --stack-size BYTES',
    },
  ];
}

/** As it was linked, with its symbols. */
function startsThreads(path: string): boolean {
  const source = openByteSource(path);
  try {
    const functions = symbolTableFunctions(openElf(source));
    return functions !== null && STARTS.some((name) => functions.has(name));
  } finally {
    source.close();
  }
}

const STARTS = ['pthread_create', '__pthread_create', 'thrd_create'];
