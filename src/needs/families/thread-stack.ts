import { type Ruling, type ImageInUse, OPEN, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';

const LINK = 'link with -Wl,-z,stack-size=8388608';

function checkStack({ program }: ImageInUse): Ruling {
  if (program === null) return OPEN;
  const { libc, stackSizeBytes, go } = program;
  if (libc !== 'musl' || go !== null) return ruledOut('it is not a C program on musl');
  return stackSizeBytes === 0 ? OPEN : ruledOut(`its stack size is set to ${stackSizeBytes} bytes`);
}

/** Room on the stack of a thread, of which musl gives little. */
export const threadStack = needFamily({
  need: 'thread-stack',
  signatures: [
    {
      find: 'symbol',
      anyOf: ['pthread_create'],
      when: (facts) =>
        facts.libc === 'musl' &&
        facts.stackSizeBytes === 0 &&
        !facts.languages.includes('rust') &&
        facts.go === null,
      level: 'possible',
      inLibraries: 'no',
    },
  ],
  failure:
    'threads have 128 KiB of stack (8 MiB with glibc): deep recursion and large arrays end in SIGSEGV (exit 139)',
  fix: LINK,
  causes: [
    {
      cause: 'thread-stack',
      title: 'musl gives threads 128 KiB of stack',
      check: checkStack,
      command: (programFile) => `readelf -lW ${programFile} | grep GNU_STACK`,
      fixes: [LINK],
    },
  ],
});
