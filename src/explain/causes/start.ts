import { confirmed, ruledOut } from '../../needs/index.ts';
import { takenAway } from '../../rootfs/index.ts';
import {
  causeRows,
  imageName,
  listFiles,
  programName,
  programPath,
  programPattern,
  showConfig,
} from '../cause-row.ts';
import { mayExecute } from '../image-user.ts';
import { parentDirectories } from '../parent-directories.ts';
import type { FileProbe, TargetProbe } from '../target-probe.ts';

const fileOf = (probe: TargetProbe): FileProbe | null =>
  probe.program.kind === 'file' ? probe.program : null;
const NO_FILE = ruledOut('there is no such file at all');

/** What docker makes of CMD and ENTRYPOINT without brackets. */
const isShellForm = (argv: readonly string[]): boolean =>
  /^\/bin\/(ba)?sh$/.test(argv[0] ?? '') && argv[1] === '-c';

/** From the command line to the first instruction: what runc and the kernel refuse. */
export const startCauses = causeRows([
  {
    cause: 'no-command',
    title: 'the image names no command',
    check: ({ program, argv }) =>
      program.kind === 'none'
        ? confirmed('the config has neither Entrypoint nor Cmd')
        : ruledOut(`it starts ${argv.join(' ')}`),
    command: showConfig,
    fixes: (context) => [
      'set one: ENTRYPOINT ["/PROGRAM"], or `morsel build PROJECT --entrypoint /PROGRAM`',
      `docker run ${imageName(context)} /PROGRAM`,
    ],
  },
  {
    cause: 'shell-form-without-shell',
    title: 'the command is in shell form, and the image has no /bin/sh',
    check: ({ program, argv }) => {
      if (!isShellForm(argv)) return ruledOut(`it starts ${argv[0] ?? 'nothing'}, not \`/bin/sh -c\``);
      return program.kind === 'not-found'
        ? confirmed(`the command is ${JSON.stringify(argv)}, and ${argv[0]} is not in the image`)
        : ruledOut(`${argv[0]} is there`);
    },
    command: (context) => `${showConfig(context)}  # Entrypoint ["/bin/sh","-c",…]`,
    fixes: () => [
      'use the exec form: ENTRYPOINT ["/app", "ARGUMENT"] instead of ENTRYPOINT /app ARGUMENT',
      'in a Dockerfile `FROM scratch`, no RUN can work either: build in an earlier stage and COPY',
    ],
  },
  {
    cause: 'command-not-found',
    title: (context) => `${programName(context)} is not in the image`,
    check: ({ program, env, argv, tree }) => {
      if (isShellForm(argv)) return ruledOut('it is the shell of a command in shell form');
      if (program.kind !== 'not-found')
        return ruledOut(program.kind === 'none' ? 'no command is set' : `${program.path} is there`);
      if (program.name.includes('/')) {
        const file = program.searched[0] ?? program.name;
        return confirmed(`no file ${file}${takenAway(tree, file)}`);
      }
      return confirmed(
        `no ${program.name} in PATH (${env['PATH'] ?? 'not set: the runtime takes its own'}): ${program.searched.join(', ')}`,
      );
    },
    command: listFiles,
    fixes: (context) => [
      'give the absolute path of a file that is there: ENTRYPOINT ["/hello"]',
      `check the COPY, or the --add of \`morsel build\`, that should have put ${programPath(context)} there`,
    ],
  },
  {
    cause: 'is-a-directory',
    title: (context) => `${programName(context)} is a directory`,
    check: ({ program }) =>
      program.kind === 'directory'
        ? confirmed(`${program.path} is a directory`)
        : ruledOut('it is not a directory'),
    command: listFiles,
    fixes: (context) => [`name the file in it: ENTRYPOINT ["${programPath(context)}/PROGRAM"]`],
  },
  {
    cause: 'not-executable',
    title: (context) => `${programName(context)} has no execute permission`,
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      const mode = octal(file.entry.mode);
      return mayExecute(probe.user, file.entry)
        ? ruledOut(`its mode is ${mode}`)
        : confirmed(
            `its mode is ${mode}, owner ${file.entry.uid}:${file.entry.gid}, and it runs as ${probe.user.text || '0'}`,
          );
    },
    command: (context) => `${listFiles(context)} | grep -F ${programPattern(context)}`,
    fixes: (context) => [
      'in a Dockerfile: COPY --chmod=0755; with morsel: `morsel build PROJECT --add SRC:DST:0755`',
      `chmod 0755 the file before it is copied to ${programPath(context)}`,
    ],
  },
  {
    cause: 'directory-mode',
    title: 'a directory above the program cannot be entered by this user',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      const closed = parentDirectories(file.realPath)
        .map((path) => ({ path, entry: probe.tree.resolve(path)?.entry }))
        .find(({ entry }) => entry?.kind === 'directory' && !mayExecute(probe.user, entry));
      return closed?.entry === undefined
        ? ruledOut(`user ${probe.user.text || '0'} may enter every directory above it`)
        : confirmed(
            `${closed.path} has mode ${octal(closed.entry.mode)}, owner ${closed.entry.uid}:${closed.entry.gid}, and it runs as ${probe.user.text}`,
          );
    },
    command: (context) => `${listFiles(context)} | grep '^d'`,
    fixes: () => [
      'chmod 0755 the directory in the image',
      'run as the directory’s owner: docker run --user UID:GID',
    ],
  },
]);

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
