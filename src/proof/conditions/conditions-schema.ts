import { posix } from 'node:path';
import * as v from 'valibot';
import { isPathTooLong } from '../../core/path-limits.ts';
import { parseStopSignal } from '../../core/stop-signal.ts';
import { described, listOf, withoutNul } from '../../json/index.ts';
import { servicesSchema } from '../services/services-schema.ts';

/** A line discipline takes no longer line: N_TTY_BUF_SIZE of the kernel. */
const TYPED_LIMIT = 4000;
const TEXTS_LIMIT = 1000;
const DEFAULT_STOP_SECONDS = 10;
const LEAST_STOP_SECONDS = 0.1;
const STOP_SECONDS_LIMIT = 600;
const VOLUMES_LIMIT = 8;
const VOLUME_FILES_LIMIT = 50;
/** Folders in each other: each is made when the check runs. */
const DEPTH_LIMIT = 8;
/** Of all files of one volume; they are in the machine's memory. */
const VOLUME_LIMIT = 256 * 1024;

const typedText = v.pipe(v.string(), v.maxLength(TYPED_LIMIT, `at most ${TYPED_LIMIT} characters`));

const target = v.pipe(
  v.string(),
  v.check(withoutNul, 'without a NUL character'),
  v.check((path) => path.startsWith('/') && isNormal(path.slice(1)), 'an absolute path without . and ..'),
);
const fileName = v.pipe(
  v.string(),
  v.check(withoutNul, 'without a NUL character'),
  v.check(isNormal, 'a relative path without . and ..'),
  v.check((path) => path.split('/').length <= DEPTH_LIMIT, `a path of at most ${DEPTH_LIMIT} names`),
);

function isNormal(path: string): boolean {
  return (
    path !== '' && !path.endsWith('/') && posix.normalize(`/${path}`) === `/${path}` && !isPathTooLong(path)
  );
}

type Files = Readonly<Record<string, string>>;

const volumeSchema = v.strictObject({
  files: v.optional(
    v.pipe(
      v.record(fileName, v.string()),
      v.maxEntries(VOLUME_FILES_LIMIT, `at most ${VOLUME_FILES_LIMIT} files`),
      v.check(
        (files: Files) => lengthOf(files) <= VOLUME_LIMIT,
        `of contents shorter than ${VOLUME_LIMIT} characters`,
      ),
      v.check(areNoFolders, 'of files that are no folders of others'),
      v.description('Path in it → content.'),
    ),
    {},
  ),
  readOnly: v.optional(v.pipe(v.boolean(), v.description('Default false.')), false),
});

const lengthOf = (files: Files): number =>
  Object.values(files).reduce((sum, content) => sum + content.length, 0);

function areNoFolders(files: Files): boolean {
  const names = Object.keys(files);
  return names.every((name) => !names.some((other) => other.startsWith(`${name}/`)));
}

export const conditionFields = {
  services: described(servicesSchema, 'What the program finds in its network: names, and servers with TLS.'),
  tty: v.optional(
    v.pipe(
      v.boolean(),
      v.description('The program has a terminal, of 80 columns; what it draws is its stdout.'),
    ),
    false,
  ),
  input: described(
    v.union([
      v.pipe(
        typedText,
        v.transform((one) => [one]),
      ),
      listOf(typedText, TEXTS_LIMIT, 'texts'),
    ]),
    'With tty: what is typed, each text when the program waits for it; \\u0004 is Ctrl-D, the end of input.',
  ),
  signal: described(
    v.pipe(
      v.string(),
      v.check((name) => parseStopSignal(name) !== null, 'a signal such as SIGTERM'),
    ),
    'Sent to the program when it has answered, or is ready; it must end by it with `exitCode`.',
  ),
  withinSeconds: described(
    v.pipe(v.number(), v.minValue(LEAST_STOP_SECONDS), v.maxValue(STOP_SECONDS_LIMIT)),
    `With signal: how long its end may take; default ${DEFAULT_STOP_SECONDS}, as docker stop.`,
  ),
  volumes: v.optional(
    v.pipe(
      v.record(target, volumeSchema),
      v.maxEntries(VOLUMES_LIMIT, `at most ${VOLUMES_LIMIT} volumes`),
      v.description(
        'Absolute path → { "files": { "path": "content" }, "readOnly": false }: a folder of the program’s user, for this run.',
      ),
    ),
    {},
  ),
  tmpfs: v.optional(
    v.pipe(
      listOf(target, VOLUMES_LIMIT, 'paths'),
      v.description('Empty folders for everybody, as docker run --tmpfs: /tmp.'),
    ),
    [],
  ),
  readOnly: described(
    v.boolean(),
    'true: it must pass on a read-only root; false: its root is writable. Default: read-only, and if that does not pass, writable, with a finding.',
  ),
};

export const DEFAULT_STOP = { withinSeconds: DEFAULT_STOP_SECONDS, exitCode: 0 } as const;
