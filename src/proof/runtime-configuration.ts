import { MorselError } from '../core/errors.ts';
import { DEFAULT_PATH, type ImageConfig, parseEnvironment } from '../oci/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import type { Check } from './check.ts';

/** How an image wants to be run, with what docker adds. */
export interface RuntimeConfiguration {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly stopSignal: NodeJS.Signals;
}

const PASSWD_LIMIT_BYTES = 1024 * 1024;

/** Error: IMAGE_INVALID for a user that is neither a number nor in the image's /etc/passwd. */
export function runtimeConfiguration(
  { config = {} }: Pick<ImageConfig, 'config'>,
  tree: FileTree,
): RuntimeConfiguration {
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: { PATH: DEFAULT_PATH, ...parseEnvironment(config.Env) },
    cwd: config.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir,
    ...idsOf(config.User ?? '', tree),
    stopSignal: signalOf(config.StopSignal),
  };
}

/** The whole argv of a check. Error: CONFIG_INVALID when neither the check nor the image has a command. */
export function argvOf(check: Check, image: RuntimeConfiguration): readonly string[] {
  const command = check.kind === 'server' ? check.start : check.command;
  const argv =
    command.length > 0
      ? [...command, ...(check.args ?? [])]
      : [...image.entrypoint, ...(check.args ?? image.cmd)];
  if (argv.length === 0) {
    throw new MorselError(
      'CONFIG_INVALID',
      `check "${check.name}" has no command, and the image has no entrypoint`,
      {
        hint: 'give the check a "command"',
      },
    );
  }
  return argv;
}

/** `USER[:GROUP]`, each a number or a name of the image's own /etc/passwd and /etc/group (image-spec/config.md, User). */
function idsOf(user: string, tree: FileTree): { readonly uid: number; readonly gid: number } {
  const [name = '', group] = user.split(':');
  if (name === '') return { uid: 0, gid: group === undefined ? 0 : groupId(group, tree) };
  const line = readTable(tree, '/etc/passwd').find((fields) => fields[0] === name || fields[2] === name);
  if (line === undefined && !isId(name)) {
    throw new MorselError('IMAGE_INVALID', `the image's user "${name}" is not in its /etc/passwd`, {
      hint: 'use a number, such as 65532:65532',
    });
  }
  const uid = Number(line?.[2] ?? name);
  return { uid, gid: group === undefined ? Number(line?.[3] ?? 0) : groupId(group, tree) };
}

function groupId(name: string, tree: FileTree): number {
  if (isId(name)) return Number(name);
  const line = readTable(tree, '/etc/group').find((fields) => fields[0] === name);
  if (line !== undefined) return Number(line[2]);
  throw new MorselError('IMAGE_INVALID', `the image's group "${name}" is not in its /etc/group`, {
    hint: 'use a number, such as 65532:65532',
  });
}

function isId(text: string): boolean {
  return /^[0-9]{1,10}$/.test(text);
}

function readTable(tree: FileTree, path: string): readonly (readonly string[])[] {
  const source = tree.open(path);
  if (source === null) return [];
  const text = source.read(0, PASSWD_LIMIT_BYTES).toString('utf8');
  source.close();
  return text.split('\n').map((line) => line.split(':'));
}

/** `SIGTERM`, `TERM` or a number, as Dockerfiles have it. */
function signalOf(text: string | undefined): NodeJS.Signals {
  const name = text === undefined || text === '' ? 'SIGTERM' : text.toUpperCase();
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  return STOP_SIGNALS.find((signal) => signal === full) ?? NUMBERED_SIGNALS[name] ?? 'SIGTERM';
}

const STOP_SIGNALS: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGKILL',
];
const NUMBERED_SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  15: 'SIGTERM',
  28: 'SIGWINCH',
};
