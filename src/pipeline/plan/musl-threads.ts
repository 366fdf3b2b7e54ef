import { openByteSource } from '../../core/byte-source.ts';
import type { Finding } from '../../core/finding.ts';
import { openElf, symbolTableFunctions } from '../../elf/index.ts';
import type { Program } from '../candidates/candidate.ts';

/** What glibc gives where RLIMIT_STACK is as Linux sets it. */
const GLIBC_BYTES = 8 * 1024 * 1024;

/** What threads of a program that was linked here have of musl, which gives them less than glibc does. */
export function muslThreadFindings({ facts, toolchain, linkedPath }: Program): readonly Finding[] {
  const { libc, go, languages } = facts;
  const isOfC = libc === 'musl' && go === null && !languages.includes('rust');
  if (!isOfC || toolchain === null) return [];
  const functions = linkedFunctions(linkedPath);
  if (!STARTS.some((name) => functions.has(name))) return [];
  return [...stackFindings(facts), ...allocatorFindings(functions)];
}

/** musl takes the stacks of threads from the file. */
function stackFindings({ stackSizeBytes }: Program['facts']): readonly Finding[] {
  if (stackSizeBytes === 0) return [];
  const compared = stackSizeBytes === GLIBC_BYTES ? 'as with glibc' : `${GLIBC_BYTES} with glibc`;
  return [
    {
      level: 'info',
      message: `threads have ${stackSizeBytes} bytes of stack (${compared}): musl alone gives them 131072`,
      hint: 'another size: --stack-size BYTES',
    },
  ];
}

/** How much a program allocates is not in its bytes: only that it does, and has threads. */
function allocatorFindings(functions: ReadonlySet<string>): readonly Finding[] {
  if (functions.has('mi_malloc') || !ALLOCATES.some((name) => functions.has(name))) return [];
  return [
    {
      level: 'info',
      message: 'its threads share one malloc, and musl has one lock for all of them',
      hint: 'where they allocate much: --allocator mimalloc; measure it: morsel compare --perf ARGUMENTS',
    },
  ];
}

/** As it was linked, with its symbols; none where the linker left them out. */
function linkedFunctions(path: string): ReadonlySet<string> {
  const source = openByteSource(path);
  try {
    return symbolTableFunctions(openElf(source)) ?? new Set();
  } finally {
    source.close();
  }
}

const STARTS = ['pthread_create', '__pthread_create', 'thrd_create'];
/** Of musl's mallocng and oldmalloc: in a program that calls one of the family. */
const ALLOCATES = ['__libc_malloc_impl', 'malloc', 'calloc', 'realloc'];
