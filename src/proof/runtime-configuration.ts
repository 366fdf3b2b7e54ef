import { isPathTooLong } from '../core/path-limits.ts';
import { posix } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { parseStopSignal, type StopSignal } from '../core/stop-signal.ts';
import { DEFAULT_PATH, type ImageConfig, parseEnvironment } from '../oci/index.ts';
import { directoryTree, type FileTree, homeOf } from '../rootfs/index.ts';
import type { Check } from './check.ts';
import { imageUser } from './image-user.ts';

/** How an image wants to be run, with what docker adds. */
export interface RuntimeConfiguration {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly stopSignal: StopSignal;
}

/** Error: IMAGE_INVALID for a user, a working directory or a signal with which no engine would start it. */
export function runtimeConfiguration(
  { config = {} }: Pick<ImageConfig, 'config'>,
  tree: FileTree,
): RuntimeConfiguration {
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: { PATH: DEFAULT_PATH, ...parseEnvironment(config.Env) },
    cwd: directoryOf(config.WorkingDir),
    ...imageUser(config.User ?? '', tree),
    stopSignal: signalOf(config.StopSignal),
  };
}

/**
 * The same of an unpacked root, with the home that its own passwd gives: in a control run stands another passwd.
 * Error: IMAGE_INVALID.
 */
export function configurationIn(root: string, config: Pick<ImageConfig, 'config'>): RuntimeConfiguration {
  const tree = directoryTree(root);
  const image = runtimeConfiguration(config, tree);
  return { ...image, env: { HOME: homeOf(image.uid, tree), ...image.env } };
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

/** moby makes `/` of none, and `/b` of `/a/../b`, which no driver may take for a way out of the root. */
function directoryOf(text: string | undefined): string {
  if (text === undefined || text === '') return '/';
  const problem = !text.startsWith('/')
    ? 'is not absolute'
    : text.includes('\0')
      ? 'contains a NUL'
      : isPathTooLong(text)
        ? 'is too long for Linux'
        : null;
  if (problem === null) return posix.normalize(text);
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
  throw new MorselError('IMAGE_INVALID', `the image's working directory ${shown} ${problem}`, {
    hint: 'build the image with an absolute WORKDIR such as /data',
  });
}

const SHOWN_CHARACTERS = 80;

/** As docker does, which refuses to make a container that it could not stop. */
function signalOf(text: string | undefined): StopSignal {
  const signal = parseStopSignal(text === undefined || text === '' ? 'SIGTERM' : text);
  if (signal !== null) return signal;
  const shown = JSON.stringify(text?.slice(0, SHOWN_CHARACTERS));
  throw new MorselError('IMAGE_INVALID', `the image's stop signal ${shown} is none`, {
    hint: 'build the image with a STOPSIGNAL such as SIGINT, SIGRTMIN+3 or 15',
  });
}
