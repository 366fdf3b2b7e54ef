import { needFamily } from '../need-family.ts';
import { isStaticMusl } from '../program-kinds.ts';

const SHELL = '/bin/sh';

/** The shell that system(), popen() and wordexp() start. */
export const shell = needFamily({
  need: 'shell',
  signatures: [
    { find: 'symbol', anyOf: ['system', 'popen', 'wordexp'], level: 'likely' },
    // In musl the path is linked by system and popen alone; in glibc execvp brings it too.
    { find: 'string', anyOf: [SHELL], when: isStaticMusl, level: 'likely' },
  ],
  failure: ({ program }) =>
    program.libc === 'musl'
      ? 'system() returns -1 (and system(NULL) claims that a shell is there)'
      : 'system() returns 127, popen() NULL with `Cannot allocate memory`',
  fix: 'start the program directly (posix_spawn, exec), or add a static busybox: --add /bin/busybox:/bin/sh:0755',
  sizeBytes: 2_000_000,
  places: () => [SHELL],
  forTheUser: true,
  lackIs: 'missing-program',
});
