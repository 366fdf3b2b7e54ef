import { lstatSync } from 'node:fs';
import { join } from 'node:path/posix';
import { emulationOf } from '../../core/emulator.ts';
import { MorselError } from '../../core/errors.ts';
import { randomName } from '../../core/random-name.ts';
import {
  directoryTree,
  type FileTree,
  homeOf,
  type LocatedProgram,
  locateProgram,
} from '../../rootfs/index.ts';
import { containerFiles } from '../container/container-files.ts';
import { EMULATOR_PATH, type PreparedRequest } from './prepared-request.ts';
import { otherPrivilegedFiles, privilegedFile } from './privileged-files.ts';
import { foreignProgram } from './emulator.ts';
import { type MountPoints, planMountPoints, kindOfSource } from './mount-points.ts';
import type { BindMount, RunRequest, Volume } from '../sandbox.ts';
import type { ExecFailure, StartFailure } from '../start-failure.ts';
import { trustedFiles } from './trusted-files.ts';

export type Preparation =
  | {
      readonly kind: 'ready';
      readonly prepared: PreparedRequest;
      readonly notes: readonly string[];
      readonly trustedIn: readonly string[];
    }
  | { readonly kind: 'not-started'; readonly failure: StartFailure };

const DEFAULT_HOSTNAME = 'morsel';
const SYSTEM_DIRECTORIES = ['/proc', '/sys', '/dev'];

/** Answers the questions that every driver has about a root, in which nothing has run yet; changes nothing. */
export async function prepareRequest(request: RunRequest): Promise<Preparation> {
  const hostname = request.hostname ?? DEFAULT_HOSTNAME;
  const files = { ...containerFiles(hostname, request.network), ...request.files };
  const points = planMountPoints(directoryTree(request.root), [
    ...SYSTEM_DIRECTORIES.map((path) => ({ path, kind: 'directory' as const })),
    ...request.mounts.map(({ source, target }) => ({ path: target, kind: kindOfSource(source), source })),
    // As runc does, so that WORKDIR need not be in a layer.
    { path: request.cwd, kind: 'directory' },
    ...(request.volumes ?? []).map(({ target }) => ({ path: target, kind: 'directory' as const })),
    ...Object.keys(files).map((path) => ({ path, kind: 'file' as const })),
  ]);
  const { tree } = points;
  const program = findProgram(tree, request);
  if (program.kind !== 'found') return { kind: 'not-started', failure: program };
  const { root: image, cwd, uid, gid, limits, readOnlyRoot, network } = request;
  const attributes = lstatSync(image);
  const privileged = await privilegedFile(tree, program.file, request);
  const { trusting, trustedIn } = trustedFiles(tree, request.authority);
  const mounted = mountsAt(points, files, request);
  const prepared: PreparedRequest = {
    image,
    imageMode: attributes.mode & 0o7777,
    imageOwner: { uid: attributes.uid, gid: attributes.gid },
    cwd,
    uid,
    gid,
    groups: request.groups ?? [],
    limits,
    readOnlyRoot,
    network,
    hostname,
    path: program.path,
    argv: program.argv,
    emulator: program.emulator,
    ...mounted,
    files: { ...trusting, ...mounted.files },
    volumes: (request.volumes ?? []).map((volume) => volumeAt(points, volume)),
    missing: points.missing,
    changed: points.changed.map((path) => timesOf(image, path)),
    env: { ...request.env, HOME: request.env['HOME'] ?? homeOf(uid, tree) },
    privileged,
    otherPrivileged: uid === 0 ? [] : await otherPrivilegedFiles(tree, privileged, request),
    isObserved: [request.beforeStart, request.whileRunning, request.afterwards].some(
      (hook) => hook !== undefined,
    ),
    terminal: null,
    startMarker: request.observe === undefined ? null : `/.morsel-start-${randomName()}`,
  };
  return { kind: 'ready', prepared, notes: program.notes, trustedIn };
}

function timesOf(image: string, path: string): PreparedRequest['changed'][number] {
  const { atimeNs, mtimeNs } = lstatSync(join(image, path), { bigint: true });
  return { path, atimeNs, mtimeNs };
}

interface FoundProgram {
  readonly kind: 'found';
  readonly path: string;
  /** Of the root, also where an emulator is executed. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly emulator: string | null;
  readonly notes: readonly string[];
}

/** What to execute: the program, or an emulator that runs it; or why there is nothing. */
function findProgram(tree: FileTree, request: RunRequest): FoundProgram | StartFailure {
  const { argv, cwd, env } = request;
  const [name] = argv;
  if (name === undefined) return { kind: 'no-command', message: 'no command specified' };
  const located = locateProgram(tree, name, { cwd, path: env['PATH'] });
  if (located.kind !== 'found') return notFound(name, located.kind);
  const foreign = foreignProgram(tree, located.file);
  if (foreign === null || foreign.emulator === null)
    return { kind: 'found', path: located.path, file: located.file, argv, emulator: null, notes: [] };
  const { emulator, machine } = foreign;
  return {
    kind: 'found',
    path: EMULATOR_PATH,
    file: located.file,
    // -0: what the program is to see as its own name.
    argv: [EMULATOR_PATH, '-0', name, ...foreign.argv, ...argv.slice(1)],
    emulator,
    notes: [emulationOf(machine, emulator.slice(emulator.lastIndexOf('/') + 1))],
  };
}

/** In runc's words. */
function notFound(name: string, kind: Exclude<LocatedProgram['kind'], 'found'>): ExecFailure {
  const failure = (errno: ExecFailure['errno'], reason: string): ExecFailure => ({
    kind: 'exec',
    errno,
    message: `exec: "${name}": ${reason}`,
  });
  if (kind === 'directory') return failure('EISDIR', 'is a directory');
  return failure(
    'ENOENT',
    name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH',
  );
}

function mountsAt(
  points: MountPoints,
  files: Readonly<Record<string, string>>,
  { mounts, files: own = {} }: Pick<RunRequest, 'mounts' | 'files'>,
): Pick<PreparedRequest, 'files' | 'binds'> {
  for (const path of SYSTEM_DIRECTORIES) {
    if (points.resolve(path) !== path)
      throw new MorselError(
        'IMAGE_INVALID',
        `${path} of the image is no directory: a container needs one there`,
        {
          hint: 'take it out of the image, or make it a directory: `morsel inspect` shows what it is',
        },
      );
  }
  // Docker's own files are not put over something of the image that is no file, nor where its links lead into what the
  // container's own /proc, /sys and /dev cover.
  const injected = Object.entries(files).flatMap(([path, content]) => {
    const target = points.resolve(path);
    const isCovered = SYSTEM_DIRECTORIES.some((covered) => target?.startsWith(`${covered}/`) === true);
    // Who mounts one of them himself wants his own, but for what this run has in their place.
    const isGiven = !(path in own) && mounts.some((mount) => points.resolve(mount.target) === target);
    return target === null || isCovered || isGiven ? [] : [[target, content] as const];
  });
  return { files: Object.fromEntries(injected), binds: mounts.map((mount) => bindAt(points, mount)) };
}

function bindAt({ tree, resolve }: MountPoints, mount: BindMount): BindMount {
  const target = resolve(mount.target);
  // The whole root would be the mount's: nothing of the image, and every later mount in somebody's folder.
  if (target !== null && target !== '/') return { ...mount, target };
  const problem =
    target === '/'
      ? 'that is the root of the image'
      : tree.lstat(mount.target) === null
        ? 'nothing is there, in what is mounted before'
        : 'the image has something else there';
  throw new MorselError('USAGE', `${mount.source} cannot be mounted on ${mount.target}: ${problem}`, {
    hint: 'a file goes over a file and a folder over a folder: choose another target',
  });
}

function volumeAt(points: MountPoints, volume: Volume): Volume {
  const target = points.resolve(volume.target);
  const isCovered = SYSTEM_DIRECTORIES.some(
    (path) => target === path || target?.startsWith(`${path}/`) === true,
  );
  if (target !== null && target !== '/' && !isCovered) return { ...volume, target };
  throw new MorselError('USAGE', `no volume can be mounted on ${volume.target}`, {
    hint: 'a volume goes over a folder of the image, or where it has nothing: choose another target',
  });
}
