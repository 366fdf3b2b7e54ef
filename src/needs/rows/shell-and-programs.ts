import { isStaticMusl, type NeedRow } from '../need-row.ts';

const SHELL = ['system', 'popen', 'wordexp'];
const START = [
  'execvp',
  'execvpe',
  'execlp',
  'posix_spawnp',
  'execv',
  'execl',
  'execle',
  'posix_spawn',
  'execve',
];

/** Other programs: /bin/sh, and those looked up in PATH. */
export const shellAndProgramsRows: readonly NeedRow[] = [
  {
    need: 'shell',
    signatures: [
      { find: 'symbol', anyOf: SHELL, level: 'likely' },
      // In musl the path is linked by system and popen alone; in glibc execvp brings it too.
      { find: 'string', anyOf: ['/bin/sh'], when: isStaticMusl, level: 'likely' },
    ],
    failure: ({ program }) =>
      program.libc === 'musl'
        ? 'system() returns -1 (and system(NULL) claims that a shell is there)'
        : 'system() returns 127, popen() NULL with `Cannot allocate memory`',
    fix: 'start the program directly (posix_spawn, exec), or add a static busybox: --add /bin/busybox:/bin/sh:0755',
    sizeBytes: 2_000_000,
  },
  {
    need: 'programs',
    signatures: [
      { find: 'symbol', anyOf: START, level: 'possible' },
      { find: 'go-function', anyOf: ['os/exec.(*Cmd).Start'], level: 'likely' },
    ],
    failure: ({ program }) =>
      program.go === null
        ? 'No such file or directory (ENOENT) when it starts another program'
        : 'executable file not found in $PATH',
    fix: 'add each program that it starts, with its own libraries: --add /usr/bin/TOOL:/usr/bin/TOOL:0755',
  },
];
