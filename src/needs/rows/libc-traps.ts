import type { NeedRow } from '../need-row.ts';

/** Programs that start and then do the wrong thing because of their C library. */
export const libcTrapsRows: readonly NeedRow[] = [
  {
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
    fix: 'link with -Wl,-z,stack-size=8388608',
  },
];
