import { needFamily } from '../need-family.ts';
import { isDynamic, isStaticMusl } from '../program-kinds.ts';

const SHELL = '/bin/sh';

/** The shell that system(), popen() and wordexp() start. */
export const shell = needFamily({
  need: 'shell',
  signatures: [
    { find: 'symbol', anyOf: ['system', 'popen', 'wordexp'], level: 'likely' },
    // execl and posix_spawn of it; a text that only begins so (#!/bin/sh) is a script that it writes.
    {
      find: 'string',
      anyOf: [`\0${SHELL}\0`],
      when: (facts) => isDynamic(facts) && facts.go === null,
      level: 'likely',
    },
    // In musl the path is linked by system and popen alone; in glibc execvp brings it too.
    { find: 'string', anyOf: [SHELL], when: isStaticMusl, level: 'likely' },
  ],
  failure: ({ program }) =>
    program.libc === 'musl'
      ? 'system() returns -1 (and system(NULL) claims that a shell is there)'
      : 'system() returns 127, popen() NULL with `Cannot allocate memory`',
  fix: ({ program }) =>
    isDynamic(program)
      ? 'add the shell of this machine, whose C library is there already: --add /bin/sh:/bin/sh:0755'
      : 'start the program directly (posix_spawn, exec), or add a static busybox: --add /bin/busybox:/bin/sh:0755',
  sizeBytes: 2_000_000,
  places: () => [SHELL],
  forTheUser: true,
  lackIs: 'missing-program',
});
