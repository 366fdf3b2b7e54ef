import { MorselError } from '../../core/errors.ts';
import { WORD_LIMIT_BYTES } from '../../core/word-limit.ts';
import { WORD_HINT } from '../../core/hints.ts';
import { parseStopSignal } from '../../core/stop-signal.ts';
import { parseNumericUser, USER_HINT } from '../../core/user-ids.ts';
import { checkImageDirectory, normaliseImagePath } from '../../rootfs/index.ts';

import type { BuildOptions } from './build-options.ts';
import type { Configuration } from './parse-configuration.ts';
import { type HealthQuestion, parseHealth } from './health.ts';

/** What goes into the image's `config` object. */
export interface RunConfiguration {
  /** null: the program itself. */
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string | null;
  readonly expose: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | null;
  /** Absolute and normalised. */
  readonly volumes: readonly string[];
  /** A small init of morsel's own is PID 1. */
  readonly init: boolean;
  readonly health: HealthQuestion | null;
}

/** The user that distroless and Chainguard call `nonroot`. */
export const DEFAULT_USER = '65532:65532';

/** The command line over `morsel.json`. Error: USAGE. */
export function runSettings(options: BuildOptions, configuration: Configuration): RunConfiguration {
  return {
    entrypoint: parseWords('entrypoint', options.entrypoint ?? configuration.entrypoint ?? null),
    cmd: parseWords('cmd', options.cmd ?? configuration.cmd ?? []) ?? [],
    env: parseEnvironment({ ...configuration.env, ...options.env }),
    user: parseUser(options.user ?? configuration.user ?? DEFAULT_USER),
    workdir: parseWorkdir(options.workdir ?? configuration.workdir ?? null),
    expose: (options.expose ?? configuration.expose ?? []).map(parsePort),
    labels: parseNames('label', { ...configuration.labels, ...options.labels }),
    stopSignal: parseSignal(options.stopSignal ?? configuration.stopSignal ?? null),
    volumes: [...new Set((options.volumes ?? configuration.volumes ?? []).map(parseVolume))],
    init: options.init ?? configuration.init ?? false,
    health: parseHealth(options.health ?? configuration.health ?? null),
  };
}

/** Numeric ids need no passwd file, and name no other user (docs/explanation/what-makes-a-binary-runnable.md, 5). */
function parseUser(text: string): string {
  const user = parseNumericUser(text);
  if (user === null)
    throw new MorselError('USAGE', `user ${JSON.stringify(text)} is not UID[:GID]`, { hint: USER_HINT });
  // With the uid alone, runtimes leave the group at 0.
  return `${user.uid}:${user.gid ?? user.uid}`;
}

/** image-spec config.md leaves a relative WorkingDir open, and engines take it differently. */
function parseWorkdir(text: string | null): string | null {
  if (text !== null) checkImageDirectory(text);
  return text;
}

/** The root, or what the runtime mounts itself, cannot be one. */
function parseVolume(text: string): string {
  const path = normaliseImagePath(text.length > 1 ? text.replace(/\/+$/, '') : text);
  if (path !== '/' && !/^\/(?:proc|sys|dev)(?:\/|$)/.test(path)) return path;
  throw new MorselError('USAGE', `${text} cannot be a volume`, {
    hint: 'give a directory below the root, such as --volume /data',
  });
}

function parseEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=')) {
      throw new MorselError('USAGE', `${JSON.stringify(name)} is not the name of an environment variable`, {
        hint: 'give it as NAME=VALUE, with a name that is not empty',
      });
    }
    checkWord('the environment variable', `${name}=${value}`);
  }
  return env;
}

function parseWords(what: string, words: readonly string[] | null): readonly string[] | null {
  for (const word of words ?? []) checkWord(`a word of ${what}`, word);
  return words;
}

/** What the kernel cannot hand to a program would fail only when the image is run. */
function checkWord(what: string, word: string): void {
  const problem = word.includes('\0')
    ? 'contains a NUL'
    : Buffer.byteLength(word) >= WORD_LIMIT_BYTES
      ? `has more than ${WORD_LIMIT_BYTES - 1} bytes`
      : null;
  if (problem === null) return;
  throw new MorselError('USAGE', `${what} ${JSON.stringify(word.slice(0, 40))} ${problem}`, {
    hint: WORD_HINT,
  });
}

/** Of labels and annotations (image-spec annotations.md: keys are not empty). */
export function parseNames(
  what: string,
  map: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const wrong = Object.keys(map).find((name) => name === '' || /[\0-\x1f\x7f]/.test(name));
  if (wrong === undefined) return map;
  throw new MorselError('USAGE', `${JSON.stringify(wrong)} is not the name of a ${what}`, {
    hint: 'give a name without control characters, such as org.example.team',
  });
}

function parsePort(text: string): string {
  const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65535) {
    throw new MorselError('USAGE', `port ${JSON.stringify(text)} is not PORT[/tcp|udp]`, {
      hint: 'give one such as 8080 or 53/udp',
    });
  }
  return `${port}/${match[2] ?? 'tcp'}`;
}

/** Kept as it is written: engines read all of these forms. */
function parseSignal(text: string | null): string | null {
  if (text === null || parseStopSignal(text) !== null) return text;
  throw new MorselError('USAGE', `${JSON.stringify(text)} is not a signal`, {
    hint: 'give one such as SIGINT, SIGRTMIN+3 or 15',
  });
}
