import { locateProgram } from '../../rootfs/index.ts';
import { confirmed, type ImageInUse, OPEN, type Ruling, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';

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

/** The one that the text names; where it names none, only a trace would tell. */
function checkStarted({ tree, env, said, cwd }: ImageInUse): Ruling {
  const name = said['started'];
  if (name === undefined) return OPEN;
  const located = locateProgram(tree, name, { cwd, path: env['PATH'] });
  return located.kind === 'absent'
    ? confirmed(`no ${name} in the image: ${located.searched.join(', ')}`)
    : ruledOut(`${name} is there`);
}

/** Other programs, as a rule looked up in PATH. */
export const programs = needFamily({
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
  forTheUser: true,
  causes: [
    {
      cause: 'missing-program',
      title: 'the program starts another one that is not in the image',
      check: checkStarted,
      command: (programFile) => `strace -f -e trace=execve ${programFile}`,
      fixes: [
        'add it with its libraries: `morsel build PROJECT --add /usr/bin/TOOL:/usr/bin/TOOL:0755`',
        'use a library instead of the tool',
      ],
    },
  ],
});
