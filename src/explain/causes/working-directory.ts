import { confirmed, OPEN, ruledOut } from '../../needs/index.ts';
import { causeRows, showConfig } from '../cause-row.ts';

/** Where the program is started: made or entered after all else is found. */
export const workingDirectoryCauses = causeRows([
  {
    cause: 'working-directory',
    title: 'the working directory is not in the image',
    check: ({ tree, workingDirectory }) => {
      const kind = tree.resolve(workingDirectory)?.entry.kind;
      if (kind === 'directory') return ruledOut(`${workingDirectory} is there`);
      // Docker, podman and containerd make a missing one; a file in its place they cannot.
      return kind === undefined ? OPEN : confirmed(`${workingDirectory} is not a directory`);
    },
    command: (context) => `${showConfig(context)}  # WorkingDir`,
    fixes: () => [
      'WORKDIR to a directory that exists',
      'bare runc and crun do not make it: mkdir it in the root',
    ],
  },
]);
